"""Videos as the features of some of their frames, pooled over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    clone,
)
from sklearn.utils.validation import check_array

from mmbench.feature_extraction.parameters import require_choice, require_int
from mmbench.feature_extraction.texture import HOGExtractor
from mmbench.feature_extraction.video_column import VideoColumnExtractor, open_frames

if TYPE_CHECKING:
    from typing import Self

    Pool = str | Sequence[str]

__all__ = ["POOLS", "FrameFeatures", "FramePooling", "VideoExtractor"]

# So many frames are in memory at once, and in one batch of a network.
_MOST_FRAMES = 64


def _differences(frames: NDArray[Any]) -> NDArray[Any]:
    steps = np.abs(np.diff(frames, axis=1))
    return steps.mean(axis=1) if steps.shape[1] else np.zeros_like(frames[:, 0])


POOLS: Mapping[str, Callable[[NDArray[Any]], NDArray[Any]]] = MappingProxyType(
    {
        "mean": lambda frames: frames.mean(axis=1),
        "max": lambda frames: frames.max(axis=1),
        "difference": _differences,
        "change": lambda frames: frames[:, -1] - frames[:, 0],
        "all": lambda frames: frames.reshape(len(frames), -1),
    }
)
"""Ways to pool frames: their mean; the largest value of each feature; the mean size of
the difference from one frame to the next; the last less the first; or all of them, one
after another."""


class FrameFeatures(VideoColumnExtractor):
    """The features of some frames of a video, one frame after another.

    Parameters
    ----------
    extractor : transformer, default=None
        An extractor of images that learns nothing; None for HOG.
    n_frames : int, default=8
        How many frames.
    sampling : {"middles", "ends", "start"}, default="middles"
        Which; see :class:`VideoExtractor`.

    Examples
    --------
    >>> from mmbench.feature_extraction import PixelsExtractor
    >>> clip = np.repeat(np.arange(4, dtype=np.uint8) * 51, 4).reshape(4, 2, 2)
    >>> FrameFeatures(PixelsExtractor(size=1), n_frames=4).transform([clip])
    array([[0. , 0.2, 0.4, 0.6]], dtype=float32)
    """

    def __init__(
        self,
        extractor: Any = None,
        *,
        n_frames: int = 8,
        sampling: str = "middles",
    ) -> None:
        self.extractor = extractor
        self.n_frames = n_frames
        self.sampling = sampling

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if not getattr(self._images, "row_wise", False):
            raise ValueError(
                "extractor must be an extractor of images that learns nothing "
                f"(row_wise=True), got {self.extractor!r}."
            )

    @property
    def _images(self) -> Any:
        return HOGExtractor() if self.extractor is None else clone(self.extractor)

    @property
    def _n_features_out(self) -> int:
        # What is made of a missing picture is as wide as of any other.
        width: int = self._images.transform([None]).shape[1]
        return width * self.n_frames

    def _described(self, cells: list[Any]) -> NDArray[Any]:
        images, found = self._images, []
        step = max(1, _MOST_FRAMES // self.n_frames)
        for start in range(0, len(cells), step):
            frames = [self._frames(cell) for cell in cells[start : start + step]]
            found.append(images.transform(list(chain.from_iterable(frames))))
        return np.concatenate(found).reshape(len(cells), -1)

    def _frames(self, cell: Any) -> list[Any]:
        return open_frames(cell, self.n_frames, self.sampling)


class FramePooling(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Pool the features of frames that stand one after another.

    Parameters
    ----------
    n_frames : int, default=8
        How many frames stand in a row.
    pool : str or sequence of str, default="mean"
        One of :data:`POOLS`, or several, whose results stand side by side.

    Examples
    --------
    >>> frames = [[1.0, 5.0, 4.0, 5.0]]  # two frames of two features
    >>> FramePooling(n_frames=2, pool=("mean", "difference")).fit_transform(frames)
    array([[2.5, 5. , 3. , 0. ]])
    """

    row_wise = True

    def __init__(self, *, n_frames: int = 8, pool: Pool = "mean") -> None:
        self.n_frames = n_frames
        self.pool = pool

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        """Check the parameters, and count features.

        Parameters
        ----------
        X : array-like of shape (n_videos, n_frames * n_features)
            The features of frames.
        y : None
            Ignored.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            When a parameter is wrong, or `X` can't be parted into so many frames.
        """
        self._n_features_out = self.transform(np.asarray(X)[:1]).shape[1]
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Pool over frames.

        Parameters
        ----------
        X : array-like of shape (n_videos, n_frames * n_features)
            The features of frames.

        Returns
        -------
        ndarray of shape (n_videos, n_pools * n_features)
            ``n_frames`` times as wide for the pool ``"all"``.

        Raises
        ------
        ValueError
            As :meth:`fit`.
        """
        require_int("n_frames", self.n_frames, minimum=1)
        X = check_array(
            X, dtype=(np.float64, np.float32), ensure_all_finite="allow-nan"
        )
        if X.shape[1] % self.n_frames:
            raise ValueError(
                f"X must have n_frames={self.n_frames} times some features, got "
                f"{X.shape[1]}."
            )
        frames = X.reshape(len(X), self.n_frames, -1)
        return np.hstack([POOLS[name](frames) for name in pool_names(self.pool)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.allow_nan = True
        return tags


class VideoExtractor(VideoColumnExtractor):
    """Any extractor of images on some frames of a video, pooled over time.

    Parameters
    ----------
    extractor : transformer, default=None
        An extractor of images that learns nothing, such as
        :class:`~mmbench.feature_extraction.CNNExtractor`; None for HOG.
    n_frames : int, default=8
        How many frames are looked at. A shorter video shows some several times.
    sampling : {"middles", "ends", "start"}, default="middles"
        Which: the middles of equal parts; evenly from the first to the last; or the
        first ones.
    pool : str or sequence of str, default=("mean", "difference")
        How frames become one row, by one way or several side by side: ``"mean"`` and
        ``"max"`` forget their order; ``"difference"`` is the mean size of the
        difference from one frame to the next, ``"change"`` the last frame less the
        first; ``"all"`` keeps one after another.

    Notes
    -----
    It equals :class:`FrameFeatures` and then :class:`FramePooling`, and the engine
    takes it so: methods that pool the same frames in other ways share the frames'
    features. A missing video is a row of NaN.

    References
    ----------
    .. [1] J. Donahue et al., "Long-term recurrent convolutional networks for visual
       recognition and description", CVPR 2015: means over frames as the baseline.

    Examples
    --------
    >>> from mmbench.feature_extraction import PixelsExtractor
    >>> clip = np.repeat(np.arange(4, dtype=np.uint8) * 51, 4).reshape(4, 2, 2)
    >>> one_pixel = PixelsExtractor(size=1)
    >>> extractor = VideoExtractor(one_pixel, n_frames=4, pool=("mean", "change"))
    >>> extractor.fit_transform([clip]).round(2)
    array([[0.3, 0.6]], dtype=float32)
    """

    def __init__(
        self,
        extractor: Any = None,
        *,
        n_frames: int = 8,
        sampling: str = "middles",
        pool: Pool = ("mean", "difference"),
    ) -> None:
        self.extractor = extractor
        self.n_frames = n_frames
        self.sampling = sampling
        self.pool = pool

    def chain(self) -> tuple[FrameFeatures, FramePooling]:
        """Return the transformers that this one is, one behind the other.

        Returns
        -------
        tuple of (FrameFeatures, FramePooling)
            Unfitted.
        """
        frames = FrameFeatures(
            self.extractor, n_frames=self.n_frames, sampling=self.sampling
        )
        return frames, FramePooling(n_frames=self.n_frames, pool=self.pool)

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Describe videos.

        Parameters
        ----------
        X : iterable of videos
            One column, as :class:`FrameFeatures` takes it.

        Returns
        -------
        ndarray of shape (n_videos, n_features), dtype float32
            A row of NaN for a video that is missing.

        Raises
        ------
        DataError
            When a video can't be read. Only None and NaN are missing.
        """
        frames, pooling = self.chain()
        found: NDArray[np.float32] = pooling.transform(frames.transform(X))
        return found

    @property
    def _n_features_out(self) -> int:
        frames, pooling = self.chain()
        width: int = frames._n_features_out
        return int(pooling.transform(np.zeros((1, width))).shape[1])

    def _check_parameters(self) -> None:
        frames, _ = self.chain()
        frames._check_parameters()
        pool_names(self.pool)


def pool_names(pool: Pool | Any) -> tuple[str, ...]:
    """Return the names of pools after checking them.

    Parameters
    ----------
    pool : str or sequence of str
        One or several of :data:`POOLS`.

    Returns
    -------
    tuple of str
        At least one.

    Raises
    ------
    ValueError
        When there is none, or an unknown one.
    """
    names = (pool,) if isinstance(pool, str) else tuple(pool)
    if not names:
        raise ValueError("pool must name at least one way to pool, got none.")
    for name in names:
        require_choice("pool", name, POOLS)
    return names
