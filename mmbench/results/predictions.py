"""What one trial answered about its test rows, as arrays."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.errors import StoreError
from mmbench.results.atomic import store_errors, write_atomic

__all__ = ["Predictions"]

_IDS, _GROUPS = "sample_ids", "groups"


class Predictions(NamedTuple):
    """What a trial answered, enough to compute any score again.

    Attributes
    ----------
    sample_ids : ndarray of shape (n_test,)
        The index of the test rows: strings or integers.
    arrays : mapping of str to ndarray
        What is true of the rows, and what was answered; a task knows the names.
    groups : ndarray of shape (n_test,), optional
        The group of each row, where the dataset has groups.
    """

    sample_ids: NDArray[Any]
    arrays: Mapping[str, NDArray[Any]]
    groups: NDArray[Any] | None = None


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write a compressed ``.npz`` that holds no pickled object; equal in, equal bytes.

    The caller syncs the folder.

    Raises
    ------
    StoreError
        When the file can't be written.
    """
    arrays = {_IDS: predictions.sample_ids, **predictions.arrays}
    if predictions.groups is not None:
        arrays[_GROUPS] = predictions.groups
    tidy = {name: _without_objects(array) for name, array in arrays.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **tidy)
    write_atomic(path, buffer.getvalue(), durable_name=False)


def read_predictions(path: Path) -> Predictions:
    """Read what `write_predictions` wrote; nothing in the file is executed.

    Raises
    ------
    StoreError
        When the file is missing, torn or not what it should be.
    """
    with store_errors(path, "read"):
        content = path.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        return Predictions(arrays.pop(_IDS), arrays, arrays.pop(_GROUPS, None))
    except (
        *(ValueError, KeyError, TypeError, AttributeError, EOFError, OSError),
        *(zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError),
    ) as error:
        raise StoreError(
            f"{path} is corrupt; delete it and run the same command again to "
            "compute that trial anew."
        ) from error


def _without_objects(values: ArrayLike) -> NDArray[Any]:
    """Return the values in a dtype that needs no pickle: strings become unicode."""
    array = np.asarray(values)
    if array.dtype.kind in "biufU":
        return array
    array = np.asarray(array.tolist())
    return array if array.dtype.kind in "biufU" else array.astype(np.str_)
