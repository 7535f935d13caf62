"""Partial least squares by scikit-learn's singular value decomposition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cross_decomposition import PLSSVD

from mmbench.fusion.joint_spaces.base import JointSpace

__all__ = ["PLSSpace"]

Floats = NDArray[np.float64]


class PLSSpace(JointSpace):
    """Partial least squares: directions along which two blocks covary most.

    Unlike canonical correlation analysis it doesn't divide variances out, so it needs
    no regularisation.

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
    x_weights_, y_weights_ : ndarray of shape (n_features, n_components)
        The maps of both blocks.
    n_features_in_ : int
        The number of columns of the first block.

    See Also
    --------
    sklearn.cross_decomposition.PLSSVD : Finds the directions.

    References
    ----------
    J. A. Wegelin (2000), "A survey of partial least squares (PLS) methods, with
    emphasis on the two-block case", Technical Report 371, University of Washington.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]])
    >>> PLSSpace(1).fit(X, X).transform(X).shape
    (3, 1)
    """

    def _directions(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        n = min(self.n_components, *x.shape, y.shape[1])
        pls = PLSSVD(n, scale=False).fit(x, y)
        return pls.x_weights_, pls.y_weights_
