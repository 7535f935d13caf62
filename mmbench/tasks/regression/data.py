"""What the data of regression are: one finite number a sample, and not always one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import DataError
from mmbench.tasks.base import Data, Options, Question, Target
from mmbench.tasks.regression.target import (
    LARGEST,
    number_array,
    outliers,
    why_numbers,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.columns import Column

__all__ = ["RegressionData"]

# Folds are stratified by tenths of the rows, sorted by target, or fewer of them.
_MOST_BINS = 10
# Whole numbers that span no more than this are grades, as stars and ages in years are.
_MOST_GRADES = 20
# A fold of one row has no variance, and so no R².
_LEAST_ROWS = 2


class RegressionData(Data):
    """Numbers; the schema has their ``range``, and whether they are ``ordinal``."""

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim numbers with fractions, and whole ones that can't be classes."""
        return why_numbers(column)

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse numbers; give notice of outliers.

        Raises
        ------
        DataError
            As :func:`~mmbench.tasks.regression.target.number_array` does.
        """
        y = number_array(column)
        return Target(y), outliers(column, y)

    def completed(self, target: Target) -> Target:
        """Make floats of the numbers, and add their range.

        Raises
        ------
        DataError
            When `y` is not one number per sample.
        """
        y = np.asarray(target.y)
        if y.ndim != 1 or y.dtype.kind not in "iuf" or not len(y):
            raise DataError(
                "regression needs one number per sample, got y of shape "
                f"{y.shape} and type {y.dtype}."
            )
        y = y.astype(np.float64)
        low, high = float(y.min()), float(y.max())
        whole = bool((y == np.floor(y)).all())
        found = {"range": [low, high], "ordinal": whole and high - low < _MOST_GRADES}
        return target._replace(y=y, schema=found | dict(target.schema))

    def verify(self, target: Target) -> None:
        """Check that the numbers are finite, not huge, and not all the same.

        Raises
        ------
        DataError
            When they are not.
        """
        y = np.asarray(target.y, np.float64)
        if not (np.abs(y) <= LARGEST).all():
            raise DataError(f"y must be finite and within ±{LARGEST:g}.")
        if (y == y[0]).all():
            raise DataError(f"y must not be constant, got {y[0]:g} everywhere.")

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return the range."""
        return {"range": target.schema["range"]}

    def size_text(self, target: Target) -> str:
        """Describe the range of the target."""
        low, high = target.schema["range"]
        return f"target from {low:,.6g} to {high:,.6g}"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that every fold can have two rows, or a group.

        Raises
        ------
        DataError
            When there are too few.
        """
        n_rows = len(target.y)
        if n_rows < _LEAST_ROWS * n_folds:
            raise DataError(
                f"{n_rows} samples are too few for {n_folds} folds: each needs "
                f"{_LEAST_ROWS}, as R² does; choose fewer folds."
            )
        super().check(target, groups=groups, n_folds=n_folds)

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that neither side of an official split is constant.

        Raises
        ------
        DataError
            When one is.
        """
        for rows, does in ((train, "trains"), (test, "tests")):
            y = target.y[rows]
            if (y == y[0]).all():
                raise DataError(
                    f"the official split {does} on one number only, {y[0]:g}; there "
                    f"is nothing to learn."
                )

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield folds that are stratified by quantile of the target."""
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        splitter = kind(n_folds, shuffle=True, random_state=seed)
        bins = _bins(target.y, n_folds)
        yield from splitter.split(np.zeros(len(bins)), bins, groups)

    def is_stratified(self, *, has_groups: bool) -> bool:
        """Return True: each quantile has its share of every fold."""
        return True

    def questions(self, target: Target) -> Iterator[Question]:
        """Ask for the quarter that a row is in.

        More parts would have more edges; a column that copies the target would be wrong
        about so many rows beside them that it would not be noticed.
        """
        edges = np.quantile(target.y, [0.25, 0.5, 0.75])
        quarters = np.searchsorted(edges, target.y)
        y = np.unique(quarters, return_inverse=True)[1]
        if y.any():
            guess = "naming the most frequent quarter of it"
            yield Question("the target", guess, y, np.asarray(target.y, np.float64))


def _bins(y: NDArray[np.float64], n_folds: int) -> NDArray[np.intp]:
    """Return the quantile of each row: parts of equal size, so each in every fold."""
    n_bins = max(1, min(_MOST_BINS, len(y) // n_folds))
    ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable")
    bins: NDArray[np.intp] = ranks * n_bins // len(y)
    return bins
