"""Regularised canonical correlation analysis in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, svd

from mmbench.fusion.joint_spaces.base import JointSpace

__all__ = ["CCASpace", "whitening"]

Floats = NDArray[np.float64]


class CCASpace(JointSpace):
    """Regularised canonical correlation analysis of two blocks, in closed form.

    The coordinates of the space are pairs of directions, one in each block, along which
    the blocks correlate most. One eigendecomposition of each block and one singular
    value decomposition find them all; with more columns than rows, those of the rows'
    inner products.

    Parameters
    ----------
    n_components : int, optional
        How many pairs of directions are kept, the most correlated first; by default
        all.
    regularization : float, default=0.3
        What is added to the variance along every direction before it is divided out, as
        a multiple of the mean variance: 0 for classical CCA.
    power : float, default=1.0
        Each coordinate is multiplied by its correlation to this power, so that weakly
        correlated ones count less in cosines and distances; 0 for none.
    max_width : int, default=300
        Wider blocks are reduced to this many singular vectors first.
    random_state : int, RandomState instance or None, default=None
        Seeds that reduction.

    Attributes
    ----------
    correlations_ : ndarray of shape (n_components,)
        The (regularised) canonical correlations, falling.
    x_weights_, y_weights_ : ndarray of shape (n_features, n_components)
        The maps of both blocks.
    n_features_in_ : int
        The number of columns of the first block.

    References
    ----------
    H. Hotelling (1936), "Relations between two sets of variates", Biometrika 28.
    H. D. Vinod (1976), "Canonical ridge and econometrics of joint production", Journal
    of Econometrics 4: the regularisation. Y. Gong, Q. Ke, M. Isard, S. Lazebnik (2014),
    "A multi-view embedding space for modeling internet images, tags, and their
    semantics", IJCV 106: scaling by powers of the correlations.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0]])
    >>> space = CCASpace(regularization=0.0, power=0.0).fit(X, 5 - 2 * X[:, :1])
    >>> space.correlations_.round(6).tolist()
    [1.0]
    >>> np.allclose(space.transform(X), space.transform_y(5 - 2 * X[:, :1]))
    True
    """

    def __init__(
        self,
        n_components: int | None = None,
        *,
        regularization: float = 0.3,
        power: float = 1.0,
        max_width: int = 300,
        random_state: Any = None,
    ) -> None:
        self.n_components = n_components
        self.regularization = regularization
        self.power = power
        self.max_width = max_width
        self.random_state = random_state

    def _directions(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        a, b = (whitening(block, self.regularization) for block in (x, y))
        u, s, vt = svd((x @ a).T @ (y @ b) / (len(x) - 1), full_matrices=False)
        self.correlations_ = s[: self.n_components]
        scale = self.correlations_**self.power
        n = len(scale)
        return a @ u[:, :n] * scale, b @ vt[:n].T * scale

    def _decoded(self, mapped: Floats, y: Floats) -> Floats:
        # Before scaling, regularised variances are one: the regression is the product.
        scale = np.maximum(self.correlations_, np.finfo(float).tiny) ** self.power
        decoder: Floats = (mapped / scale).T @ y / (len(y) - 1) / scale[:, None]
        return decoder


def whitening(block: Floats, regularization: float) -> Floats:
    """Return the map that gives a block's principal components variance one.

    Parameters
    ----------
    block : ndarray of shape (n_samples, n_features)
        Its columns have mean zero.
    regularization : float
        What is added to each variance, as a multiple of their mean; variances are then
        below one.

    Returns
    -------
    ndarray of shape (n_features, rank)
        Directions along which the block doesn't vary are left out; one at least stays.

    Examples
    --------
    >>> import numpy as np
    >>> block = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 0.0]])
    >>> np.abs(whitening(block, 0.0)).round(6).tolist()
    [[0.333333], [0.0]]
    """
    n_samples, n_features = block.shape
    dual = n_features > n_samples
    values, vectors = eigh(block @ block.T if dual else block.T @ block)
    least = values[-1] * max(block.shape) * np.finfo(float).eps
    kept = (values > least) | (np.arange(len(values)) == len(values) - 1)
    values = np.maximum(values[kept], np.finfo(float).tiny)[::-1]
    axes = vectors[:, kept][:, ::-1]
    if dual:
        axes = block.T @ axes / np.sqrt(values)
    variances = values / (n_samples - 1)
    whitened: Floats = axes / np.sqrt(variances + regularization * variances.mean())
    return whitened
