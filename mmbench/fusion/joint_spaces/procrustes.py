"""Orthogonal Procrustes: a rotation of one block's components onto the other's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes, svd

from mmbench.fusion.joint_spaces.base import JointSpace

__all__ = ["ProcrustesSpace"]

Floats = NDArray[np.float64]


class ProcrustesSpace(JointSpace):
    """Orthogonal Procrustes: principal components, rotated onto the other block's.

    Parameters
    ----------
    n_components : int, default=100
        How many principal components of each block are kept at most.
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
    scipy.linalg.orthogonal_procrustes : Finds the rotation.

    References
    ----------
    P. H. Schönemann (1966), "A generalized solution of the orthogonal Procrustes
    problem", Psychometrika 31.

    Examples
    --------
    A block and itself turned by a right angle have the same coordinates:

    >>> import numpy as np
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0]])
    >>> turned = X @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> space = ProcrustesSpace().fit(X, turned)
    >>> np.allclose(space.transform(X), space.transform_y(turned))
    True
    """

    def _directions(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        n = min(self.n_components, *x.shape, y.shape[1])
        (a, b) = (svd(block, full_matrices=False)[2][:n].T for block in (x, y))
        left, right = x @ a, y @ b
        rotation, scale = orthogonal_procrustes(left, right)
        # The scale is what makes the rotated block as long as the other.
        squared = float(np.sum(left**2)) or 1.0
        return a @ rotation * (scale / squared), b
