"""What many tasks of a run need, such as row numbers: it travels once, by its digest.

A part is a file in the run's folder, named by the SHA-256 of its content. It holds a
pickle of protocol 5 and, behind it, the buffers of arrays and of Arrow columns, which a
worker maps into memory. A part is written by the driver of a run and read by the
workers of that run, and by nobody else.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import pickle
import uuid
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np

from mmbench.tasks import Prediction

__all__ = ["MappedPart", "Parts", "load_part", "parts_folder"]

# Smaller arrays travel with their task.
_LEAST_BYTES = 4096
_ALIGNMENT = 64


def parts_folder(run_folder: Path) -> Path:
    """Return where a run's parts lie.

    Parameters
    ----------
    run_folder : Path
        The folder of the run.

    Returns
    -------
    Path
        A folder in it.
    """
    return run_folder / "parts"


class Parts:
    """The parts of a run, as its driver writes them.

    Parameters
    ----------
    run_folder : Path
        The folder of the run, which exists.
    """

    def __init__(self, run_folder: Path) -> None:
        self.folder = parts_folder(run_folder)
        self.folder.mkdir(exist_ok=True)
        self._known: dict[int, tuple[weakref.ref[Any], str]] = {}

    def add(self, value: Any) -> str:
        """Write a value, unless it is there, and return what it is called.

        Parameters
        ----------
        value : object
            It can be pickled by cloudpickle.

        Returns
        -------
        str
            The SHA-256 of the file, in hexadecimal digits.
        """
        buffers: list[pickle.PickleBuffer] = []
        head = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
        raw = [buffer.raw() for buffer in buffers]
        sizes = pickle.dumps([len(head), *map(len, raw)])
        pieces = [len(sizes).to_bytes(8, "big"), sizes, head, *raw]
        temporary = self.folder / f"{uuid.uuid4().hex}.tmp"
        digest = _write_aligned(temporary, pieces)
        temporary.replace(self.folder / digest)
        return digest

    def pickled(self, task: Any, inline: Iterable[Any] = ()) -> tuple[bytes, set[str]]:
        """Pickle a task, and put the large arrays in it into parts.

        Parameters
        ----------
        task : object
            What a worker is sent.
        inline : iterable of object
            Values in it whose arrays no other task needs, and which stay in it.

        Returns
        -------
        tuple of (bytes, set of str)
            What :func:`mmbench.engine.execution.foreign.load` takes, and the parts.
        """
        file = io.BytesIO()
        pickler = _Pickler(file, self, inline)
        pickler.dump(task)
        return file.getvalue(), pickler.parts

    def of_array(self, array: np.ndarray[Any, Any]) -> str:
        """Return the part that holds an array, which stays as it is.

        Parameters
        ----------
        array : ndarray
            One of the plan's.

        Returns
        -------
        str
            What the part is called.
        """
        known = self._known.get(id(array))
        if known is not None and known[0]() is array:
            return known[1]
        digest = self.add(array)
        self._known[id(array)] = weakref.ref(array), digest
        return digest


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc, unused-ignore]
    """Pickles a task, and puts the large arrays in it into parts."""

    def __init__(self, file: io.BytesIO, owner: Parts, inline: Iterable[Any]) -> None:
        super().__init__(file)
        self.parts: set[str] = set()
        self._owner = owner
        self._inline = {
            id(array)
            for value in inline
            if isinstance(value, Prediction)
            for array in value.arrays.values()
        }

    def persistent_id(self, obj: Any) -> str | None:
        """Return the part of a large array; None for what is pickled in its place."""
        if type(obj) is not np.ndarray or obj.nbytes < _LEAST_BYTES:
            return None
        if obj.dtype.hasobject or id(obj) in self._inline:
            return None
        digest = self._owner.of_array(obj)
        self.parts.add(digest)
        return digest


class MappedPart:
    """Stands for what a part holds, and becomes it where it is unpickled.

    Parameters
    ----------
    path : Path
        The part's file there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return load_part, (self._path,)


def load_part(path: Path) -> Any:
    """Return what a part holds; its arrays are mapped, and copied where written to.

    Parameters
    ----------
    path : Path
        The part's file, of this run.

    Returns
    -------
    object
        What :meth:`Parts.add` was given.
    """
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    end = 8 + int.from_bytes(mapped[:8], "big")
    pieces = []
    # Written by the driver of this run, where nobody else can write.
    for size in pickle.loads(mapped[8:end]):  # noqa: S301
        start = _aligned(end)
        end = start + size
        pieces.append(mapped[start:end])
    return pickle.loads(pieces[0], buffers=pieces[1:])  # noqa: S301


def _write_aligned(path: Path, pieces: list[Any]) -> str:
    """Write pieces, the third and later ones where memory is aligned."""
    digest, position = hashlib.sha256(), 0
    with path.open("xb") as file:
        for i, piece in enumerate(pieces):
            padding = bytes(_aligned(position) - position) if i >= 2 else b""
            for data in (padding, piece):
                file.write(data)
                digest.update(data)
            position += len(padding) + len(piece)
    return digest.hexdigest()


def _aligned(position: int) -> int:
    return -(-position // _ALIGNMENT) * _ALIGNMENT
