"""What one trial answered about its test rows, as arrays."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.errors import AlteredError, StoreError
from mmbench.results.atomic import read_file, write_atomic

__all__ = ["Predictions"]

_IDS, _GROUPS, _WEIGHTS = "sample_ids", "groups", "sample_weight"


class Predictions(NamedTuple):
    """What a trial answered, enough to compute any score again.

    Its arrays can be read as attributes, too: ``predictions.proba``.

    Attributes
    ----------
    sample_ids : ndarray of shape (n_test,)
        The index of the test rows: strings or integers.
    arrays : mapping of str to ndarray
        What is true of the rows, and what was answered; a task knows the names.
    groups : ndarray of shape (n_test,), optional
        The group of each row, where the dataset has groups.
    weight : ndarray of shape (n_test,), optional
        The weight of each row, where the dataset has sample weights.
    """

    sample_ids: NDArray[Any]
    arrays: Mapping[str, NDArray[Any]]
    groups: NDArray[Any] | None = None
    weight: NDArray[np.float64] | None = None

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name in self.arrays:
            return self.arrays[name]
        raise AttributeError(f"these predictions have no array {name!r}.")


def write_predictions(path: Path, predictions: Predictions) -> str:
    """Write a compressed ``.npz`` that holds no pickled object; equal in, equal bytes.

    The caller syncs the folder.

    Parameters
    ----------
    path : Path
        The file, which is replaced as a whole.
    predictions : Predictions
        A trial's predictions, with the ids of their samples.

    Returns
    -------
    str
        The SHA-256 of the arrays, in hexadecimal digits.

    Raises
    ------
    StoreError
        When the file can't be written.
    """
    arrays = {_IDS: predictions.sample_ids, **predictions.arrays}
    if predictions.groups is not None:
        arrays[_GROUPS] = predictions.groups
    if predictions.weight is not None:
        arrays[_WEIGHTS] = predictions.weight
    tidy = {name: _without_objects(array) for name, array in arrays.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **tidy)
    write_atomic(path, buffer.getvalue(), durable_name=False)
    return _checksum_of_predictions(tidy)


def _checksum_of_predictions(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 of what is in the arrays, however the file packs them."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        values = np.ascontiguousarray(array).reshape(array.shape)
        values = values.astype(values.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def read_predictions(path: Path, checksum: str | None = None) -> Predictions:
    """Read what `write_predictions` wrote; nothing in the file is executed.

    Parameters
    ----------
    path : Path
        The file.
    checksum : str, optional
        What `write_predictions` returned; None for one that an older version wrote.

    Returns
    -------
    Predictions
        The sample ids, arrays by name, groups or None, and weights or None.

    Raises
    ------
    AlteredError
        When the file holds other predictions than were written.
    StoreError
        When the file is missing, torn or not what it should be.
    """
    content = read_file(path)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        checksum_found = _checksum_of_predictions(arrays)
        groups, weight = arrays.pop(_GROUPS, None), arrays.pop(_WEIGHTS, None)
        predictions = Predictions(arrays.pop(_IDS), arrays, groups, weight)
    except (
        *(ValueError, KeyError, TypeError, AttributeError, EOFError, OSError),
        *(zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError),
    ) as error:
        raise StoreError(
            f"{path} is corrupt; delete it and run the same command again to "
            f"recompute that trial."
        ) from error
    if checksum not in (None, checksum_found):
        raise AlteredError(
            f"{path} was altered: they are not the predictions that its record "
            f"describes. Run the same command again to recompute that trial."
        )
    return predictions


def _without_objects(values: ArrayLike) -> NDArray[Any]:
    """Return the values in a dtype that needs no pickle: strings become unicode."""
    array = np.asarray(values)
    if array.dtype.kind in "biufU":
        return array
    array = np.asarray(array.tolist())
    return array if array.dtype.kind in "biufU" else array.astype(np.str_)
