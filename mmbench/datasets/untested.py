"""Columns that no test row has a value of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import UNTESTED_COLUMN
from mmbench.columns import is_missing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["untested_columns"]


def untested_columns(
    X: pd.DataFrame, folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> list[Finding]:
    """Return a sentence for each column that is missing in all test rows of a fold.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        The samples.
    folds : sequence of (ndarray, ndarray)
        The numbers of the training rows and of the test rows.

    Returns
    -------
    list of Finding
        Empty when every fold tests every column.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"v": [1.0, 2.0, None], "w": [1.0, 2.0, 3.0]})
    >>> untested_columns(X, [(np.array([0, 1]), np.array([2]))])
    ["column 'v' is missing in all 1 test rows of fold 0: methods' use of it is ...
    """
    sentences = []
    for name in X.columns:
        missing = _missing(X[name])
        untested = [
            (number, len(test))
            for number, (_, test) in enumerate(folds)
            if missing[test].all()
        ]
        if untested:
            number, n_rows = untested[0]
            more = f" (and of {len(untested) - 1} more)" if len(untested) > 1 else ""
            sentences.append(
                f"column {str(name)!r} is missing in all {n_rows:,} test rows of fold "
                f"{number}{more}: methods' use of it is not tested there, and those "
                f"that see it alone answer by chance."
            )
    return [UNTESTED_COLUMN.found(sentence) for sentence in sentences]


def _missing(column: pd.Series[Any]) -> NDArray[np.bool_]:
    if column.dtype.kind == "f":
        return column.isna().to_numpy()
    return np.array([is_missing(cell) for cell in column])
