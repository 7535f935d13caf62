"""Files that are there whole or not at all, and errors that say what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mmbench.errors import StoreError
from mmbench.untrusted import check_regular

__all__ = [
    "is_refusal",
    "read_file",
    "store_errors",
    "write_atomic",
    "write_file",
    "write_text",
]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_REPLACED = {
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO),
    *(errno.EINVAL, None),  # as of `check_regular`, and as of numpy
}


@contextmanager
def store_errors(path: Path, doing: str) -> Iterator[None]:
    """Turn an ``OSError`` into a `StoreError` of one clear line.

    Parameters
    ----------
    path : Path
        What is being read or written.
    doing : str
        ``"read"`` or ``"write"``.

    Raises
    ------
    StoreError
        In place of every ``OSError`` of the block.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreError(
                f"no room left on the disk of {path}; free some and run the same "
                "command again: finished trials are kept."
            ) from error
        why = error.strerror or type(error).__name__
        raise StoreError(f"can't {doing} {path}: {why}.") from error


def is_refusal(error: BaseException | None) -> bool:
    """Return whether the system refuses to read what may be a sound file.

    Too many open files, no rights, a stale mount or a failing disk are refusals. That a
    file is gone, or something else lies in its place, is none: it can be made again.

    Parameters
    ----------
    error : BaseException or None
        What reading the file raised; None counts as no refusal.

    Returns
    -------
    bool
        Whether the file may be sound and should be left alone.
    """
    return isinstance(error, OSError) and error.errno not in _REPLACED


def read_file(path: Path) -> bytes:
    """Return what a regular file holds.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bytes
        Its whole content.

    Raises
    ------
    StoreError
        When it can't be read, or is a folder, a pipe or a device.
    """
    with store_errors(path, "read"):
        check_regular(path)
        return path.read_bytes()


def write_atomic(path: Path, content: bytes, *, durable_name: bool = True) -> None:
    """Write a file so that a crash leaves the old content or the new, never a part.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    content : bytes
        All of it.
    durable_name : bool, default=True
        Whether the folder is synced too. A caller that writes many files into one
        folder does that itself, once.

    Raises
    ------
    StoreError
        When the file can't be written.
    """
    # The process id keeps two writers from sharing one temporary file; a name made by
    # tempfile would be readable by its owner alone, and reports are for publishing.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with store_errors(path, "write"):
        try:
            with temporary.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        if durable_name:
            sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    r"""Write a text file whole or not at all, and its folder where that is missing.

    Parameters
    ----------
    path : Path
        A regular file, or a link to one.
    text : str
        Written as UTF-8 with ``\n`` at line ends, whatever the system. Half a
        surrogate pair, which UTF-8 can't hold, becomes a question mark.

    Raises
    ------
    StoreError
        When the file can't be written.
    """
    write_file(path, text.encode("utf-8", "replace"))


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and its folder where that is missing.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        All of it.

    Raises
    ------
    StoreError
        When the file can't be written.
    """
    with store_errors(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, content)


def sync_folder(folder: Path) -> None:
    """Make a rename durable; not every system lets a folder be opened for that.

    Parameters
    ----------
    folder : Path
        The folder in which a file was renamed.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
