"""How things move in a video: differences of frames, and which way they shift."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.parameters import require_int
from mmbench.feature_extraction.video_column import VideoColumnExtractor, open_frames

__all__ = ["MotionExtractor"]

_N_DIRECTIONS = 8
_PER_STEP = 5  # of one step: how much changes, and two shifts of two coordinates
_SILENT = 1e-6


class MotionExtractor(VideoColumnExtractor):
    """How much changes from frame to frame, and where to.

    Frames are scaled to `size` x `size` grey pixels. Each step from one to the next
    gives

    - the mean absolute difference of pixels;
    - the shift of the centroid of what moves: of each frame's differences from the
      median of all, which is the background as long as nothing rests;
    - the shift of the whole frame, by phase correlation [1]_.

    Shifts are (down, right), as a share of the frame. The features are mean and
    standard deviation of these five over steps; the sum of both shifts over all steps;
    a histogram of the directions of the centroid's steps, eight of them, weighted by
    length; and what share of pixels ever differs from the background.

    Parameters
    ----------
    n_frames : int, default=12
        How many frames are looked at, at least 2.
    size : int, default=32
        Side in pixels, at least 4.
    sampling : {"middles", "ends", "start"}, default="ends"
        Which frames; see :class:`~mmbench.feature_extraction.VideoExtractor`.

    Notes
    -----
    A missing video is a row of NaN.

    References
    ----------
    .. [1] C. D. Kuglin and D. C. Hines, "The phase correlation image alignment method",
       IEEE International Conference on Cybernetics and Society, 163-165, 1975.

    Examples
    --------
    A bright square that goes right, by 24 of 32 pixels:

    >>> clip = np.zeros((7, 32, 32), np.uint8)
    >>> for step in range(7):
    ...     clip[step, 14:18, 4 * step : 4 * step + 4] = 255
    >>> features = MotionExtractor(n_frames=7).fit_transform([clip])[0]
    >>> features[10:12].round(2)  # how far the centroid went, down and right
    array([0.  , 0.75], dtype=float32)
    """

    def __init__(
        self, *, n_frames: int = 12, size: int = 32, sampling: str = "ends"
    ) -> None:
        self.n_frames = n_frames
        self.size = size
        self.sampling = sampling

    def _check_parameters(self) -> None:
        super()._check_parameters()
        require_int("n_frames", self.n_frames, minimum=2)
        require_int("size", self.size, minimum=4)

    @property
    def _n_features_out(self) -> int:
        return 2 * _PER_STEP + 4 + _N_DIRECTIONS + 1

    def _described(self, cells: list[Any]) -> NDArray[Any]:
        return np.array([self._describe(cell) for cell in cells])

    def _describe(self, cell: Any) -> NDArray[np.float64]:
        from PIL.Image import Resampling

        side = (self.size, self.size)
        frames = np.array(
            [
                np.asarray(frame.resize(side, Resampling.BOX), np.float64) / 255
                for frame in open_frames(cell, self.n_frames, self.sampling, "L")
            ]
        )
        moving = np.abs(frames - np.median(frames, axis=0))
        centroids = _centroids(moving)
        found = np.column_stack(
            [
                np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2)),
                np.diff(centroids, axis=0),
                _shifts(frames),
            ]
        )
        ever = (moving.max(axis=0) > 0.1).mean()
        directions = _directions(found[:, 1:3])
        parts = [found.mean(axis=0), found.std(axis=0), found[:, 1:].sum(axis=0)]
        return np.concatenate([*parts, directions, [ever]])


def _centroids(moving: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the centre of motion per frame, 0 to 1; that before where nothing moves.

    Shape (n_frames, 2): down, right.
    """
    places = (np.arange(moving.shape[1]) + 0.5) / moving.shape[1]
    total = moving.sum(axis=(1, 2))
    rests = total < _SILENT * moving[0].size
    safe = np.where(rests, 1, total)
    down = (moving.sum(axis=2) @ places) / safe
    right = (moving.sum(axis=1) @ places) / safe
    found = np.column_stack([down, right])
    # Where nothing is to be seen, it is taken to be where it was seen last, or first.
    seen = np.flatnonzero(~rests)
    if not len(seen):
        return np.full_like(found, 0.5)
    last = np.searchsorted(seen, np.arange(len(found)), side="right") - 1
    return np.asarray(found[seen[np.maximum(last, 0)]])


def _shifts(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shift from each frame to the next by phase correlation."""
    spectra = np.fft.fft2(frames)
    cross = spectra[1:] * spectra[:-1].conj()
    size = np.abs(cross)
    cross = np.where(size > _SILENT, cross / np.maximum(size, _SILENT), 0)
    peaks = np.fft.ifft2(cross).real
    side = frames.shape[1]
    flat = peaks.reshape(len(peaks), -1)
    # Of two equal frames, and of empty ones, the first place wins: no shift.
    at = np.column_stack(np.unravel_index(flat.argmax(axis=1), peaks.shape[1:]))
    shifts: NDArray[np.float64] = np.where(at > side // 2, at - side, at) / side
    return shifts


def _directions(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far steps go in each of eight directions, the first to the right."""
    down, right = steps.T
    angle = np.arctan2(down, right) / (2 * np.pi) * _N_DIRECTIONS
    length = np.hypot(down, right)
    sector = np.rint(angle).astype(int) % _N_DIRECTIONS
    found = np.bincount(sector, weights=length, minlength=_N_DIRECTIONS)
    return found.astype(np.float64)
