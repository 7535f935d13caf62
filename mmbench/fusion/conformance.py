"""Prove that a fusion keeps the rules, whoever wrote it."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.impute import SimpleImputer

from mmbench.fusion.early import BlockScaler
from mmbench.fusion.select import branch

__all__ = ["check_fusion"]

Branches = list[tuple[str, Any]]
Build = Callable[[Branches], Any]

_N_SAMPLES = 60
_COLUMNS = {"one": ["a", "b"], "two": ["c"], "three": ["d", "e"]}


def check_fusion(build: Build, *, symmetric: bool = True, atol: float = 1e-3) -> None:
    """Check that a fusion makes proper classifiers of any branches.

    They must clone, pickle, leave ``X`` alone, give the same probabilities at each
    fit, judge each row by itself, sum to one for two classes and three, for one branch
    and three, cope with missing cells and with rows that have no cell left, do better
    than chance, and not care what the classes are called.

    Parameters
    ----------
    build : callable
        Takes branches, a list of (name, transformer from ``X`` to a dense matrix), and
        returns an unfitted classifier over ``X`` that fuses them. Anything random in it
        must be seeded.
    symmetric : bool, default=True
        Whether the order of the branches must not matter.
    atol : float, default=1e-3
        How far probabilities may move where only the order of branches or the classes'
        names change, since iterative classifiers then stop elsewhere.

    Raises
    ------
    AssertionError
        When a rule is broken; the message says which.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import early_fusion
    >>> check_fusion(lambda branches: early_fusion(branches, LogisticRegression()))
    """
    for n_classes in (2, 3):
        X, y = _samples(n_classes)
        for names in (["one"], list(_COLUMNS)):
            method = build(_branches(names))
            proba = _check_probabilities(method, X, y)
            _check_missing(method, X, y)
            _require(
                np.mean(proba.argmax(axis=1) == y) > 1.5 / n_classes,
                f"is not clearly better than chance on {names}",
            )
    X, y = _samples(3)
    method, proba = build(_branches(_COLUMNS)), _proba(build(_branches(_COLUMNS)), X, y)
    _check_object(method, X, y, proba)
    _check_labels(method, X, y, proba, atol)
    if symmetric:
        moved = _proba(build(_branches(list(_COLUMNS)[::-1])), X, y)
        _require(
            np.allclose(moved, proba, atol=atol), "depends on the order of its branches"
        )


def _samples(n_classes: int) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    rng = np.random.default_rng(0)
    y = np.arange(_N_SAMPLES) % n_classes
    columns = [column for columns in _COLUMNS.values() for column in columns]
    # Each column tells the first class from the others, or the last, or the middle.
    centres = rng.permuted(np.tile(np.arange(n_classes), (len(columns), 1)), axis=1)
    values = 2.0 * centres[:, y].T + rng.normal(size=(_N_SAMPLES, len(columns)))
    index = [f"sample-{i}" for i in range(_N_SAMPLES)]
    return pd.DataFrame(values, columns=columns, index=index), y


def _branches(names: Any) -> Branches:
    imputer = SimpleImputer(keep_empty_features=True)
    return [(n, branch(_COLUMNS[n], clone(imputer), BlockScaler())) for n in names]


def _proba(method: Any, X: pd.DataFrame, y: NDArray[Any]) -> NDArray[np.float64]:
    proba: NDArray[np.float64] = clone(method).fit(X, y).predict_proba(X)
    return proba


def _check_probabilities(
    method: Any, X: pd.DataFrame, y: NDArray[Any]
) -> NDArray[np.float64]:
    before = X.copy()
    fitted = clone(method)
    _require(fitted.fit(X, y) is fitted, "must return itself from fit")
    proba: NDArray[np.float64] = fitted.predict_proba(X)
    classes = np.unique(y)
    _require(X.equals(before), "changes X")
    _require(np.array_equal(fitted.classes_, classes), "must have sorted classes_")
    _require(proba.shape == (len(X), classes.size), "needs a column for each class")
    _require_proper(proba)
    _require(
        np.array_equal(fitted.predict(X), classes[proba.argmax(axis=1)]),
        "must predict the most probable class",
    )
    rows = [fitted.predict_proba(X.iloc[[i]])[0] for i in range(5)]
    _require(np.allclose(rows, proba[:5]), "must judge each row by itself")
    return proba


def _check_missing(method: Any, X: pd.DataFrame, y: NDArray[Any]) -> None:
    holes = X.copy()
    holes.loc[holes.index[::4], ["a", "b"]] = np.nan
    holes.loc[holes.index[1::4], ["c"]] = np.nan
    holes.iloc[0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _require_proper(_proba(method, holes, y))


def _check_object(
    method: Any, X: pd.DataFrame, y: NDArray[Any], proba: NDArray[np.float64]
) -> None:
    _require(not hasattr(method, "classes_"), "must come unfitted")
    _require(np.array_equal(_proba(method, X, y), proba), "differs from fit to fit")
    fitted = clone(method).fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301 (what was dumped just now)
    _require(np.array_equal(again.predict_proba(X), proba), "doesn't survive pickling")


def _check_labels(
    method: Any,
    X: pd.DataFrame,
    y: NDArray[Any],
    proba: NDArray[np.float64],
    atol: float,
) -> None:
    for names in (
        np.array(["x", "y", "z"]),
        np.array(["z", "x", "y"]),
        np.array([5, 1, 3]),
    ):
        renamed = _proba(method, X, names[y])
        _require(
            np.allclose(renamed, proba[:, np.argsort(names)], atol=atol),
            f"depends on what the classes are called ({', '.join(map(str, names))})",
        )


def _require_proper(proba: NDArray[np.float64]) -> None:
    _require(bool(np.isfinite(proba).all()), "must give finite probabilities")
    _require(bool((proba >= 0).all()), "must not give negative probabilities")
    _require(
        np.allclose(proba.sum(axis=1), 1), "must give probabilities that sum to one"
    )


def _require(holds: bool | np.bool_, rule: str) -> None:
    if not holds:
        raise AssertionError(f"the fusion {rule}.")
