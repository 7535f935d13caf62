"""Arrays of numbers in ``.npy``, ``.npz`` and ``.mat`` files: views, images, sounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from mmbench.datasets.layouts.base import (
    LABEL,
    BaseLayout,
    read_bytes,
    read_text,
    stacked,
)
from mmbench.datasets.layouts.bitmaps import png
from mmbench.datasets.tables import Table
from mmbench.errors import DataError
from mmbench.untrusted import allowance, check_regular

__all__ = ["ArraysLayout", "array_of"]

_REFERENCE = re.compile(r"(?P<file>[^:]+?)(?::(?P<key>\w+)(?:\[(?P<cell>\d+)\])?)?")


class ArraysLayout(BaseLayout):
    """Each column, or each view of many columns, is an array of one row per sample.

    Attributes
    ----------
    kind : {"arrays"}
        Selects this layout in a card.
    parts : dict of str to (dict of str to str)
        Part of the official split, or ``all``, to the array of each view, of each
        column of sounds or pictures, and of ``label``. An array is written
        ``file.npy``, ``file.npz:name``, ``file.mat:name``, ``file.mat:name[cell]`` for
        one of a cell array's, or ``file.tsv:2`` for the third column of a text file
        without a header.
    images, audio : tuple of str
        The columns that hold pictures (grey, flat or square) or sounds; all others are
        views of numbers.
    class_names : str, optional
        A file with the name of a class in each line.
    first_class : int, default=0
        The label of its first line.
    task : str, optional
        The task of the labels, where their values don't tell, as with the keys of
        retrieval.
    """

    kind: Literal["arrays"]
    parts: dict[str, dict[str, str]]
    images: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    class_names: str | None = None
    first_class: int = 0
    task: str | None = None

    @property
    def label_task(self) -> str | None:
        """What the card says."""
        return self.task

    @field_validator("parts")
    @classmethod
    def _has_labels(cls, parts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        if not all(LABEL in arrays for arrays in parts.values()):
            raise ValueError("each part needs a label")
        return parts

    def read(self, root: Path) -> Table:
        """Read the arrays of all parts; see :class:`BaseLayout`."""
        return stacked({part: self._part(root, part) for part in self.parts})

    def _part(self, root: Path, part: str) -> Table:
        arrays = {name: array_of(root, at) for name, at in self.parts[part].items()}
        n_rows = {name: len(array) for name, array in arrays.items()}
        if len(set(n_rows.values())) > 1:
            raise DataError(f"its arrays differ in their numbers of rows: {n_rows}.")
        columns = {LABEL: self._named(root, arrays.pop(LABEL).reshape(-1).tolist())}
        for name, array in arrays.items():
            columns |= self._columns(name, array)
        return Table(tuple(columns), n_rows[LABEL], columns.__getitem__)

    def _columns(self, name: str, array: NDArray[Any]) -> dict[str, list[Any]]:
        if name in self.images:
            return {name: [png(_square(row)) for row in _in_bytes(name, array)]}
        if name in self.audio:
            return {name: list(array)}
        return {
            f"{name}_{i}": values.tolist()
            for i, values in enumerate(array.astype(np.float64).T)
        }

    def _named(self, root: Path, labels: list[Any]) -> list[Any]:
        if self.class_names is None:
            return labels
        names = read_text(root / self.class_names).split()
        return [names[int(label) - self.first_class] for label in labels]


def _in_bytes(name: str, array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return pictures as bytes; fractions up to one are shares of white."""
    lowest, highest = array.min(initial=0), array.max(initial=0)
    if not (lowest >= 0 and highest <= 255):
        raise DataError(
            f"{name!r} must hold pixels from 0 to 255, or from 0 to 1; got values from "
            f"{lowest:g} to {highest:g}."
        )
    if array.dtype == np.bool_ or (array.dtype.kind == "f" and highest <= 1):
        array = array * 255.0
    return np.asarray(np.rint(array).astype(np.uint8))


def _square(row: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return row.reshape(round(len(row) ** 0.5), -1) if row.ndim == 1 else row


def _check_swelling(content: bytes) -> None:
    """Refuse an ``.npz`` that is a bomb; what is not a zip archive can't be one."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        n_bytes = sum(member.file_size for member in archive.infolist())
    if n_bytes > allowance(len(content)):
        raise ValueError(
            f"{n_bytes:,} bytes come out of {len(content):,}, too many for genuine data"
        )


def array_of(root: Path, reference: str) -> NDArray[Any]:
    """Read an array.

    Parameters
    ----------
    root : Path
        The dataset's folder.
    reference : str
        As in the `parts` of :class:`ArraysLayout`.

    Returns
    -------
    ndarray

    Raises
    ------
    DataError
        When there is none, or it can't be read without executing something.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise DataError(f"{reference!r} does not name an array; write file.npz:name.")
    path, key, cell = root / match["file"], match["key"], match["cell"]
    try:
        array = _loaded(path, key)
        return np.asarray(array if cell is None else array.ravel()[int(cell)])
    except (KeyError, IndexError) as error:
        raise DataError(f"{path.name} holds no {reference!r}.") from error
    except (
        *(ValueError, EOFError, OSError, TypeError, NotImplementedError),
        *(MemoryError, zipfile.BadZipFile, zlib.error),
    ) as error:
        raise DataError(f"{path.name} can't be read: {error}.") from error


def _loaded(path: Path, key: str | None) -> NDArray[Any]:
    if path.suffix == ".mat":
        from scipy.io import loadmat

        check_regular(path)
        loaded: NDArray[Any] = loadmat(path)[key]
        return loaded
    if path.suffix in (".npy", ".npz"):
        # A pickled object in the file would be code; numpy refuses it.
        packed = read_bytes(path)
        _check_swelling(packed)
        content = np.load(io.BytesIO(packed), allow_pickle=False)
        return np.asarray(content if key is None else content[key])
    lines = read_text(path).splitlines()
    return np.array([line.split("\t")[int(key or 0)] for line in lines])
