"""The class probabilities that one trial gave to its test rows."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.errors import StoreError
from mmbench.results.atomic import store_errors, write_atomic

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


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write a compressed ``.npz`` that holds no pickled object; equal in, equal bytes.

    The caller syncs the folder.

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
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            predictions = Predictions(**{n: arrays[n] for n in Predictions._fields})
        _check_shapes(predictions)
    except (
        *(ValueError, KeyError, TypeError, AttributeError, EOFError, OSError),
        *(zipfile.BadZipFile, zlib.error, NotImplementedError, MemoryError),
    ) as error:
        raise StoreError(
            f"{path} is corrupt; delete it and run the same command again to "
            "compute that trial anew."
        ) from error
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
