"""Whether an extractor is one: what every extractor must hold to, tried out."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from mmbench.feature_extraction.cells import cells_of, is_missing

__all__ = ["check_extractor"]

_FEWEST_CELLS = 3


def check_extractor(
    extractor: Any, cells: Sequence[Any], *, y: Any = None, rtol: float = 1e-4
) -> None:
    """Try out all that mmbench takes for granted of an extractor.

    Parameters
    ----------
    extractor : transformer
        Yours, or any. It is cloned, never fitted itself.
    cells : sequence of cells
        At least three cells that it can take, none missing: texts, image paths,
        arrays, ...
    y : sequence of labels, optional
        What ``fit`` is given besides the cells.
    rtol : float, default=1e-4
        How far a feature may be off, relative to the largest, when the same cells come
        in another order or company. Networks round differently in other batches.

    Raises
    ------
    ValueError
        When there are fewer than three cells, or a missing one.
    AssertionError
        Names the first rule that is broken:

        - its parameters survive :func:`sklearn.base.clone`, and ``fit`` leaves them
          and the cells alone;
        - before ``fit`` it raises ``NotFittedError``, or, with the tag
          ``requires_fit=False``, it gives what it gives after;
        - it gives a two-dimensional matrix of numbers, dense or sparse, a row for each
          cell, the same from a list, an array and a Series;
        - a missing cell, ``None`` or NaN, becomes a row of zeros or of NaN, and all
          else is finite;
        - a row depends on its own cell only;
        - ``fit_transform`` gives what ``fit`` and ``transform`` give;
        - fitted again with the same ``random_state``, or pickled, it gives the same;
        - ``get_feature_names_out``, where it has one, gives a name for each column.

    Examples
    --------
    >>> from mmbench.feature_extraction import TfidfVectorizer
    >>> check_extractor(TfidfVectorizer(), ["red hat", "blue hat", "red shoe"])
    """
    cells = cells_of(cells)
    if len(cells) < _FEWEST_CELLS or any(map(is_missing, cells)):
        raise ValueError(
            f"cells must be {_FEWEST_CELLS} or more, none missing, got {len(cells)}, "
            f"{sum(map(is_missing, cells))} missing."
        )
    trial = _Trial(_seeded(extractor), cells, y, rtol)
    for check in _CHECKS:
        check(trial)


class _Trial:
    """An extractor under test: unfitted, fitted, and what it makes of the cells."""

    def __init__(self, unfitted: Any, cells: list[Any], y: Any, rtol: float) -> None:
        self.unfitted, self.cells, self.y, self.rtol = unfitted, cells, y, rtol
        before = [np.array(cell) for cell in cells if isinstance(cell, np.ndarray)]
        params = repr(unfitted.get_params())
        self.fitted = self.fit()
        self.features = self.transform(cells)
        after = [cell for cell in cells if isinstance(cell, np.ndarray)]
        self.kept_cells = all(map(np.array_equal, before, after))
        self.kept_params = params == repr(self.fitted.get_params())

    def fit(self) -> Any:
        """Return a fitted clone."""
        return clone(self.unfitted).fit(self.cells, self.y)

    def transform(self, cells: Any, by: Any = None) -> NDArray[np.float64]:
        """Return the features as a dense array."""
        return self.dense((by or self.fitted).transform(cells))

    def dense(self, features: Any) -> NDArray[np.float64]:
        """Return features as a dense array of two dimensions."""
        if sparse.issparse(features):
            features = features.toarray()
        array = np.asarray(features)
        self.require(
            array.ndim == 2 and array.dtype.kind in "fiub",
            "its features must be a two-dimensional matrix of numbers, got "
            f"{array.ndim} dimensions of {array.dtype}",
        )
        return array.astype(np.float64)

    def require(self, holds: bool, rule: str) -> None:
        """Raise unless a rule holds."""
        if not holds:
            name = type(self.unfitted).__name__
            raise AssertionError(f"{name} is not a valid extractor: {rule}.")

    def require_equal(self, features: NDArray[np.float64], rule: str) -> None:
        """Raise unless features are those of the cells, as given."""
        scale = np.abs(self.features).max(initial=0)
        same = features.shape == self.features.shape and np.allclose(
            features, self.features, rtol=0, atol=self.rtol * scale, equal_nan=True
        )
        self.require(same, rule)


def _seeded(extractor: Any) -> Any:
    """Return a clone whose randomness, if it has any, is fixed."""
    seeded = clone(extractor)
    if seeded.get_params().get("random_state", 0) is None:
        seeded.set_params(random_state=0)
    return seeded


def _check_leaves_alone(trial: _Trial) -> None:
    trial.require(trial.kept_params, "fit must leave the parameters as they are")
    trial.require(
        trial.kept_cells, "fit and transform must leave the cells as they are"
    )


def _check_unfitted(trial: _Trial) -> None:
    unfitted = clone(trial.unfitted)
    if not get_tags(unfitted).requires_fit:
        features = trial.transform(trial.cells, by=unfitted)
        trial.require_equal(
            features, "with the tag requires_fit=False, fit must change nothing"
        )
        return
    try:
        unfitted.transform(trial.cells)
    except NotFittedError:
        return
    trial.require(
        False,
        "transform before fit must raise NotFittedError, unless the tag requires_fit "
        "is False",
    )


def _check_rows(trial: _Trial) -> None:
    n_rows, n_cells = len(trial.features), len(trial.cells)
    trial.require(
        n_rows == n_cells, f"{n_cells} cells must give as many rows, got {n_rows}"
    )
    trial.require(
        bool(np.isfinite(trial.features).all()),
        "the features of cells that aren't missing must be finite",
    )


def _check_containers(trial: _Trial) -> None:
    array = np.empty(len(trial.cells), dtype=object)
    for i, cell in enumerate(trial.cells):  # all at once would stack image arrays
        array[i] = cell
    ids = [f"id{i}" for i in range(len(trial.cells))]
    for column in (array, pd.Series(list(trial.cells), index=ids, dtype=object)):
        trial.require_equal(
            trial.transform(column),
            f"a {type(column).__name__} must give what a list of the same cells gives",
        )


def _check_missing(trial: _Trial) -> None:
    for missing in (None, float("nan")):
        features = trial.transform([missing, *trial.cells])
        row = features[0]
        trial.require(
            bool(np.isnan(row).all() or (row == 0).all()),
            f"a missing cell ({missing}) must give a row of zeros or of NaN",
        )
        trial.require_equal(
            features[1:], "a missing cell must not change the rows of the others"
        )


def _check_independence(trial: _Trial) -> None:
    rule = "a row must depend on its own cell only, whatever comes with it"
    trial.require_equal(trial.transform(trial.cells[::-1])[::-1], rule)
    alone = [trial.transform([cell]) for cell in trial.cells]
    trial.require_equal(np.concatenate(alone), rule)


def _check_repeatable(trial: _Trial) -> None:
    trial.require_equal(
        trial.transform(trial.cells, by=trial.fit()),
        "fitted again with the same random_state, it must give the same",
    )
    trial.require_equal(
        trial.dense(clone(trial.unfitted).fit_transform(trial.cells, trial.y)),
        "fit_transform must give what fit and transform give",
    )
    copy = pickle.loads(pickle.dumps(trial.fitted))  # noqa: S301 - just dumped
    trial.require_equal(
        trial.transform(trial.cells, by=copy), "pickled, it must give the same"
    )


def _check_names(trial: _Trial) -> None:
    if hasattr(trial.fitted, "get_feature_names_out"):
        n_names = len(set(trial.fitted.get_feature_names_out()))
        n_columns = trial.features.shape[1]
        trial.require(
            n_names == n_columns,
            f"get_feature_names_out must give {n_columns} different names, "
            f"got {n_names}",
        )


_CHECKS: tuple[Callable[[_Trial], None], ...] = (
    _check_leaves_alone,
    _check_unfitted,
    _check_rows,
    _check_containers,
    _check_missing,
    _check_independence,
    _check_repeatable,
    _check_names,
)
