"""The network of joint fusion, over the features that branches gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from mmbench.neural import Training, reproducible

__all__ = ["NETWORK_FUSIONS", "BlockNetworkClassifier"]

NETWORK_FUSIONS = ("attention", "concat", "gated")
# Attention parts the hidden features into groups of equal size.
_MULTIPLE = 4
_ROWS_AT_ONCE = 1024

Blocks = Sequence[Any]
"""Features of the same rows, branch by branch: dense or sparse matrices."""


class BlockNetworkClassifier(ClassifierMixin, BaseEstimator):
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
            Their classes.

        Returns
        -------
        BlockNetworkClassifier
            Itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong, or ``y`` holds no classes.
        """
        training = self._training()
        labels: NDArray[Any] = check_array(
            column_or_1d(y, warn=True), ensure_2d=False, dtype=None, input_name="y"
        )
        check_classification_targets(labels)
        check_consistent_length(*X, labels)
        self.classes_, first, codes = np.unique(
            labels, return_index=True, return_inverse=True
        )
        # Inside, classes stand in the order in which they come, so that it makes no
        # difference what they are called.
        self.rank_: NDArray[np.intp] = first.argsort().argsort()
        blocks, targets = _as_float64(X), self.rank_[codes]
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        with reproducible(seed):
            import torch

            from mmbench.fusion.fusion_layers import FusionNetwork

            self.network_ = FusionNetwork(
                [block.shape[1] for block in blocks],
                n_classes=len(self.classes_),
                hidden_size=self.hidden_size,
                fusion=self.fusion,
                dropout=self.dropout,
            )

            def loss(rows: NDArray[np.intp]) -> torch.Tensor:
                logits = self.network_([block[rows] for block in blocks])
                wanted = torch.from_numpy(targets[rows])
                return torch.nn.functional.cross_entropy(logits, wanted)

            rng = np.random.default_rng(seed)
            history = training.run(self.network_, loss, targets, rng)
        self.loss_history_ = history.loss
        self.validation_loss_history_ = history.validation_loss
        self.n_epochs_ = history.n_epochs
        return self

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
        check_is_fitted(self)
        blocks = _as_float64(X)
        starts = range(0, blocks[0].shape[0], _ROWS_AT_ONCE)
        with reproducible():
            parts = [
                self.network_([block[i : i + _ROWS_AT_ONCE] for block in blocks])
                .softmax(dim=1)
                .detach()
                .numpy()
                for i in starts
            ]
        proba = np.concatenate([np.empty((0, len(self.classes_))), *parts])
        return proba[:, self.rank_]

    def predict(self, X: Blocks) -> NDArray[Any]:
        """Return the most probable class of every row."""
        most_probable = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[most_probable]
        return chosen

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


def _as_float64(blocks: Blocks) -> list[Any]:
    """Return blocks in double precision, sparse ones by rows."""
    return [
        block.tocsr().astype(np.float64)
        if sparse.issparse(block)
        else np.ascontiguousarray(block, dtype=np.float64)
        for block in blocks
    ]
