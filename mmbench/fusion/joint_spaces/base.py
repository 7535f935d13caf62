"""What all joint spaces have in common: a linear map for each of two blocks."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from mmbench.fusion.joint_spaces.reduction import SingularVectors

__all__ = ["JointSpace", "PairedBlocks"]

Floats = NDArray[np.float64]


class _Side(NamedTuple):
    """One block, dense and centred, and the way back to its own columns."""

    rows: Floats
    mean: Floats
    components: Floats | None


class PairedBlocks(TransformerMixin, BaseEstimator):
    """What learns from pairs of rows of two blocks, and checks both."""

    def _paired(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Return both blocks of training pairs, checked."""
        X = validate_data(
            self, X, accept_sparse=["csr"], dtype=np.float64, ensure_min_samples=2
        )
        Y = _block(y)
        if X.shape[0] != Y.shape[0]:
            raise ValueError(
                f"X and y must have equally many rows, got {X.shape[0]} and "
                f"{Y.shape[0]}."
            )
        return X, Y

    def _rows(self, X: Any) -> Any:
        """Return rows of the first block, checked against those of ``fit``."""
        check_is_fitted(self)
        return validate_data(
            self, X, accept_sparse=["csr"], dtype=np.float64, reset=False
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        return tags


class JointSpace(
    ClassNamePrefixFeaturesOutMixin,
    PairedBlocks,
    metaclass=ABCMeta,
):
    """Two linear maps, from two blocks of features into one space.

    A subclass says which maps by :meth:`_directions`. Blocks that are wider than
    ``max_width`` are reduced by :class:`SingularVectors` first.

    Parameters
    ----------
    n_components : int, default=100
        How many pairs of directions are kept at most.
    max_width : int, default=300
        Wider blocks are reduced to this many singular vectors first.
    random_state : int, RandomState instance or None, default=None
        Seeds that reduction.

    Attributes
    ----------
    x_weights_ : ndarray of shape (n_x_features, n_components)
        The map of the first block.
    y_weights_ : ndarray of shape (n_y_features, n_components)
        The map of the second block.
    n_features_in_ : int
        The number of columns of the first block.
    """

    def __init__(
        self,
        n_components: int = 100,
        *,
        max_width: int = 300,
        random_state: Any = None,
    ) -> None:
        self.n_components: Any = n_components  # a subclass may take None
        self.max_width = max_width
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Learn both maps from pairs of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block, at least two.
        y : {array-like, sparse matrix} of shape (n_samples, n_y_features)
            The row of the second block that belongs to each; one column may be flat.

        Returns
        -------
        JointSpace
            The instance itself.

        Raises
        ------
        ValueError
            When a block holds NaN or infinite numbers, or the numbers of rows differ.
        """
        X, Y = self._paired(X, y)
        x, y = self._side(X), self._side(Y)
        a, b = self._directions(x.rows, y.rows)
        self.x_weights_, self._x_offset = _lifted(x, a), x.mean @ a
        self.y_weights_, self._y_offset = _lifted(y, b), y.mean @ b
        self._decoder, self._y = self._decoded(x.rows @ a, y.rows), y._replace(rows=b)
        self._n_features_out = a.shape[1]
        return self

    def transform(self, X: Any) -> Floats:
        """Map rows of the first block into the space.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
        """
        mapped: Floats = self._rows(X) @ self.x_weights_ - self._x_offset
        return mapped

    def transform_y(self, y: Any) -> Floats:
        """Map rows of the second block into the space.

        Parameters
        ----------
        y : {array-like, sparse matrix} of shape (n_samples, n_y_features)
            Rows of the second block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64

        Raises
        ------
        ValueError
            When the number of columns differs from that in ``fit``.
        """
        check_is_fitted(self)
        Y = _block(y)
        if Y.shape[1] != len(self.y_weights_):
            raise ValueError(
                f"y must have {len(self.y_weights_)} columns as in fit, got "
                f"{Y.shape[1]}."
            )
        mapped: Floats = Y @ self.y_weights_ - self._y_offset
        return mapped

    def predict(self, X: Any) -> Floats:
        """Predict the row of the second block that belongs to each of the first.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.

        Returns
        -------
        ndarray of shape (n_samples, n_y_features), dtype float64
        """
        mapped = self.transform(X)
        rows: Floats = mapped @ self._decoder + self._y.mean
        components = self._y.components
        return rows if components is None else rows @ components

    @abstractmethod
    def _directions(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the maps of two blocks whose columns have mean zero."""

    def _decoded(self, mapped: Floats, y: Floats) -> Floats:
        """Return the map from the space to the second block: least squares."""
        return np.asarray(np.linalg.lstsq(mapped, y, rcond=None)[0], dtype=np.float64)

    def _side(self, block: Any) -> _Side:
        reduction = SingularVectors(self.max_width, random_state=self.random_state)
        rows = reduction.fit_transform(block)
        mean = rows.mean(axis=0)
        return _Side(rows - mean, mean, reduction.components_)


def _block(y: Any) -> Any:
    if y is None:
        raise ValueError(
            "a joint space requires y to be passed, but the target y is None; give it "
            "the rows of the second block."
        )
    block = check_array(
        y, accept_sparse=["csr"], dtype=np.float64, ensure_2d=False, input_name="y"
    )
    return block.reshape(-1, 1) if block.ndim == 1 else block


def _lifted(side: _Side, directions: Floats) -> Floats:
    components = side.components
    return directions if components is None else components.T @ directions
