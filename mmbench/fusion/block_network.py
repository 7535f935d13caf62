"""The network of joint fusion, over the features that branches gave."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import (
    ProbabilisticClassifier,
    checked_labels,
    checked_targets,
)
from mmbench.neural import NeedsTorch, Training, reproducible

if TYPE_CHECKING:
    import torch

__all__ = ["NETWORK_FUSIONS", "BlockNetworkClassifier", "BlockNetworkRegressor"]

NETWORK_FUSIONS = ("attention", "concat", "gated")
# Attention parts the hidden features into groups of equal size.
_MULTIPLE = 4
_ROWS_AT_ONCE = 1024

Blocks = Sequence[Any]
"""Features of the same rows, branch by branch: dense or sparse matrices."""


class _BlockNetwork(NeedsTorch, BaseEstimator, metaclass=ABCMeta):
    """A network over blocks, of either kind."""

    def __init__(
        self,
        *,
        fusion: str = "concat",
        hidden_size: int = 64,
        dropout: float = 0.3,
        optimizer: str = "adam",
        learning_rate: float = 3e-3,
        alpha: float = 1e-4,
        batch_size: int = 64,
        max_epochs: int = 200,
        patience: int = 10,
        validation_fraction: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.fusion = fusion
        self.hidden_size = hidden_size
        self.dropout = dropout
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    def fit(self, X: Blocks, y: ArrayLike) -> Self:
        """Train the network.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The training rows of each block.
        y : array-like of shape (n_samples,)
            Their classes, or numbers.

        Returns
        -------
        BlockNetworkClassifier or BlockNetworkRegressor
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong, or ``y`` holds no classes, or no numbers.
        """
        training = self._training()
        targets, strata, n_outputs = self._learn_targets(y)
        check_consistent_length(*X, targets)
        blocks = _as_float64(X)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        with reproducible(seed):
            from torch import from_numpy

            from mmbench.fusion.fusion_layers import FusionNetwork

            self.network_ = FusionNetwork(
                [block.shape[1] for block in blocks],
                n_outputs=n_outputs,
                hidden_size=self.hidden_size,
                fusion=self.fusion,
                dropout=self.dropout,
            )

            def loss(rows: NDArray[np.intp]) -> torch.Tensor:
                outputs = self.network_([block[rows] for block in blocks])
                return self._loss(outputs, from_numpy(targets[rows]))

            rng = np.random.default_rng(seed)
            history = training.run(self.network_, loss, strata, rng)
        self.loss_history_ = history.loss
        self.validation_loss_history_ = history.validation_loss
        self.n_epochs_ = history.n_epochs
        return self

    @abstractmethod
    def _learn_targets(
        self, y: ArrayLike
    ) -> tuple[NDArray[Any], NDArray[np.intp], int]:
        """Return what outputs are compared with, strata, and the number of outputs."""

    @abstractmethod
    def _loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return the mean loss of some rows."""

    @abstractmethod
    def _answer(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return what outputs mean."""

    def _answers(self, X: Blocks) -> list[NDArray[np.float64]]:
        check_is_fitted(self)
        blocks = _as_float64(X)
        starts = range(0, blocks[0].shape[0], _ROWS_AT_ONCE)
        with reproducible():
            return [
                self._answer(
                    self.network_([block[i : i + _ROWS_AT_ONCE] for block in blocks])
                )
                .detach()
                .numpy()
                for i in starts
            ]

    def _training(self) -> Training:
        """Return how to train, after checking the parameters."""
        if self.fusion not in NETWORK_FUSIONS:
            raise ValueError(
                f"fusion must be one of {list(NETWORK_FUSIONS)}, got {self.fusion!r}."
            )
        size = self.hidden_size
        if not isinstance(size, int) or size < _MULTIPLE or size % _MULTIPLE:
            raise ValueError(
                f"hidden_size must be a multiple of {_MULTIPLE} above 0, got {size!r}."
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout must be at least 0 and below 1, got {self.dropout}."
            )
        return Training(
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            alpha=self.alpha,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            patience=self.patience,
            validation_fraction=self.validation_fraction,
        )


class BlockNetworkClassifier(ProbabilisticClassifier, _BlockNetwork):
    """The network of :class:`FusionNetClassifier`, over features that are there.

    Its ``X`` is a list of matrices, one for each branch.

    Parameters
    ----------
    fusion, hidden_size, dropout, optimizer, learning_rate, alpha, batch_size
        As in :class:`FusionNetClassifier`.
    max_epochs, patience, validation_fraction, random_state
        As in :class:`FusionNetClassifier`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    network_ : torch.nn.Module
    n_epochs_, loss_history_, validation_loss_history_
        As in :class:`FusionNetClassifier`.
    """

    def predict_proba(self, X: Blocks) -> NDArray[np.float64]:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The rows of each block.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
        """
        parts = self._answers(X)
        proba = np.concatenate([np.empty((0, len(self.classes_))), *parts])
        return proba[:, self.rank_]

    def _learn_targets(
        self, y: ArrayLike
    ) -> tuple[NDArray[Any], NDArray[np.intp], int]:
        self.classes_, first, codes = np.unique(
            checked_labels(y), return_index=True, return_inverse=True
        )
        # Inside, classes stand in the order in which they come, so that it makes no
        # difference what they are called.
        self.rank_: NDArray[np.intp] = first.argsort().argsort()
        ranks = self.rank_[codes]
        return ranks, ranks, len(self.classes_)

    def _loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        return functional.cross_entropy(outputs, targets)

    def _answer(self, outputs: torch.Tensor) -> torch.Tensor:
        return outputs.softmax(dim=1)


class BlockNetworkRegressor(RegressorMixin, _BlockNetwork):
    """The network of :class:`FusionNetRegressor`, over features that are there.

    Its ``X`` is a list of matrices, one for each branch.

    Parameters
    ----------
    fusion, hidden_size, dropout, optimizer, learning_rate, alpha, batch_size
        As in :class:`FusionNetRegressor`.
    max_epochs, patience, validation_fraction, random_state
        As in :class:`FusionNetRegressor`.

    Attributes
    ----------
    mean_, scale_ : float
        What is subtracted from the target, and what it is divided by then.
    network_ : torch.nn.Module
    n_epochs_, loss_history_, validation_loss_history_
        As in :class:`FusionNetRegressor`.
    """

    def predict(self, X: Blocks) -> NDArray[np.float64]:
        """Return a number for every row.

        Parameters
        ----------
        X : sequence of matrix of shape (n_samples, n_columns)
            The rows of each block.

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
        """
        standardised = np.concatenate([np.empty(0), *self._answers(X)])
        return standardised * self.scale_ + self.mean_

    def _learn_targets(
        self, y: ArrayLike
    ) -> tuple[NDArray[Any], NDArray[np.intp], int]:
        numbers = checked_targets(y)
        self.mean_, self.scale_ = float(numbers.mean()), float(numbers.std()) or 1.0
        return (numbers - self.mean_) / self.scale_, np.zeros(len(numbers), np.intp), 1

    def _loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        from torch.nn import functional

        return functional.mse_loss(outputs[:, 0], targets)

    def _answer(self, outputs: torch.Tensor) -> torch.Tensor:
        return outputs[:, 0]


def _as_float64(blocks: Blocks) -> list[Any]:
    """Return blocks in double precision, sparse ones by rows."""
    return [
        block.tocsr().astype(np.float64)
        if sparse.issparse(block)
        else np.ascontiguousarray(block, dtype=np.float64)
        for block in blocks
    ]
