"""Joint fusion: one network over the features of all branches, trained as a whole."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.block_network import (
    BlockNetworkClassifier,
    BlockNetworkRegressor,
)
from mmbench.fusion.composition import FusionComposition, ProbabilisticClassifier
from mmbench.fusion.early import scaled
from mmbench.neural import NeedsTorch

__all__ = ["FusionNetClassifier", "FusionNetRegressor"]


class _FusionNet(NeedsTorch, FusionComposition):
    """Joint fusion of either kind."""

    _parts = "branches"
    _network: ClassVar[Any]
    """The class of the network over the blocks."""
    _trained: ClassVar[str]
    """The attribute that the trained network is."""
    _fitted: ClassVar[tuple[str, ...]] = (
        "loss_history_",
        "n_epochs_",
        "validation_loss_history_",
    )

    def __init__(
        self,
        branches: list[tuple[str, Any]],
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
        self.branches = branches
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

    def blocks(self) -> list[tuple[str, Any]]:
        """Return the branches, unfitted, each with its features scaled as one block.

        Returns
        -------
        list of (str, Pipeline)
            In the order of their names; the same work as in :func:`early_fusion`.

        Raises
        ------
        ValueError
            When ``branches`` is not a list of (name, transformer).
        """
        self._names()
        by_name = sorted(self.branches, key=lambda pair: str(pair[0]))
        return [(name, scaled(clone(branch))) for name, branch in by_name]

    def network(self) -> Any:
        """Return the network over the blocks, untrained.

        Returns
        -------
        BlockNetworkClassifier or BlockNetworkRegressor
        """
        params = self._get_params("branches", deep=False)
        del params["branches"]
        return self._network(**params)

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit the branches, then train the network.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,)
            Their classes, strings or integers, or their numbers.

        Returns
        -------
        FusionNetClassifier or FusionNetRegressor
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong, or ``y`` holds no classes, or no numbers.
        """
        self.branches_ = self.blocks()
        features = [block.fit_transform(X, y) for _, block in self.branches_]
        trained = self.network().fit(features, y)
        for name in self._fitted:
            setattr(self, name, getattr(trained, name))
        setattr(self, self._trained, trained)
        return self

    def _first_fitted(self) -> Any:
        branches = getattr(self, "branches_", None)
        return None if branches is None else branches[0][1]

    def _features(self, X: Any) -> list[Any]:
        check_is_fitted(self)
        return [block.transform(X) for _, block in self.branches_]


