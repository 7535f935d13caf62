"""The class probabilities that one trial gave to its test rows."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.errors import AlteredError, StoreError
from mmbench.results.atomic import read_file, write_atomic

__all__ = ["Predictions"]


class Predictions(NamedTuple):
    """What a trial predicted, enough to compute any score again.

    Attributes
    ----------
    sample_ids : ndarray of shape (n_test,)
        The index of the test rows: strings or integers.
    y_true : ndarray of shape (n_test,) or (n_test, n_classes)
        Their labels: strings or integers; or an indicator of several for each.
    proba : ndarray of shape (n_test, n_classes), float64
        The probability of each class, or of each label by itself; NaN nowhere.
    classes : ndarray of shape (n_classes,)
        What the columns of ``proba`` stand for, sorted.
    """

    sample_ids: NDArray[Any]
    y_true: NDArray[Any]
    proba: NDArray[np.float64]
    classes: NDArray[Any]


def write_predictions(path: Path, predictions: Predictions) -> str:
    """Write a compressed ``.npz`` that holds no pickled object; equal in, equal bytes.

    The caller syncs the folder.

    Returns
    -------
    str
        The checksum of the content, as :func:`checksum_of_predictions` has it.

    Raises
    ------
    ValueError
        When the shapes don't fit together.
    StoreError
        When the file can't be written.
    """
    tidy = Predictions(
        sample_ids=_without_objects(predictions.sample_ids),
        y_true=_without_objects(predictions.y_true),
        proba=np.asarray(predictions.proba, dtype=np.float64),
        classes=_without_objects(predictions.classes),
    )
    _check_shapes(tidy)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **tidy._asdict())
    write_atomic(path, buffer.getvalue(), durable_name=False)
    return checksum_of_predictions(tidy)


def checksum_of_predictions(predictions: Predictions) -> str:
    """Return the SHA-256 of what is in the arrays, however the file packs them."""
    digest = hashlib.sha256()
    for name, array in predictions._asdict().items():
        values = np.ascontiguousarray(array)
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

    Raises
    ------
    AlteredError
        When the file holds other predictions than were written.
    StoreError
        When the file is missing, torn or not what it should be.
    """
    content = read_file(path)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            predictions = Predictions(**{n: arrays[n] for n in Predictions._fields})
        _check_shapes(predictions)
        if not np.isfinite(predictions.proba).all():
            raise ValueError("a probability is no number")
    except (
        *(ValueError, KeyError, TypeError, AttributeError, EOFError, OSError),
        *(zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError),
    ) as error:
        raise StoreError(
            f"{path} is corrupt; delete it and run the same command again to "
            "compute that trial anew."
        ) from error
    if checksum is not None and checksum_of_predictions(predictions) != checksum:
        raise AlteredError(
            f"{path} was altered: these are not the predictions that its record is "
            "of. Run the same command again to compute that trial anew."
        )
    return predictions


def _without_objects(values: ArrayLike) -> NDArray[Any]:
    """Return the values in a dtype that needs no pickle: strings become unicode."""
    array = np.asarray(values)
    if array.dtype.kind in "biufU":
        return array
    array = np.asarray(array.tolist())
    return array if array.dtype.kind in "biufU" else array.astype(np.str_)


def _check_shapes(predictions: Predictions) -> None:
    shape = (len(predictions.y_true), len(predictions.classes))
    has_misfit = predictions.proba.shape != shape or predictions.y_true.shape not in (
        shape[:1],
        shape,
    )
    if has_misfit or len(predictions.sample_ids) != shape[0]:
        raise ValueError(
            "predictions need one row of proba a sample and one column a class, got "
            f"proba of shape {predictions.proba.shape} for {shape[0]} labels, "
            f"{len(predictions.sample_ids)} sample ids and {shape[1]} classes."
        )
