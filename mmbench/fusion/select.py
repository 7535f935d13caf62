"""Branches: pick a column, then work on it."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline, make_pipeline

__all__ = ["SelectColumns", "append_step", "branch"]


# The output is the column as it stands, so scikit-learn's set_output has no say in it.
class SelectColumns(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    """Pick one column, or some, of a DataFrame.

    It learns nothing, so it needs no ``fit``. Columns of ``X`` that are not picked may
    come and go between ``fit`` and ``transform``.

    Parameters
    ----------
    columns : str or list of str
        The column to pick, as a 1-D Series (what a text vectorizer wants), or a list
        of columns, as a 2-D DataFrame; as in
        :class:`~sklearn.compose.ColumnTransformer`. Of an array, columns are picked by
        their position.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"text": ["red", "blue"], "width": [1, 2]})
    >>> list(SelectColumns("text").transform(X))
    ['red', 'blue']
    >>> SelectColumns(["width"]).transform(X).shape
    (2, 1)
    """

    def __init__(self, columns: str | list[str]) -> None:
        self.columns = columns

    def fit(self, X: pd.DataFrame, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Check that the columns are there.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        SelectColumns
            The instance itself.

        Raises
        ------
        ValueError
            When a column is not in ``X``.
        TypeError
            When columns are picked by name from something that has no names.
        """
        self._pick(X)
        return self

    def transform(self, X: pd.DataFrame) -> Any:
        """Pick the columns.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        Series of shape (n_samples,) or DataFrame of shape (n_samples, n_picked)
            The column, or the columns.

        Raises
        ------
        ValueError
            When a column is not in ``X``.
        TypeError
            When columns are picked by name from something that has no names.
        """
        return self._pick(X)

    def get_feature_names_out(
        self,
        input_features: ArrayLike | None = None,  # noqa: ARG002
    ) -> NDArray[np.object_]:
        """Return the names of the picked columns.

        Parameters
        ----------
        input_features : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        ndarray of shape (n_picked,), dtype object
            The names.
        """
        return np.array(as_tuple(self.columns), dtype=object)

    def _pick(self, X: Any) -> Any:
        wanted = as_tuple(self.columns)
        if isinstance(X, pd.DataFrame):
            absent = [column for column in wanted if column not in X.columns]
            if absent:
                raise ValueError(
                    f"columns must be in X; {absent} are not. "
                    f"X has {[str(column) for column in X.columns]}."
                )
            return X[self.columns]
        if any(isinstance(column, str) for column in wanted):
            raise TypeError(
                f"X must be a DataFrame to pick {list(wanted)} by name, "
                f"got {type(X).__name__}."
            )
        return (X.tocsr() if sparse.issparse(X) else X)[:, self.columns]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def branch(columns: str | list[str], *steps: Any) -> Pipeline:
    """Make a branch: pick a column, then go through the steps.

    Parameters
    ----------
    columns : str or list of str
        What :class:`SelectColumns` picks.
    *steps : estimator
        What follows. With a classifier at the end, the branch is a whole method over
        one modality.

    Returns
    -------
    Pipeline
        ``make_pipeline(SelectColumns(columns), *steps)``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> X = pd.DataFrame({"text": ["red cup", "red mug", "blue sky"]})
    >>> method = branch("text", TfidfVectorizer(), MultinomialNB())
    >>> method.fit(X, ["mug", "mug", "sky"]).predict(X).tolist()
    ['mug', 'mug', 'sky']
    """
    return make_pipeline(SelectColumns(columns), *steps)


def append_step(branch: Any, step: Any) -> Pipeline:
    """Put a step behind a branch, as if it had been made with it.

    Parameters
    ----------
    branch : transformer
        A branch, as :func:`branch` makes it, or any other transformer.
    step : estimator
        What follows.

    Returns
    -------
    Pipeline
        ``append_step(branch(columns, extractor), classifier)`` is
        ``branch(columns, extractor, classifier)``, step names included. Names that
        were given by hand stay. Nothing is cloned.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.preprocessing import StandardScaler
    >>> method = append_step(branch(["width"], StandardScaler()), GaussianNB())
    >>> [name for name, _ in method.steps]
    ['selectcolumns', 'standardscaler', 'gaussiannb']
    """
    if not isinstance(branch, Pipeline):
        return make_pipeline(branch, step)
    steps = [inner for _, inner in branch.steps]
    extended = make_pipeline(*steps, step, memory=branch.memory)
    if _step_names(branch) == _step_names(make_pipeline(*steps)):
        return extended
    return Pipeline([*branch.steps, extended.steps[-1]], memory=branch.memory)


def as_tuple(columns: Any) -> tuple[Any, ...]:
    """Return one column, or several, as a tuple.

    Parameters
    ----------
    columns : object or list of object
        One column's name or number, or several.

    Returns
    -------
    tuple
        The columns in their order.
    """
    return tuple(columns) if isinstance(columns, list | tuple) else (columns,)


def _step_names(pipeline: Pipeline) -> list[str]:
    return [name for name, _ in pipeline.steps]
