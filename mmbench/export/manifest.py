"""The list of a model's files with their checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from mmbench.errors import AlteredError, StoreError
from mmbench.results import read_file, write_text
from mmbench.results.strict_json import (
    dump_strict,
    load_strict,
    with_checksum,
    without_checksum,
)

__all__ = ["MANIFEST", "check_manifest", "read_json", "write_json", "write_manifest"]

MANIFEST = "manifest.json"
SCHEMA = 1


def write_manifest(folder: Path) -> None:
    """Write ``manifest.json``: the SHA-256 of every other file in a folder.

    Parameters
    ----------
    folder : Path
        A model's folder, complete but for this file.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in paths
        if path.name != MANIFEST
    }
    write_json(folder / MANIFEST, {"schema": SCHEMA, "files": files})


def check_manifest(folder: Path) -> None:
    """Check that every file of a model is the one that was written.

    Parameters
    ----------
    folder : Path
        A model's folder. Files that the manifest does not list are never opened.

    Raises
    ------
    AlteredError
        When a file is not the one that was saved.
    StoreError
        When this is not a model's folder, or a file is missing or can't be read.
    """
    if not (folder / MANIFEST).is_file():
        raise StoreError(f"{folder} is not an exported model: it holds no {MANIFEST}.")
    files = read_json(folder / MANIFEST).get("files")
    if not isinstance(files, dict) or not all(map(_stays_inside, files)):
        raise StoreError(f"{folder / MANIFEST} does not list a model's files.")
    for name, digest in files.items():
        if _digest(folder / name) != digest:
            raise AlteredError(
                f"{folder / name} was changed: it is not the file that was exported. "
                "Export the model again, or get a fresh copy."
            )


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write values as JSON with a checksum.

    Parameters
    ----------
    path : Path
        The file.
    values : mapping of str to object
        NumPy's types become plain ones.
    """
    write_text(path, dump_strict(with_checksum(values, path.name), indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of str to object

    Raises
    ------
    AlteredError
        When it does not match its own checksum.
    StoreError
        When it can't be read, is not a JSON object, or a newer mmbench wrote it.
    """
    try:
        values = load_strict(read_file(path))
    except ValueError as error:
        raise StoreError(f"{path} is not valid JSON: {error}.") from error
    if not isinstance(values, dict) or not isinstance(values.get("schema"), int):
        raise StoreError(f"{path} must hold a JSON object with a schema.")
    if values["schema"] > SCHEMA:
        raise StoreError(
            f"{path} was written by a newer mmbench (schema {values['schema']}, up to "
            f"{SCHEMA} is known); update mmbench."
        )
    try:
        return without_checksum(values, path.name, required=True)
    except ValueError as error:
        raise AlteredError(f"{path}: {error}.") from None


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _digest(path: Path) -> str:
    return hashlib.sha256(read_file(path)).hexdigest()
