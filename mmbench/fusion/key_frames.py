"""Which frames of a video matter, told from what they look like, without any target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.select import SelectColumns

__all__ = ["FRAME_RULES", "FrameScorer", "KeyFrameRegressor"]

Floats = NDArray[np.float64]


def _k_means(features: Floats, n_key: int, seed: int) -> Floats:
    """Score frames by how near they are to the centre of their cluster."""
    model = KMeans(n_key, n_init=4, random_state=seed).fit(features)
    apart = features - model.cluster_centers_[model.labels_]
    return -np.asarray(np.sqrt((apart**2).sum(axis=1)))


def _k_medoids(features: Floats, n_key: int, _seed: int) -> Floats:
    """Score frames by how near they are to the nearest of some medoids."""
    distances = cdist(features, features)
    medoids = _medoids(distances, n_key)
    return np.asarray(-distances[:, medoids].min(axis=1))


def _medoids(distances: Floats, n_key: int) -> list[int]:
    """Return medoids: built greedily, and then each moved to the middle of its own."""
    medoids = [int(distances.sum(axis=0).argmin())]
    nearest = distances[:, medoids[0]]
    while len(medoids) < n_key:
        gains = np.maximum(nearest[:, None] - distances, 0).sum(axis=0)
        gains[medoids] = -1
        medoids.append(int(gains.argmax()))
        nearest = np.minimum(nearest, distances[:, medoids[-1]])
    for _ in range(20):
        own = distances[:, medoids].argmin(axis=1)
        moved = []
        for place, medoid in enumerate(medoids):
            rows = np.flatnonzero(own == place)
            inner = distances[np.ix_(rows, rows)].sum(axis=0)
            moved.append(int(rows[inner.argmin()]) if len(rows) else medoid)
        if moved == medoids:
            break
        medoids = moved
    return medoids


def _novelty(features: Floats, n_key: int, _seed: int) -> Floats:
    """Score frames by their mean distance to those around them in time."""
    n = len(features)
    around = max(1, n // (4 * n_key))
    total, count = np.zeros(n), np.zeros(n)
    for step in range(1, min(around, n - 1) + 1):
        apart = np.sqrt(((features[step:] - features[:-step]) ** 2).sum(axis=1))
        total[step:] += apart
        total[:-step] += apart
        count[step:] += 1
        count[:-step] += 1
    return np.asarray(total / np.maximum(count, 1))


def _representative(features: Floats, _n_key: int, _seed: int) -> Floats:
    """Score frames by how near they are to all others of the video."""
    return np.asarray(-cdist(features, features).mean(axis=1))


def _diverse(features: Floats, _n_key: int, _seed: int) -> Floats:
    """Score frames by when they are chosen: near to all, far from those chosen."""
    distances = cdist(features, features)
    largest = distances.max() or 1.0
    near_all = 1 - distances.mean(axis=1) / largest
    scores, apart = np.zeros(len(features)), np.ones(len(features))
    left = np.ones(len(features), bool)
    for place in range(len(features)):
        merit = np.where(left, near_all + apart, -np.inf)
        chosen = int(merit.argmax())
        scores[chosen] = 1 - place / len(features)
        left[chosen] = False
        apart = np.minimum(apart, distances[:, chosen] / largest)
    return scores


FRAME_RULES: Mapping[str, Callable[[Floats, int, int], Floats]] = MappingProxyType(
    {
        "k-means": _k_means,
        "k-medoids": _k_medoids,
        "novelty": _novelty,
        "representative": _representative,
        "diverse": _diverse,
    }
)
"""Ways to score the frames of a video by their features alone."""


class FrameScorer(RegressorMixin, BaseEstimator):
    """Score frames video by video, as a method whose ``X`` is features and videos.

    Parameters
    ----------
    rule : {"k-means", "k-medoids", "novelty", "representative", "diverse"}
        By the distance to the centre of a frame's cluster (VSUMM [1]_), to the nearest
        of some medoids, to the frames around it in time (more is better), to all frames
        of the video; or by when it is chosen, one at a time, so as to be near to all
        frames and far from those chosen before.
    share : float in (0, 1], default=0.15
        How long a summary is, as a share of the video: as many clusters or medoids as
        that is frames.
    random_state : int or None, default=None
        Seeds the clusters.

    References
    ----------
    .. [1] S. E. F. de Avila et al., "VSUMM: A mechanism designed to produce static
       video summaries and a novel evaluation method", Pattern Recognition Letters 32,
       56-68, 2011.
    .. [2] K. Zhou, Y. Qiao, T. Xiang, "Deep reinforcement learning for unsupervised
       video summarization with diversity-representativeness reward", AAAI 2018.

    Examples
    --------
    >>> features = np.array([[0.0], [0.0], [5.0], [0.0], [1.0], [1.0]])
    >>> scorer = FrameScorer("novelty").fit([features, np.array(list("aaaabb"))])
    >>> scorer.predict([features, np.array(list("aaaabb"))]).argmax()
    np.int64(2)
    """

    def __init__(
        self, rule: str, *, share: float = 0.15, random_state: int | None = None
    ) -> None:
        self.rule = rule
        self.share = share
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:  # noqa: ARG002
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : list of (matrix, sequence)
            The features of frames, and which video each is of.
        y : ignored
            Present for scikit-learn's sake.

        Returns
        -------
        FrameScorer
            The instance itself.

        Raises
        ------
        ValueError
            When a parameter is not what it must be.
        """
        if self.rule not in FRAME_RULES:
            raise ValueError(
                f"rule must be one of {sorted(FRAME_RULES)}, got {self.rule!r}."
            )
        if not 0 < self.share <= 1:
            raise ValueError(f"share must be in (0, 1], got {self.share!r}.")
        self.n_videos_ = len(set(np.asarray(X[1]).tolist()))
        return self

    def predict(self, X: Any) -> Floats:
        """Score frames.

        Parameters
        ----------
        X : list of (matrix of shape (n_frames, n_features), sequence)
            The features of frames, and which video each is of; the frames of a video
            are in their order.

        Returns
        -------
        ndarray of shape (n_frames,), dtype float64
            From 0 to 1 in each video, the most important frame first.

        Raises
        ------
        ValueError
            When a row has no video.
        """
        check_is_fitted(self)
        features, videos = X
        unknown = np.flatnonzero(pd.isna(np.asarray(videos, dtype=object)))
        if len(unknown):
            raise ValueError(
                f"each row needs the name of its video, but {len(unknown)} have none "
                f"(the "
                f"first: row {unknown[0] + 1}); fill them in."
            )
        if hasattr(features, "toarray"):
            features = features.toarray()
        features = np.asarray(features, np.float64)
        found = np.zeros(len(features))
        numbers = np.unique(np.asarray(videos), return_inverse=True)[1]
        for video in range(numbers.max(initial=-1) + 1):
            rows = np.flatnonzero(numbers == video)
            found[rows] = self._scores(features[rows])
        return found

    def _scores(self, features: Floats) -> Floats:
        n_distinct = len(np.unique(features, axis=0))
        if n_distinct < 2:
            return np.full(len(features), 0.5)
        n_key = min(max(1, round(self.share * len(features))), n_distinct)
        scores = FRAME_RULES[self.rule](features, n_key, self.random_state or 0)
        low, high = scores.min(), scores.max()
        if high == low:
            return np.full(len(scores), 0.5)
        return np.asarray((scores - low) / (high - low))