class FusionNetClassifier(ProbabilisticClassifier, _FusionNet):
    """Train one network over the features of all branches, layer by layer as a whole.

    Each branch's features, scaled as one block, go through a fully connected layer of
    their own; what comes out is joined by a fusion layer, and a last layer tells the
    class. All layers are trained together by Adam or SGD with cross-entropy; what
    extracts the features is fitted before, as in early fusion.

    Parameters
    ----------
    branches : list of (str, transformer)
        Names and transformers from ``X`` to a matrix of features, as
        :func:`~mmbench.fusion.branch` makes them. At least one. Their order makes no
        difference: inside, they stand in that of their names.
    fusion : {"concat", "gated", "attention"}, default="concat"
        How the branches are joined.

        - ``"concat"``: side by side, through a fully connected layer.
        - ``"gated"``: summed, each feature weighted by gates that look at all branches.
        - ``"attention"``: four groups of each branch's features ask the groups of the
          other branches by scaled dot-product attention, before a fully connected
          layer.
    hidden_size : int, default=64
        Length of what each branch becomes, a multiple of 4.
    dropout : float, default=0.3
        The share of the hidden features that is left out in each step of training.
    optimizer : {"adam", "sgd"}, default="adam"
        ``"sgd"`` has Nesterov's momentum of 0.9, and wants a higher rate.
    learning_rate : float, default=0.003
        The optimizer's.
    alpha : float, default=0.0001
        Strength of the L2 penalty on the weights.
    batch_size : int, default=64
        Rows in a step.
    max_epochs : int, default=200
        The most passes over the training rows.
    patience : int, default=10
        How many epochs without a lower loss end the training. The best weights stay.
    validation_fraction : float, default=0.1
        The share of each class that is held out, whose loss is watched. Where that is
        no row, the loss of the others is.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same network every time, whatever the number of threads.

    Attributes
    ----------
    branches_ : list of (str, transformer)
        The fitted branches, in the order of their names.
    classifier_ : BlockNetworkClassifier
        The trained network.
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.
    n_epochs_ : int
        How many passes there were.
    loss_history_, validation_loss_history_ : list of float
        The mean cross-entropy of the rows learnt from, and of those held out.
    n_features_in_ : int
        The number of columns seen in ``fit``, if the first branch has it.

    See Also
    --------
    early_fusion : Any classifier over the same features.

    References
    ----------
    J. Ngiam, A. Khosla, M. Kim, J. Nam, H. Lee, A. Y. Ng. *Multimodal deep learning.*
    ICML 2011. (``"concat"``)

    J. Arevalo, T. Solorio, M. Montes-y-Gómez, F. A. González. *Gated multimodal units
    for information fusion.* ICLR workshop 2017. (``"gated"``)

    Y.-H. H. Tsai, S. Bai, P. P. Liang, J. Z. Kolter, L.-P. Morency, R. Salakhutdinov.
    *Multimodal transformer for unaligned multimodal language sequences.* ACL 2019.
    (``"attention"``)

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"text": ["red", "red", "sky", "sky"], "width": [1, 2, 8, 9]})
    >>> branches = [("text", branch("text", TfidfVectorizer())),
    ...             ("size", branch(["width"], "passthrough"))]
    >>> method = FusionNetClassifier(branches, hidden_size=8, random_state=0)
    >>> method.fit(X, ["cup", "cup", "sky", "sky"]).predict(X).tolist()
    ['cup', 'cup', 'sky', 'sky']
    """

    _network = BlockNetworkClassifier
    _trained = "classifier_"
    _fitted = (*_FusionNet._fitted, "classes_")

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples, n_classes), dtype float64
            Columns in the order of ``classes_``; each row sums to one.
        """
        features = self._features(X)
        proba: NDArray[np.float64] = self.classifier_.predict_proba(features)
        return proba


class FusionNetRegressor(RegressorMixin, _FusionNet):
    """Train one network over the features of all branches to predict a number.

    It is that of :class:`FusionNetClassifier`, but for the last layer; the loss is the
    squared error of the standardised target.

    Parameters
    ----------
    branches, fusion, hidden_size, dropout, optimizer, learning_rate, alpha
        As in :class:`FusionNetClassifier`.
    batch_size, max_epochs, patience
        As in :class:`FusionNetClassifier`.
    validation_fraction : float, default=0.1
        The share of the rows that is held out, whose loss is watched.
    random_state
        As in :class:`FusionNetClassifier`.

    Attributes
    ----------
    branches_ : list of (str, transformer)
        The fitted branches, in the order of their names.
    regressor_ : BlockNetworkRegressor
        The trained network.
    n_epochs_, n_features_in_, loss_history_, validation_loss_history_
        As in :class:`FusionNetClassifier`.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"width": [1.0, 2.0, 3.0] * 9, "height": [3.0, 1.0, 5.0] * 9})
    >>> branches = [(each, branch([each], "passthrough")) for each in X]
    >>> method = FusionNetRegressor(branches, dropout=0.0, random_state=0)
    >>> method.fit(X, [4e6, 3e6, 8e6] * 9).predict(X[:3]).round(-6).tolist()
    [4000000.0, 3000000.0, 8000000.0]
    """

    _network = BlockNetworkRegressor
    _trained = "regressor_"

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Return a number for every sample.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The samples.

        Returns
        -------
        ndarray of shape (n_samples,), dtype float64
        """
        features = self._features(X)
        numbers: NDArray[np.float64] = self.regressor_.predict(features)
        return numbers
