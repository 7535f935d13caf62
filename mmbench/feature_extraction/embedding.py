"""Read pictures and compute their features, on as many threads as torch may use."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.images import pillow_kept_quiet, read_image
from mmbench.feature_extraction.network import Network
from mmbench.feature_extraction.threads import in_order, workers

__all__ = ["features_of"]

_Item = TypeVar("_Item")
_Pixels = NDArray[np.uint8]


def features_of(cells: Sequence[Any], network: Network) -> NDArray[np.float32]:
    """Return the features of images.

    Each batch is computed by one thread while others read pictures or compute other
    batches. So no processor waits, and the result depends neither on how many there
    are nor on what else is in the column. There are as many threads as
    :func:`torch.get_num_threads` says; a few batches at a time are in memory.

    Parameters
    ----------
    cells : sequence of image cells
        See :func:`~mmbench.feature_extraction.open_image`.
    network : Network
        What computes them.

    Returns
    -------
    ndarray of shape (n_cells, n_features), dtype float32
        A row of NaN for an image that is missing.

    Raises
    ------
    DataError
        When an image can't be read. Only None and NaN are missing.
    """
    import torch

    column = _Column(cells)
    features = np.full((len(cells), network.n_features), np.nan, np.float32)
    n_threads = torch.get_num_threads()
    ahead = 2 * n_threads  # batches
    with pillow_kept_quiet(), workers(n_threads) as executor:
        pictures = in_order(
            executor, _reader(network), column.distinct, ahead * network.batch_size
        )
        batches = _batches(column.different(pictures), network.batch_size)
        computed = in_order(
            executor,
            lambda batch: (
                [row for row, _ in batch],
                network.features([pixels for _, pixels in batch]),
            ),
            batches,
            ahead,
        )
        for rows, block in computed:
            features[rows] = block
    return features[column.source] if column.repeats else features


class _Column:
    """Which cells of a column show the same picture.

    Attributes
    ----------
    source : ndarray of shape (n_cells,), dtype int
        For each cell the first one with the same picture.
    """

    def __init__(self, cells: Sequence[Any]) -> None:
        first: dict[Any, int] = {}
        self.source = np.array(
            [first.setdefault(_reference(c), i) for i, c in enumerate(cells)], dtype=int
        )
        self.distinct = [(i, cells[i]) for i in np.unique(self.source)]

    @property
    def repeats(self) -> bool:
        """Whether a picture stands in several cells."""
        return bool((self.source != np.arange(len(self.source))).any())

    def different(
        self, pictures: Iterable[tuple[int, _Pixels | None]]
    ) -> Iterator[tuple[int, _Pixels]]:
        """Yield what is a picture that wasn't there before."""
        first: dict[bytes, int] = {}
        for row, picture in pictures:
            if picture is not None:
                content = hashlib.sha256(picture.tobytes()).digest()
                before = first.setdefault(content, row)
                if before == row:
                    yield row, picture
                else:
                    self.source[self.source == row] = before


def _reference(cell: Any) -> Any:
    """Return what is equal for cells that are sure to show the same picture."""
    if isinstance(cell, str | bytes):
        return cell
    return os.fspath(cell) if isinstance(cell, os.PathLike) else ("object", id(cell))


def _reader(
    network: Network,
) -> Callable[[tuple[int, Any]], tuple[int, _Pixels | None]]:
    """Return what reads a cell as a network wants it."""

    def read(numbered: tuple[int, Any]) -> tuple[int, _Pixels | None]:
        row, cell = numbered
        image = read_image(cell, network.mode, least_side=network.least_side)
        return row, None if image is None else network.frame(image)

    return read


def _batches(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    remaining = iter(items)
    while batch := list(itertools.islice(remaining, size)):
        yield batch
