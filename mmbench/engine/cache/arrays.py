"""Values as ``.npy`` files: nothing is pickled, and what is read is mapped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mmbench.engine.graph.values import Split
from mmbench.tasks import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

Layout = dict[str, Any]
"""How a value is made of arrays, as JSON."""


def take_apart(value: Any, name: str, arrays: dict[str, NDArray[Any]]) -> Layout | None:
    """Return how a value is made of arrays, which are added to `arrays`.

    None for a value of another kind, which can't be kept.

    Parameters
    ----------
    value : object
        A node's value.
    name : str
        The beginning of the names of its files.
    arrays : dict of str to ndarray
        File name to array; arrays are added.

    Returns
    -------
    Layout or None
        What :func:`put_together` takes.
    """
    if isinstance(value, Split):
        parts = [take_apart(p, f"{name}-{i}", arrays) for i, p in enumerate(value)]
        return None if None in parts else {"kind": "split", "parts": parts}
    if isinstance(value, Prediction):
        both = {**value.arrays, **value.shared}
        arrays |= {f"{name}-{part}.npy": each for part, each in both.items()}
        layout = {"kind": "prediction", "name": name, "arrays": list(value.arrays)}
        return layout | ({"shared": list(value.shared)} if value.shared else {})
    if sparse.issparse(value):
        if value.format != "csr":
            return None
        for part in ("data", "indices", "indptr"):
            arrays[f"{name}-{part}.npy"] = getattr(value, part)
        is_array = isinstance(value, sparse.sparray)
        shape = list(value.shape)
        return {"kind": "csr", "name": name, "shape": shape, "array": is_array}
    # Subclasses, such as masked arrays, would come back as something else.
    if type(value) in (np.ndarray, np.memmap) and not value.dtype.hasobject:
        arrays[f"{name}.npy"] = value
        return {"kind": "array", "name": name}
    return None


def put_together(layout: Any, path: Path, files: Container[str]) -> Any:
    """Return the value that was taken apart, out of the arrays in a folder.

    Parameters
    ----------
    layout : Layout
        What `take_apart` returned.
    path : Path
        The folder.
    files : container of str
        The files in it whose content was checked; no other is read.

    Returns
    -------
    object
        The value; its arrays are mapped into memory, copied where they are written to.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError, RecursionError
        When the layout is none.
    """

    def load(part: str) -> NDArray[Any]:
        if part not in files:
            raise ValueError(f"{part!r} is not one of its files")
        return _load(path / part)

    kind, name = layout["kind"], layout.get("name")
    if kind == "split":
        train, apply = (put_together(part, path, files) for part in layout["parts"])
        return Split(train, apply)
    if kind == "prediction":
        arrays, shared = (
            {part: load(f"{name}-{part}.npy") for part in parts}
            for parts in (layout["arrays"], layout.get("shared", ()))
        )
        return Prediction(arrays, shared)
    if kind == "array":
        return load(f"{name}.npy")
    if kind == "csr":
        make = sparse.csr_array if layout["array"] else sparse.csr_matrix
        parts = (load(f"{name}-{p}.npy") for p in ("data", "indices", "indptr"))
        return make(tuple(parts), shape=tuple(layout["shape"]))
    raise ValueError(f"unknown kind {kind!r}")


def save_array(path: Path, array: NDArray[Any]) -> str:
    """Write an array, synced to the disk, and return its checksum.

    Parameters
    ----------
    path : Path
        The ``.npy`` file.
    array : ndarray
        Without objects.

    Returns
    -------
    str
        The SHA-256 of the file, in hexadecimal digits.
    """
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load(path: Path) -> NDArray[Any]:
    # Copy on write: an estimator that works in place changes its own copy only.
    mapped = np.load(path, mmap_mode="c", allow_pickle=False)
    return mapped.view(np.ndarray) if mapped.size else np.array(mapped)
