"""Features straight from the pixels: their values, and the histogram of colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.image_column import (
    ImageDescriptor,
    Size,
    height_and_width,
    resized,
)
from mmbench.feature_extraction.parameters import require_choice, require_int

if TYPE_CHECKING:
    from PIL.Image import Image

    from mmbench.feature_extraction.images import ImageMode

__all__ = ["ColorHistogramExtractor", "PixelsExtractor"]

_MODES = ("L", "RGB")
_SPACES = ("HSV", "RGB")


class PixelsExtractor(ImageDescriptor):
    """The pixels of an image that is scaled to one size, from 0 to 1.

    Parameters
    ----------
    size : int or (int, int), default=32
        Side of a square, or (height, width), in pixels. The image is stretched to it.
    mode : {"L", "RGB"}, default="L"
        Grey or colour.

    Notes
    -----
    A missing image is a row of NaN.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    >>> PixelsExtractor(size=2).fit_transform([image])
    array([[0. , 0.2, 0.4, 1. ]], dtype=float32)
    """

    def __init__(self, *, size: Size = 32, mode: ImageMode = "L") -> None:
        self.size = size
        self.mode = mode

    def _check_parameters(self) -> None:
        height_and_width("size", self.size)
        require_choice("mode", self.mode, _MODES)

    @property
    def _mode(self) -> ImageMode:
        return self.mode

    @property
    def _n_features_out(self) -> int:
        height, width = height_and_width("size", self.size)
        return height * width * len(self.mode)

    def _describe(self, image: Image) -> NDArray[Any]:
        return resized(image, self.size).ravel() / np.float32(255)


class ColorHistogramExtractor(ImageDescriptor):
    """The share of an image's pixels in each cell of a colour space.

    The histogram is joint: with 4 bins a channel it has 64 cells. It is taken over all
    pixels of the image in its own size.

    Parameters
    ----------
    bins : int, default=4
        Number of equal bins of each of the three channels, at most 256.
    space : {"HSV", "RGB"}, default="RGB"
        The colour space. In HSV, light and shade move a colour less.

    Notes
    -----
    A missing image is a row of NaN.

    References
    ----------
    .. [1] M. J. Swain and D. H. Ballard, "Color indexing", International Journal of
       Computer Vision 7, 11-32, 1991.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], dtype=np.uint8)
    >>> shares = ColorHistogramExtractor(bins=2).fit_transform([image])
    >>> shares.round(2)
    array([[0.  , 0.33, 0.  , 0.  , 0.67, 0.  , 0.  , 0.  ]], dtype=float32)
    """

    def __init__(self, *, bins: int = 4, space: str = "RGB") -> None:
        self.bins = bins
        self.space = space

    def _check_parameters(self) -> None:
        require_int("bins", self.bins, minimum=1)
        if self.bins > 256:
            raise ValueError(f"bins must be at most 256, got {self.bins}.")
        require_choice("space", self.space, _SPACES)

    @property
    def _mode(self) -> ImageMode:
        return "RGB"

    @property
    def _n_features_out(self) -> int:
        return int(self.bins**3)

    def _describe(self, image: Image) -> NDArray[Any]:
        values = np.asarray(image.convert(self.space), dtype=np.uint32)
        first, second, third = np.moveaxis(values * self.bins // 256, 2, 0)
        cells = (first * self.bins + second) * self.bins + third
        counts = np.bincount(cells.ravel(), minlength=self._n_features_out)
        shares: NDArray[Any] = counts / cells.size
        return shares
