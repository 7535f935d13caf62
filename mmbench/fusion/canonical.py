"""Canonical fusion: the directions along which all branches agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from mmbench.fusion.block_features import BlockFeatures
from mmbench.fusion.early import under
from mmbench.fusion.joint_spaces import MultiviewCCA

__all__ = ["canonical_fusion"]


def canonical_fusion(
    branches: Sequence[tuple[str, Any]],
    predictor: Any,
    *,
    n_components: int = 100,
    regularization: float = 0.3,
) -> Pipeline:
    """Put a predictor on the coordinates of a multiview canonical correlation analysis.

    Parameters
    ----------
    branches : list of (str, transformer)
        At least two names and transformers, as for
        :func:`~mmbench.fusion.early_fusion`. They are cloned.
    predictor : classifier or regressor
        What is trained on the coordinates. It is cloned.
    n_components, regularization
        As in :class:`~mmbench.fusion.joint_spaces.MultiviewCCA`.

    Returns
    -------
    Pipeline
        Of ``features``, a :class:`BlockFeatures`, and ``classifier`` or ``regressor``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"cm": [1.0, 2.0, 8.0, 9.0], "inch": [0.4, 0.8, 3.2, 3.6]})
    >>> branches = [(each, branch([each], "passthrough")) for each in X]
    >>> method = canonical_fusion(branches, LogisticRegression())
    >>> method.fit(X, ["cup", "cup", "bus", "bus"]).predict(X).tolist()
    ['cup', 'cup', 'bus', 'bus']
    """
    analysis = MultiviewCCA(n_components, regularization=regularization)
    return under(clone(BlockFeatures(list(branches), analysis)), predictor)
