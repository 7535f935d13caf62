"""A file of lines that one writer appends to and that no crash can garble."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from mmbench.errors import StoreError
from mmbench.results.atomic import store_errors
from mmbench.results.lock import try_lock
from mmbench.untrusted import check_regular

__all__ = ["Journal"]

_CHUNK = 1 << 16


class Journal:
    """The open end of a file of lines, locked against other writers.

    Parameters
    ----------
    path : Path
        The file; it is made where it is missing.

    Raises
    ------
    StoreError
        When another writer has it open, or it can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with store_errors(path, "write"):
            # O_BINARY exists on Windows alone, where lines would else end in CR LF.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            # What is written through a link, or cut off, may be somebody else's file.
            if path.is_symlink():
                raise OSError(errno.ELOOP, "it is a link, not a file")
            if os.path.lexists(path):
                check_regular(path)
            self._descriptor = os.open(path, flags, 0o666)
        if not try_lock(self._descriptor):
            self.close()
            raise StoreError(
                f"another run is writing to {path.parent}; wait for it to end, or "
                "give this one a folder of its own with --out."
            )

    def append(self, line: bytes) -> None:
        """Add a line, or several at once; when this returns, they are on the disk.

        Parameters
        ----------
        line : bytes
            Without a line's end at its end.

        Raises
        ------
        StoreError
            When it can't be written; then nothing of it stays.
        """
        with store_errors(self.path, "write"):
            end = os.lseek(self._descriptor, 0, os.SEEK_END)
            rest = memoryview(line + b"\n")
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
                os.fsync(self._descriptor)
            except OSError:
                # What a full disk took of the line would be glued to the next one.
                os.ftruncate(self._descriptor, end)
                raise

    def cut_torn_line(self) -> None:
        """Drop what a crash left of a last line, so that no other is glued to it."""
        with store_errors(self.path, "write"):
            size = os.lseek(self._descriptor, 0, os.SEEK_END)
            keep = size
            while keep > 0:
                start = max(0, keep - _CHUNK)
                os.lseek(self._descriptor, start, os.SEEK_SET)
                newline = os.read(self._descriptor, keep - start).rfind(b"\n")
                if newline >= 0:
                    keep = start + newline + 1
                    break
                keep = start
            if keep < size:
                os.ftruncate(self._descriptor, keep)

    def clear(self) -> None:
        """Drop every line."""
        with store_errors(self.path, "write"):
            os.ftruncate(self._descriptor, 0)

    def close(self) -> None:
        """Let the next writer in."""
        os.close(self._descriptor)
