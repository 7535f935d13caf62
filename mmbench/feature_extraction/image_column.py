"""What the extractors that describe one image at a time have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.cells import cells_of
from mmbench.feature_extraction.column_extractor import ColumnExtractor
from mmbench.feature_extraction.images import ImageMode, open_images
from mmbench.feature_extraction.parameters import require_int

if TYPE_CHECKING:
    from PIL.Image import Image

Size = int | tuple[int, int]
"""One number for a square, or (height, width)."""


class ImageColumnExtractor(ColumnExtractor):
    """Base of the transformers from one column of images to features."""

    def _cells(self, X: Iterable[Any]) -> list[Any]:
        return image_cells(X)


class ImageDescriptor(ImageColumnExtractor):
    """Base of the extractors that describe each image by itself."""

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Describe images.

        Parameters
        ----------
        X : iterable of image cells
            One column: paths, bytes, PIL images, arrays, or missing; see
            :func:`~mmbench.feature_extraction.open_image`.

        Returns
        -------
        ndarray of shape (n_images, n_features), dtype float32
            A row of NaN for an image that is missing.

        Raises
        ------
        DataError
            When an image can't be read. Only None and NaN are missing.
        """
        self._check_parameters()
        cells = image_cells(X)
        # Many rows may ask about one picture: each file is described once.
        first: dict[str, int] = {}
        rows = [
            first.setdefault(cell, i) if isinstance(cell, str) else i
            for i, cell in enumerate(cells)
        ]
        features = np.full((len(cells), self._n_features_out), np.nan, np.float32)
        described = [i for i, row in enumerate(rows) if i == row]
        images = open_images([cells[i] for i in described], self._mode)
        for i, image in zip(described, images, strict=True):
            if image is not None:
                features[i] = self._describe(image)
        return features[rows]

    @property
    def _mode(self) -> ImageMode:
        return "L"

    @property
    def _n_features_out(self) -> int:
        raise NotImplementedError

    def _describe(self, image: Image) -> NDArray[Any]:
        raise NotImplementedError


def image_cells(X: Iterable[Any]) -> list[Any]:
    """Return the cells of one column of images; an array may be a stack of them.

    Parameters
    ----------
    X : iterable, or ndarray of shape (n_samples, height, width[, n_channels])
        One column of paths, pictures or arrays, or a stack of pictures.

    Returns
    -------
    list
        One cell per picture.
    """
    if isinstance(X, np.ndarray) and X.ndim in {3, 4}:
        return list(X)
    return cells_of(X)


def height_and_width(name: str, value: Size | Any) -> tuple[int, int]:
    """Return a size as (height, width) after checking it.

    Parameters
    ----------
    name : str
        The parameter's name, for error messages.
    value : int or (int, int)
        One number stands for a square.

    Returns
    -------
    tuple of (int, int)
        Height and width in pixels, at least 1.

    Raises
    ------
    TypeError
        When a side is not an integer.
    ValueError
        When it is not a pair, or a side is below 1.
    """
    pair = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2:
        raise ValueError(
            f"{name} must be an integer or a pair (height, width), got {value!r}."
        )
    for side in pair:
        require_int(name, side, minimum=1)
    return int(pair[0]), int(pair[1])


def resized(image: Image, size: Size) -> NDArray[np.uint8]:
    """Return the pixels of an image scaled to a size, its shape not kept.

    Parameters
    ----------
    image : Image
        A decoded picture.
    size : int or (int, int)
        Height and width in pixels; one number for a square.

    Returns
    -------
    ndarray of uint8, shape (height, width[, n_channels])
        The pixels, interpolated linearly.
    """
    from PIL.Image import Resampling

    height, width = height_and_width("size", size)
    if image.size != (width, height):
        image = image.resize((width, height), Resampling.BILINEAR)
    return np.asarray(image)
