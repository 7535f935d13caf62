"""One checksum for samples, whatever they are kept in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from mmbench.datasets.card import Card
    from mmbench.datasets.samples import Samples

__all__ = ["bytes_of", "cells_of", "checksum_of", "require_checksum"]


def checksum_of(samples: Samples) -> str:
    """Return the checksum of samples: their ids and all that is known of each.

    Parameters
    ----------
    samples : Samples
        Cells may be strings, bytes, numbers, arrays, PIL images, or missing. A path
        counts by its text, not by what the file holds.

    Returns
    -------
    str
        ``sha256:`` and 64 hexadecimal digits, the same on every machine.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets.samples import Samples
    >>> samples = Samples(pd.DataFrame({"text": ["a", None]}), np.array([0, 1]))
    >>> checksum_of(samples)[:14]
    'sha256:ef9d832'
    """
    digest = hashlib.sha256()
    for part in _parts(samples):
        # The length goes first, so that parts can't be cut differently.
        digest.update(b"%d:" % len(part) + part)
    return f"sha256:{digest.hexdigest()}"


def require_checksum(samples: Samples, card: Card) -> Samples:
    """Return samples if they are those that a card pins.

    Parameters
    ----------
    samples : Samples
        What was loaded.
    card : Card
        Holds the expected :func:`checksum_of` them.

    Returns
    -------
    Samples
        The samples given.

    Raises
    ------
    DataError
        When they are not.
    """
    found = checksum_of(samples)
    if found != card.checksum:
        raise DataError(
            f"the samples of dataset {card.name!r} are not those of its card (version "
            f"{card.version}): expected {card.checksum}, got {found}. Results on them "
            "can't be compared with others; reinstall mmbench and its dependencies."
        )
    return samples


def cells_of(column: pd.Series[Any]) -> list[Any]:
    """Return a column's cells as Python objects, None where one is missing.

    Parameters
    ----------
    column : Series
        A column of any dtype.

    Returns
    -------
    list
        One object per row.
    """
    return column.astype(object).where(column.notna(), None).tolist()


def _parts(samples: Samples) -> Iterator[bytes]:
    yield from map(bytes_of, samples.X.index.tolist())
    for name in samples.X.columns:
        yield name.encode()
        yield from map(bytes_of, cells_of(samples.X[name]))
    for array in (samples.y, samples.groups, samples.split):
        if array is not None:
            yield from map(bytes_of, array.tolist())
        yield b"end"
    for _, value in sorted(samples.schema.items()):
        yield from map(bytes_of, value if isinstance(value, list) else [value])
    for array in (samples.truth, samples.sample_weight):
        if array is not None:
            yield from map(bytes_of, array.tolist())


def bytes_of(cell: Any) -> bytes:
    """Return a cell's kind and content as bytes.

    Parameters
    ----------
    cell : object
        A string, bytes, a number, an array, a PIL image, or None.

    Returns
    -------
    bytes
        Equal for equal cells of the same kind.
    """
    if isinstance(cell, str):
        return b"s" + cell.encode("utf-8", "surrogatepass")
    if isinstance(cell, bytes):
        return b"b" + cell
    if isinstance(cell, np.ndarray):
        return f"a{cell.dtype.str}{cell.shape}".encode() + cell.tobytes()
    if cell is None:
        return b"m"
    if hasattr(cell, "tobytes"):  # a PIL image
        return f"i{cell.mode}{cell.size}".encode() + bytes(cell.tobytes())
    return b"n" + repr(cell).encode()