class KeyFrameRegressor(RegressorMixin, BaseEstimator):
    """Score the frames of videos by features of their own, without any target.

    Parameters
    ----------
    frames : transformer
        Makes features of the frames: a branch, perhaps of several steps.
    group : str
        The column that says which video a frame is of.
    rule : str, default="k-means"
        As :class:`FrameScorer` takes it.
    share : float in (0, 1], default=0.15
        As :class:`FrameScorer` takes it.
    random_state : int or None, default=None
        Seeds the clusters.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.fusion import branch
    >>> X = pd.DataFrame({"brightness": [1.0, 1.0, 9.0, 1.0], "video": list("aaaa")})
    >>> frames = branch(["brightness"], "passthrough")
    >>> KeyFrameRegressor(frames, "video", "novelty").fit(X).predict(X).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """

    def __init__(
        self,
        frames: Any,
        group: str,
        rule: str = "k-means",
        *,
        share: float = 0.15,
        random_state: int | None = None,
    ) -> None:
        self.frames = frames
        self.group = group
        self.rule = rule
        self.share = share
        self.random_state = random_state

    @property
    def also_needs(self) -> tuple[str, ...]:
        """The column of videos, which no branch reads."""
        return (self.group,)

    def blocks(self) -> list[Any]:
        """Return what makes the features, and what picks the videos, unfitted."""
        return [clone(self.frames), SelectColumns(self.group)]

    def scorer(self) -> FrameScorer:
        """Return what scores the features, unfitted."""
        return FrameScorer(self.rule, share=self.share, random_state=self.random_state)

    def fit(self, X: Any, y: ArrayLike | None = None) -> Self:
        """Fit what makes the features; nothing is learnt of importance.

        Parameters
        ----------
        X : DataFrame of shape (n_frames, n_columns)
            The training frames.
        y : array-like of shape (n_frames,), optional
            Passed on to the features.

        Returns
        -------
        KeyFrameRegressor
            The instance itself.
        """
        self.frames_, pick = self.blocks()
        features = self.frames_.fit_transform(X, y)
        self.scorer_ = self.scorer().fit([features, pick.transform(X)])
        return self

    def predict(self, X: Any) -> Floats:
        """Score frames.

        Parameters
        ----------
        X : DataFrame of shape (n_frames, n_columns)
            The frames of a video in their order.

        Returns
        -------
        ndarray of shape (n_frames,), dtype float64
            From 0 to 1 in each video.
        """
        check_is_fitted(self)
        videos = SelectColumns(self.group).transform(X)
        return self.scorer_.predict([self.frames_.transform(X), videos])
