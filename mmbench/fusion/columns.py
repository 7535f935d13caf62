"""Which columns an estimator picks, and in which rows they are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.utils.validation import _num_samples

from mmbench.fusion.select import SelectColumns, as_tuple

__all__ = [
    "column_sets",
    "columns_of",
    "inner_estimators",
    "missing_rows",
    "needed_columns",
]


def inner_estimators(estimator: Any) -> Iterator[Any]:
    """Yield the estimators that are parameters of an estimator.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn estimator. Parameters that are lists, tuples or dicts are
        looked into, so the steps of a pipeline and the voters of an ensemble count.

    Yields
    ------
    estimator
        Each in order, one level deep.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from mmbench.fusion import branch
    >>> list(inner_estimators(branch("width", GaussianNB())))
    [SelectColumns(columns='width'), GaussianNB()]
    """
    for value in estimator.get_params(deep=False).values():
        yield from _estimators_in(value)


def column_sets(estimator: Any) -> tuple[tuple[str, ...], ...]:
    """Return the sets of columns that an estimator picks.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn estimator.

    Returns
    -------
    tuple of tuple of str
        What each :class:`SelectColumns` inside it picks, and each transformer of a
        :class:`~sklearn.compose.ColumnTransformer` whose columns are given by name; in
        order, without repeats.

    Examples
    --------
    >>> from mmbench.fusion import branch
    >>> column_sets(branch(["width", "height"], "passthrough"))
    (('width', 'height'),)
    """
    return tuple(dict.fromkeys(_walk_column_sets(estimator)))


def columns_of(estimator: Any) -> tuple[str, ...]:
    """Return the columns that an estimator picks.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn estimator.

    Returns
    -------
    tuple of str
        The columns in :func:`column_sets`, in order, without repeats.

    Examples
    --------
    >>> from mmbench.fusion import branch
    >>> columns_of(branch(["width", "height"], "passthrough"))
    ('width', 'height')
    """
    picked = (column for columns in column_sets(estimator) for column in columns)
    return tuple(dict.fromkeys(picked))


def needed_columns(estimator: Any) -> tuple[str, ...]:
    """Return the columns that an estimator can't do without.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn estimator.

    Returns
    -------
    tuple of str
        Those of :func:`columns_of`, and what an estimator inside says that it
        ``also_needs``, such as which rows belong together.
    """
    return tuple(dict.fromkeys((*columns_of(estimator), *_also_needed(estimator))))


def _also_needed(estimator: Any) -> Iterator[str]:
    yield from getattr(estimator, "also_needs", ())
    for inner in inner_estimators(estimator):
        yield from _also_needed(inner)


def missing_rows(X: Any, columns: Sequence[str]) -> NDArray[np.bool_]:
    """Return in which rows all the columns are missing.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        The samples. In anything else than a DataFrame, nothing counts as missing.
    columns : sequence of str
        The columns to look at. Where there are none, nothing is missing.

    Returns
    -------
    ndarray of shape (n_samples,), dtype bool
        True where every cell is None, NaN, or a text without a visible character. A
        picture that can't be read is not missing here: only its extractor opens it.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"text": ["red", " ", None], "width": [1.0, float("nan"), 3]})
    >>> missing_rows(X, ["text"]).tolist()
    [False, True, True]
    >>> missing_rows(X, ["text", "width"]).tolist()
    [False, True, False]
    """
    if not columns or not isinstance(X, pd.DataFrame):
        return np.zeros(_num_samples(X), dtype=bool)
    missing = np.ones(len(X), dtype=bool)
    for column in columns:
        missing &= _missing_cells(X[column])
    return missing


def _missing_cells(column: pd.Series[Any]) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = column.isna().to_numpy(dtype=bool, copy=True)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return missing
    blank = [isinstance(cell, str) and not cell.strip() for cell in column]
    missing |= np.array(blank, dtype=bool)
    return missing


def _estimators_in(value: Any) -> Iterator[Any]:
    if hasattr(value, "get_params") and not isinstance(value, type):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _estimators_in(item)
    elif isinstance(value, dict):
        yield from _estimators_in(list(value.values()))


def _walk_column_sets(estimator: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(estimator, SelectColumns):
        yield as_tuple(estimator.columns)
    elif isinstance(estimator, ColumnTransformer):
        for _, _, columns in estimator.transformers:
            picked = as_tuple(columns)
            if picked and all(isinstance(column, str) for column in picked):
                yield picked
    else:
        for inner in inner_estimators(estimator):
            yield from _walk_column_sets(inner)
