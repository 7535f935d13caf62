"""Pictures as raw bytes in large files: MNIST's IDX format and CIFAR's."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmbench.datasets.layouts.base import (
    LABEL,
    BaseLayout,
    read_bytes,
    read_text,
    stacked,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["CifarLayout", "IdxLayout", "png"]

_UINT8 = 0x08


class IdxLayout(BaseLayout):
    """Pictures and labels in IDX files, as MNIST has them [1]_.

    Attributes
    ----------
    kind : {"idx"}
        Selects this layout in a card.
    parts : dict of str to (str, str)
        Part of the official split to the files of pictures and of labels, which may be
        packed with gzip.
    classes : tuple of str
        The names of labels 0, 1, ...

    References
    ----------
    .. [1] Y. LeCun, C. Cortes, C. J. C. Burges. The MNIST database of handwritten
       digits. http://yann.lecun.com/exdb/mnist/
    """

    kind: Literal["idx"]
    parts: dict[str, tuple[str, str]]
    classes: tuple[str, ...] = ()

    def read(self, root: Path) -> Table:
        """Read the files of all parts; see :class:`BaseLayout`."""
        return stacked(
            {
                part: _pictures(
                    _idx(root / images), _idx(root / labels), self.classes, images
                )
                for part, (images, labels) in self.parts.items()
            }
        )


class CifarLayout(BaseLayout):
    """Pictures of 32x32 pixels and their labels in CIFAR-10's binary files [1]_.

    Attributes
    ----------
    kind : {"cifar"}
        Selects this layout in a card.
    parts : dict of str to (tuple of str)
        Part of the official split to its files.
    class_names : str
        A file with the name of a class in each line.

    References
    ----------
    .. [1] A. Krizhevsky (2009). Learning Multiple Layers of Features from Tiny Images.
       https://www.cs.toronto.edu/~kriz/cifar.html
    """

    kind: Literal["cifar"]
    parts: dict[str, tuple[str, ...]]
    class_names: str

    def read(self, root: Path) -> Table:
        """Read the files of all parts; see :class:`BaseLayout`."""
        names = tuple(read_text(root / self.class_names).split())
        tables = {}
        for part, files in self.parts.items():
            content = b"".join(read_bytes(root / file) for file in files)
            size = 1 + 3 * 32 * 32
            if not content or len(content) % size:
                raise DataError(f"{files[0]} must hold whole records of {size} bytes.")
            records = np.frombuffer(content, np.uint8).reshape(-1, size)
            planes = records[:, 1:].reshape(-1, 3, 32, 32)
            pictures = planes.transpose(0, 2, 3, 1)
            tables[part] = _pictures(pictures, records[:, 0], names, files[0])
        return stacked(tables)


def png(picture: NDArray[np.uint8]) -> bytes:
    """Return a picture of bytes, grey or RGB, as a PNG file, which loses nothing.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width) or (height, width, 3)
        Pixels from 0, black, to 255.

    Returns
    -------
    bytes
        The whole file.
    """
    from PIL import Image

    file = io.BytesIO()
    # Least effort: the pictures are read again and again, and never sent.
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _pictures(
    pictures: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    names: tuple[str, ...],
    file: str,
) -> Table:
    if len(pictures) != len(labels):
        raise DataError(
            f"{file} must have a label for each of its {len(pictures):,} pictures, got "
            f"{len(labels):,}."
        )
    if names and labels.max(initial=0) >= len(names):
        raise DataError(f"{file}: a label must be below {len(names)}.")
    columns: dict[str, list[Any]] = {
        "image": [png(picture) for picture in pictures],
        LABEL: [names[i] if names else i for i in labels.tolist()],
    }
    return Table(tuple(columns), len(labels), columns.__getitem__)


def _idx(path: Path) -> NDArray[np.uint8]:
    content = read_bytes(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UINT8:
        raise DataError(f"{path.name} is not an IDX file of bytes.")
    n_dimensions = content[3]
    start = 4 + 4 * n_dimensions
    if len(content) < start:
        raise DataError(f"{path.name} is truncated in its header.")
    shape = struct.unpack(f">{n_dimensions}I", content[4:start])
    if len(content) - start != int(np.prod(shape, dtype=object)):
        raise DataError(f"{path.name} must hold {shape} bytes after its header.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
