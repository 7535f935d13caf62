"""Feature blocks side by side, or multiplied, or one above the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy import sparse

from mmbench.engine.graph.light_work import LightWork
from mmbench.engine.graph.node import Fitted
from mmbench.engine.graph.values import Context, Rows, split
from mmbench.fusion import row_products


@dataclass(frozen=True)
class Join(LightWork):
    """Put feature blocks side by side, as FeatureUnion and ColumnTransformer do.

    Parameters
    ----------
    weights : tuple of (float or None)
        What each block is multiplied by.
    sparse_threshold : float, optional
        ColumnTransformer's rule for when the result is sparse; None for FeatureUnion's,
        which is sparse as soon as one block is.
    """

    kind: ClassVar[str] = "Join"
    weights: tuple[float | None, ...]
    sparse_threshold: float | None = None

    def identity(self) -> Any:
        """Return what the work is."""
        return [self.weights, self.sparse_threshold]

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Join the blocks of all rows.

        Parameters
        ----------
        inputs : sequence of ndarray or sparse matrix
            The blocks, each of shape (n_samples, n_features).
        _context : Context
            Not needed.

        Returns
        -------
        ndarray or csr_matrix of shape (n_samples, n_features)
            The blocks side by side, each times its weight.
        """
        return _beside(self._weighted(inputs), dense=not _is_sparse(inputs))

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Join the blocks of the training rows, which decide whether it is sparse."""
        blocks = self._weighted([split(value, rows).train for value in inputs])
        dense = not self._stays_sparse(blocks)
        return Fitted(
            _beside(blocks, dense=dense),
            lambda parts: _beside(self._weighted(parts), dense=dense),
        )

    def _weighted(self, blocks: Sequence[Any]) -> list[Any]:
        pairs = zip(blocks, self.weights, strict=True)
        return [block if weight is None else block * weight for block, weight in pairs]

    def _stays_sparse(self, blocks: list[Any]) -> bool:
        if self.sparse_threshold is None or not _is_sparse(blocks):
            return _is_sparse(blocks)
        nonzero = sum(b.nnz if sparse.issparse(b) else b.size for b in blocks)
        total = sum(b.shape[0] * b.shape[1] for b in blocks)
        return bool(nonzero / total < self.sparse_threshold)


@dataclass(frozen=True)
class Multiply(LightWork):
    """Put two feature blocks and their products side by side."""

    kind: ClassVar[str] = "Multiply"

    def identity(self) -> Any:
        """Return what the work is."""
        return None

    def whole(self, inputs: Sequence[Any], _context: Context) -> Any:
        """Multiply the blocks of all rows.

        Parameters
        ----------
        inputs : sequence of ndarray or sparse matrix
            Two blocks of features.
        _context : Context
            Not needed.

        Returns
        -------
        csr_matrix of shape (n_samples, n_features)
            Both blocks and the products of their columns.
        """
        return row_products(*inputs)

    def learn(self, inputs: Sequence[Any], rows: Rows, _context: Context) -> Fitted:
        """Multiply the blocks of the training rows."""
        blocks = [split(value, rows).train for value in inputs]
        return Fitted(row_products(*blocks), lambda parts: row_products(*parts))


def stacked(blocks: Sequence[Any]) -> Any:
    """Return blocks of rows one above the other.

    Parameters
    ----------
    blocks : sequence of ndarray or sparse matrix
        Blocks of equally many columns.

    Returns
    -------
    ndarray or csr_matrix
        All rows, sparse if the blocks are.
    """
    if _is_sparse(blocks):
        return sparse.vstack(blocks).tocsr()
    return np.concatenate(blocks)


def _is_sparse(blocks: Sequence[Any]) -> bool:
    return any(sparse.issparse(block) for block in blocks)


def _beside(blocks: Sequence[Any], *, dense: bool) -> Any:
    if not dense:
        return sparse.hstack(blocks).tocsr()
    stack: Callable[..., Any] = np.hstack
    return stack([b.toarray() if sparse.issparse(b) else b for b in blocks])
