"""Shape and texture: histograms of gradients and of local binary patterns."""

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
from mmbench.feature_extraction.parameters import (
    require_choice,
    require_int,
    require_positive,
)

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["HOGExtractor", "LBPExtractor"]

_METHODS = ("nri_uniform", "uniform")


class HOGExtractor(ImageDescriptor):
    """Histograms of oriented gradients of the grey image (HOG).

    Parameters
    ----------
    size : int or (int, int), default=32
        Side of a square, or (height, width), in pixels. The image is stretched to it.
    orientations : int, default=9
        Number of directions in a histogram.
    pixels_per_cell : int or (int, int), default=8
        Height and width of the cell over which a histogram is taken.
    cells_per_block : int or (int, int), default=2
        Height and width, in cells, of the blocks that are normalised together.

    Notes
    -----
    It is :func:`skimage.feature.hog` with "L2-Hys" normalisation. A missing
    image is a row of NaN.

    References
    ----------
    .. [1] N. Dalal and B. Triggs, "Histograms of oriented gradients for human
       detection", CVPR 2005.

    Examples
    --------
    >>> import numpy as np
    >>> HOGExtractor().fit_transform([np.eye(32, dtype=bool), None]).shape
    (2, 324)
    """

    def __init__(
        self,
        *,
        size: Size = 32,
        orientations: int = 9,
        pixels_per_cell: Size = 8,
        cells_per_block: Size = 2,
    ) -> None:
        self.size = size
        self.orientations = orientations
        self.pixels_per_cell = pixels_per_cell
        self.cells_per_block = cells_per_block

    def _check_parameters(self) -> None:
        require_int("orientations", self.orientations, minimum=1)
        if min(self._blocks()) < 1:
            raise ValueError(
                "size must hold at least one block of cells_per_block x "
                f"pixels_per_cell pixels, got size={self.size!r}, "
                f"pixels_per_cell={self.pixels_per_cell!r}, "
                f"cells_per_block={self.cells_per_block!r}."
            )

    def _blocks(self) -> tuple[int, int]:
        """Return how many blocks fit below and beside each other."""
        sizes = height_and_width("size", self.size)
        pixels = height_and_width("pixels_per_cell", self.pixels_per_cell)
        cells = height_and_width("cells_per_block", self.cells_per_block)
        down, across = (
            s // p - c + 1 for s, p, c in zip(sizes, pixels, cells, strict=True)
        )
        return down, across

    @property
    def _n_features_out(self) -> int:
        cells = height_and_width("cells_per_block", self.cells_per_block)
        return int(np.prod([*self._blocks(), *cells, self.orientations]))

    def _describe(self, image: Image) -> NDArray[Any]:
        from skimage.feature import hog

        features: NDArray[Any] = hog(
            resized(image, self.size),
            orientations=self.orientations,
            pixels_per_cell=height_and_width("pixels_per_cell", self.pixels_per_cell),
            cells_per_block=height_and_width("cells_per_block", self.cells_per_block),
        )
        return features


class LBPExtractor(ImageDescriptor):
    """Histograms of uniform local binary patterns of the grey image (LBP).

    The image is parted into a grid; the histograms of its parts, each of which sums to
    one, follow each other row by row.

    Parameters
    ----------
    size : int or (int, int), default=64
        Side of a square, or (height, width), in pixels. The image is stretched to it.
    n_points : int, default=8
        Number of neighbours that a pixel is compared with.
    radius : float, default=1.0
        Their distance from it, in pixels.
    grid : int or (int, int), default=4
        Number of parts down and across.
    method : {"nri_uniform", "uniform"}, default="nri_uniform"
        ``"uniform"`` counts patterns that are rotations of each other together, so
        that there are ``n_points + 2`` bins instead of
        ``n_points * (n_points - 1) + 3``.

    Notes
    -----
    It is :func:`skimage.feature.local_binary_pattern` and a histogram. A missing
    image is a row of NaN.

    References
    ----------
    .. [1] T. Ojala, M. Pietikäinen and T. Mäenpää, "Multiresolution gray-scale and
       rotation invariant texture classification with local binary patterns", IEEE
       Transactions on Pattern Analysis and Machine Intelligence 24 (7), 971-987, 2002.
    .. [2] T. Ahonen, A. Hadid and M. Pietikäinen, "Face description with local binary
       patterns: application to face recognition", IEEE Transactions on Pattern
       Analysis and Machine Intelligence 28 (12), 2037-2041, 2006.

    Examples
    --------
    >>> import numpy as np
    >>> LBPExtractor(method="uniform").fit_transform([np.eye(9, dtype=bool)]).shape
    (1, 160)
    """

    def __init__(
        self,
        *,
        size: Size = 64,
        n_points: int = 8,
        radius: float = 1.0,
        grid: Size = 4,
        method: str = "nri_uniform",
    ) -> None:
        self.size = size
        self.n_points = n_points
        self.radius = radius
        self.grid = grid
        self.method = method

    def _check_parameters(self) -> None:
        require_int("n_points", self.n_points, minimum=1)
        require_positive("radius", self.radius)
        require_choice("method", self.method, _METHODS)
        sides = height_and_width("size", self.size)
        parts = height_and_width("grid", self.grid)
        if any(n > side for n, side in zip(parts, sides, strict=True)):
            raise ValueError(
                f"grid must have at most one cell per pixel, got grid={self.grid!r} "
                f"for size={self.size!r}."
            )

    @property
    def _n_bins(self) -> int:
        if self.method == "uniform":
            return self.n_points + 2
        return self.n_points * (self.n_points - 1) + 3

    @property
    def _n_features_out(self) -> int:
        down, across = height_and_width("grid", self.grid)
        return down * across * self._n_bins

    def _describe(self, image: Image) -> NDArray[Any]:
        from skimage.feature import local_binary_pattern

        down, across = height_and_width("grid", self.grid)
        patterns = local_binary_pattern(
            resized(image, self.size), self.n_points, self.radius, self.method
        ).astype(np.intp)
        parts = [
            part
            for band in np.array_split(patterns, down, axis=0)
            for part in np.array_split(band, across, axis=1)
        ]
        shares = [
            np.bincount(p.ravel(), minlength=self._n_bins) / p.size for p in parts
        ]
        return np.concatenate(shares)
