"""What the extractors share that turn one column of cells into features, untrained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)

if TYPE_CHECKING:
    from typing import Self

__all__ = ["ColumnExtractor"]


class ColumnExtractor(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base of the transformers from one column of cells to features in float32.

    They learn nothing, so ``transform`` needs no ``fit`` before it.

    Attributes
    ----------
    row_wise : bool
        True: a cell's features don't depend on its neighbours, so an engine may
        compute them once for all rows.
    """

    row_wise = True

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:  # noqa: ARG002
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : iterable of cells
            One column.
        y : None
            Ignored.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            When a parameter, or ``X`` as a whole, is not what it must be.
        """
        self._check_parameters()
        self._cells(X)
        return self

    def _check_parameters(self) -> None:
        raise NotImplementedError

    def _cells(self, X: Iterable[Any]) -> list[Any]:
        """Return the cells of a column, after checking that it is one."""
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []  # always float32
        return tags
