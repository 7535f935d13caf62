"""Whether a video can be used, and its checksum, found out once, when it is loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mmbench.clips import frame_files, trouble_of
from mmbench.datasets.checksum import bytes_of

__all__ = ["VideoCheck", "check_video"]


class VideoCheck(NamedTuple):
    """What was found out about a video.

    Attributes
    ----------
    trouble : str
        Why it can't be used; empty if it can.
    checksum : str
        The SHA-256, in hexadecimal, of the file; of the names and the SHA-256 of a
        folder's frames; or of an array. Empty where there is none.
    """

    trouble: str
    checksum: str


def check_video(source: Path | bytes | Any) -> VideoCheck:
    """Check a video, and take its checksum.

    Parameters
    ----------
    source : Path, bytes or ndarray
        A file, a folder of frames, what a file holds, or frames.

    Returns
    -------
    VideoCheck

    Raises
    ------
    MissingDependencyError
        When its name says that PyAV reads it, and PyAV is lacking.
    """
    try:
        # Devices and pipes are not opened: reading one may never end.
        if isinstance(source, Path) and not (source.is_file() or source.is_dir()):
            return VideoCheck("not a file" if source.exists() else "not found", "")
        trouble = trouble_of(source)
        return VideoCheck(trouble, "" if trouble else _checksum(source))
    except OSError as error:
        return VideoCheck(f"not readable ({error.strerror})", "")


def _checksum(source: Any) -> str:
    if isinstance(source, bytes | np.ndarray):
        content = source if isinstance(source, bytes) else bytes_of(source)
        return hashlib.sha256(content).hexdigest()
    if source.is_dir():
        lines = [f"{f.name} {_of_file(f)}\n" for f in frame_files(source)]
        return hashlib.sha256("".join(lines).encode("utf-8", "replace")).hexdigest()
    return _of_file(source)


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
