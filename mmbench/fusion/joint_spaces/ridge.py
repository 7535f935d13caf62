"""Ridge regression of one block on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV

from mmbench.fusion.joint_spaces.base import JointSpace

__all__ = ["RidgeSpace"]

Floats = NDArray[np.float64]


class RidgeSpace(JointSpace):
    """Ridge regression of one block on the other: the space is the predicted block's.

    Parameters
    ----------
    towards : {"x", "y"}, default="y"
        Which block is predicted from the other, and so whose the space is.
    alphas : sequence of float, default=(0.01, 0.1, 1, 10, 100, 1000)
        The penalties to choose from, by leave-one-out error in closed form.
    max_width : int, default=300
        Wider blocks are reduced to this many singular vectors first.
    random_state : int, RandomState instance or None, default=None
        Seeds that reduction.

    Attributes
    ----------
    alpha_ : float
        The chosen penalty.
    x_weights_, y_weights_ : ndarray of shape (n_features, n_components)
        The maps of both blocks.
    n_features_in_ : int
        The number of columns of the first block.

    References
    ----------
    A. E. Hoerl, R. W. Kennard (1970), "Ridge regression: biased estimation for
    nonorthogonal problems", Technometrics 12. A. Frome et al. (2013), "DeViSE: a deep
    visual-semantic embedding model", NIPS: pictures mapped into the space of words.

    Examples
    --------
    >>> import numpy as np
    >>> X, Y = np.array([[1.0], [2.0], [4.0]]), np.array([[1.0], [3.0], [7.0]])
    >>> space = RidgeSpace(alphas=(1e-9,)).fit(X, Y)
    >>> space.predict([[5.0]]).round(6).tolist()
    [[9.0]]
    """

    def __init__(
        self,
        towards: str = "y",
        *,
        alphas: Sequence[float] = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0),
        max_width: int = 300,
        random_state: Any = None,
    ) -> None:
        self.towards = towards
        self.alphas = alphas
        self.max_width = max_width
        self.random_state = random_state

    def _directions(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if self.towards not in ("x", "y"):
            raise ValueError(f"towards must be 'x' or 'y', got {self.towards!r}.")
        if self.towards == "y":
            return self._regressed(x, y), np.eye(y.shape[1])
        return np.eye(x.shape[1]), self._regressed(y, x)

    def _regressed(self, given: Floats, wanted: Floats) -> Floats:
        ridge = RidgeCV(list(self.alphas), fit_intercept=False).fit(given, wanted)
        self.alpha_ = float(ridge.alpha_)
        weights: Floats = np.atleast_2d(ridge.coef_).T
        return weights

    def _decoded(self, mapped: Floats, y: Floats) -> Floats:
        if self.towards == "y":
            return np.eye(y.shape[1])
        return super()._decoded(mapped, y)
