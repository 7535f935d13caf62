"""What the extractors that look at the frames of videos have in common."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.clips import SAMPLINGS, read_frames, sampled
from mmbench.feature_extraction.cells import cells_of, is_missing
from mmbench.feature_extraction.column_extractor import ColumnExtractor
from mmbench.feature_extraction.flattening import flatten
from mmbench.feature_extraction.parameters import require_choice, require_int

if TYPE_CHECKING:
    from PIL.Image import Image

    from mmbench.feature_extraction.images import ImageMode

__all__ = ["VideoColumnExtractor", "open_frames", "video_cells"]


class VideoColumnExtractor(ColumnExtractor):
    """Base of the transformers from one column of videos to features."""

    n_frames: int
    sampling: str

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Describe videos.

        Parameters
        ----------
        X : iterable of videos
            One column: paths of files or of folders of frames, bytes, arrays of shape
            (n_frames, height, width[, n_channels]), or missing.

        Returns
        -------
        ndarray of shape (n_videos, n_features), dtype float32
            A row of NaN for a video that is missing.

        Raises
        ------
        DataError
            When a video can't be read. Only None and NaN are missing.
        """
        self._check_parameters()
        cells = video_cells(X)
        # Many rows may ask about one video: each is described once.
        first: dict[str | int, int] = {}
        rows = [
            first.setdefault(cell if isinstance(cell, str) else id(cell), i)
            for i, cell in enumerate(cells)
        ]
        chosen = [i for i, row in enumerate(rows) if i == row]
        present = [i for i in chosen if not is_missing(cells[i])]
        features = np.full((len(cells), self._n_features_out), np.nan, np.float32)
        if present:
            features[present] = self._described([cells[i] for i in present])
        return features[rows]

    @property
    def _n_features_out(self) -> int:
        raise NotImplementedError

    def _described(self, cells: list[Any]) -> NDArray[Any]:
        """Return the features of videos, none of which is missing."""
        raise NotImplementedError

    def _check_parameters(self) -> None:
        require_int("n_frames", self.n_frames, minimum=1)
        require_choice("sampling", self.sampling, SAMPLINGS)

    def _cells(self, X: Iterable[Any]) -> list[Any]:
        return video_cells(X)


def video_cells(X: Iterable[Any]) -> list[Any]:
    """Return the cells of one column of videos; an array may be a stack of them.

    Parameters
    ----------
    X : iterable, or ndarray of shape (n_videos, n_frames, height, width[, n_channels])
        One column of paths or arrays, or a stack of videos.

    Returns
    -------
    list
        One cell per video.
    """
    if isinstance(X, np.ndarray) and X.ndim in {4, 5}:
        return list(X)
    return cells_of(X)


def open_frames(
    cell: Any, n_frames: int, sampling: str = "middles", mode: ImageMode = "RGB"
) -> list[Image]:
    """Open some frames of a video.

    Parameters
    ----------
    cell : str, PathLike, bytes or ndarray
        A path of a GIF, of another animation or of a video, or of a folder of frames;
        what a file holds; or an array of shape (n_frames, height, width[, n_channels]),
        dtype bool or uint8.
    n_frames : int
        How many frames, at least 1. A video that has fewer shows some several times.
    sampling : {"middles", "ends", "start"}, default="middles"
        Which: the middles of equal parts; evenly from the first to the last; or the
        first ones.
    mode : {"RGB", "L"}, default="RGB"
        Colour or grey.

    Returns
    -------
    list of PIL.Image.Image
        Brought to `mode` by the rules of
        :func:`~mmbench.feature_extraction.open_image`.

    Raises
    ------
    DataError
        When the video can't be read.
    MissingDependencyError
        When it takes PyAV (the extra ``video``), which is not installed.
    TypeError
        When `cell` is not a reference of a video.

    Examples
    --------
    >>> clip = np.zeros((9, 4, 6), np.uint8)
    >>> clip[-1] = 255
    >>> [f.getpixel((0, 0)) for f in open_frames(clip, 2, "ends", "L")]
    [0, 255]
    """
    choose = partial(sampled, n=n_frames, sampling=sampling)
    return [flatten(frame, mode) for frame in read_frames(cell, choose)]
