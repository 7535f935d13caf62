"""A joint space that is learnt by telling pairs from other pairs of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.joint_spaces.cca import CCASpace
from mmbench.fusion.joint_spaces.reduction import SingularVectors
from mmbench.neural import NeedsTorch, Training, reproducible

if TYPE_CHECKING:
    import torch

__all__ = ["ContrastiveSpace"]

Floats = NDArray[np.float64]


class ContrastiveSpace(NeedsTorch, TransformerMixin, BaseEstimator):
    """Projections of two blocks, trained by a symmetric contrastive loss (InfoNCE).

    Each row has to find its partner among those of a batch, in both directions. The
    projections start from those of a canonical correlation analysis, and training stops
    when pairs that are held out are found no better.

    Parameters
    ----------
    n_components : int, default=100
        The dimensions of the space, at most.
    hidden_size : int, default=0
        Units of a hidden layer for each block, whose output is added to the linear
        projection; 0 for none.
    temperature : float, default=0.1
        What cosines are divided by at the start; it is learnt.
    learning_rate : float, default=1e-3
        Of Adam.
    alpha : float, default=1e-4
        Strength of the L2 penalty.
    dropout : float, default=0.3
        The share of each block's features that are hidden in a step.
    batch_size : int, default=128
        Pairs in a step.
    max_epochs : int, default=100
        The most passes over the training pairs.
    patience : int, default=10
        How many epochs without a lower loss end the training.
    validation_fraction : float, default=0.1
        The share of the pairs that is held out.
    max_width : int, default=300
        Wider blocks are reduced to this many singular vectors first.
    random_state : int, RandomState instance or None, default=None
        Seeds all of it.

    Attributes
    ----------
    projections_ : list of torch.nn.Module
        Those of both blocks.
    n_epochs_ : int
        How many passes there were.

    References
    ----------
    A. van den Oord, Y. Li, O. Vinyals (2018), "Representation learning with contrastive
    predictive coding", arXiv:1807.03748. A. Radford et al. (2021), "Learning
    transferable visual models from natural language supervision", ICML: the symmetric
    form.
    """

    def __init__(
        self,
        n_components: int = 100,
        *,
        hidden_size: int = 0,
        temperature: float = 0.1,
        learning_rate: float = 1e-3,
        alpha: float = 1e-4,
        dropout: float = 0.3,
        batch_size: int = 128,
        max_epochs: int = 100,
        patience: int = 10,
        validation_fraction: float = 0.1,
        max_width: int = 300,
        random_state: Any = None,
    ) -> None:
        self.n_components = n_components
        self.hidden_size = hidden_size
        self.temperature = temperature
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.dropout = dropout
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.max_width = max_width
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:
        """Train both projections.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.
        y : {array-like, sparse matrix} of shape (n_samples, n_y_features)
            The row of the second block that belongs to each.

        Returns
        -------
        ContrastiveSpace
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong.
        """
        training = Training(
            learning_rate=self.learning_rate,
            alpha=self.alpha,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            patience=self.patience,
            validation_fraction=self.validation_fraction,
        )
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        reduction = SingularVectors(self.max_width, random_state=seed)
        self.reductions_ = [clone(reduction).fit(block) for block in (X, y)]
        blocks = [
            reduction.transform(block)
            for reduction, block in zip(self.reductions_, (X, y), strict=True)
        ]
        start = CCASpace(self.n_components).fit(*blocks)
        with reproducible(seed):
            history = self._train(training, blocks, start, seed)
        self.n_epochs_ = history.n_epochs
        return self

    def _train(
        self, training: Training, blocks: list[Floats], start: CCASpace, seed: int
    ) -> Any:
        import torch
        from torch.nn import functional

        from mmbench.fusion.joint_spaces.projection import Projection

        maps = [start.x_weights_, start.y_weights_]
        self.projections_ = [
            Projection(block.mean(axis=0), map_, self.hidden_size, self.dropout)
            for block, map_ in zip(blocks, maps, strict=True)
        ]
        scale = torch.nn.Parameter(torch.tensor(-np.log(self.temperature)))
        network = torch.nn.ModuleList(self.projections_)
        network.register_parameter("scale", scale)
        tensors = [torch.from_numpy(block) for block in blocks]

        def loss(rows: NDArray[np.intp]) -> torch.Tensor:
            a, b = (
                functional.normalize(project(block[rows]))
                for project, block in zip(self.projections_, tensors, strict=True)
            )
            likeness = a @ b.T * scale.exp()
            right = torch.arange(len(rows))
            return (
                functional.cross_entropy(likeness, right)
                + functional.cross_entropy(likeness.T, right)
            ) / 2

        strata = np.zeros(len(blocks[0]), np.intp)
        return training.run(network, loss, strata, np.random.default_rng(seed))

    def transform(self, X: Any) -> Floats:
        """Project rows of the first block.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_x_features)
            Rows of the first block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
        """
        return self._projected(X, 0)

    def transform_y(self, y: Any) -> Floats:
        """Project rows of the second block.

        Parameters
        ----------
        y : {array-like, sparse matrix} of shape (n_samples, n_y_features)
            Rows of the second block.

        Returns
        -------
        ndarray of shape (n_samples, n_components), dtype float64
        """
        return self._projected(y, 1)

    def _projected(self, block: Any, side: int) -> Floats:
        check_is_fitted(self)
        rows = self.reductions_[side].transform(block)
        with reproducible():
            from torch import from_numpy, no_grad

            with no_grad():
                found: Floats = self.projections_[side](from_numpy(rows)).numpy()
        return found
