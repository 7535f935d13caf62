"""Unpack archives that may be damaged or hostile.

Only regular files and folders come out, only under the folder given, and never more
than an archive of that size can honestly hold. Nothing of an archive is executed, and
no link, device or owner is taken over.
"""

from __future__ import annotations

import functools
import gzip
import io
import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from mmbench.errors import DataError
from mmbench.untrusted import allowance

__all__ = ["is_archive", "names_in", "remove", "unpack"]

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

_MAX_MEMBERS = 5_000_000
_CHUNK = 2**20
_DAMAGE = (
    *(EOFError, OSError, tarfile.TarError, zipfile.BadZipFile, zlib.error),
    *(lzma.LZMAError, gzip.BadGzipFile, NotImplementedError, RuntimeError, ValueError),
)


def is_archive(path: Path) -> bool:
    """Return whether a file is an archive that can be unpacked, by its name.

    Parameters
    ----------
    path : Path
        The file; it need not exist.

    Returns
    -------
    bool
        True for the suffixes of ZIP and TAR, compressed or not, in any case.
    """
    return path.name.lower().endswith(SUFFIXES)


def unpack(archive: Path, into: Path) -> None:
    """Unpack an archive into an empty folder.

    Parameters
    ----------
    archive : Path
        A ``.zip``, or a ``.tar`` that is packed by gzip, bzip2, xz or not at all.
    into : Path
        The folder. When an error is raised, it may hold some of the members.

    Raises
    ------
    DataError
        When the archive is damaged or ends too early; when a member is not a file or
        folder (a link, a device), would lie outside of `into`, or comes twice; when
        more comes out than an honest archive holds.

    Notes
    -----
    What comes out is counted while it is written, because headers may lie. It may be
    200 times as large as the archive, or 64 MiB where that is more.
    """
    target = _Target(archive, into, _allowance(archive))
    open_members = _zip_members if archive.suffix.lower() == ".zip" else _tar_members
    try:
        for member in open_members(archive):
            target.write(member)
    except _DAMAGE as error:
        # A DataError is none of these: what was refused is not called damaged.
        said = str(error).strip().splitlines() or [type(error).__name__]
        reason = said[0].rstrip(".:")
        raise DataError(f"{archive} is damaged or incomplete: {reason}.") from error
    if not target.names:
        raise DataError(f"{archive} is an empty archive.")


def _allowance(archive: Path) -> int:
    return allowance(archive.stat().st_size)


def names_in(archive: Path) -> tuple[str, ...]:
    """Return the names of an archive's members; none of one that can't be read.

    Parameters
    ----------
    archive : Path
        An existing archive.

    Returns
    -------
    tuple of str
        Paths inside the archive.
    """
    return _names_in(archive, archive.stat().st_mtime_ns)


# A packed tar has to be unpacked for its names, and is asked for several datasets.
@functools.lru_cache(maxsize=64)
def _names_in(archive: Path, _changed_at_ns: int) -> tuple[str, ...]:
    open_members = _zip_members if archive.suffix.lower() == ".zip" else _tar_members
    try:
        return tuple(member.name for member in open_members(archive))
    except _DAMAGE:
        return ()


@dataclass(frozen=True)
class _Member:
    name: str
    kind: str  # "file", "folder", or what else it is
    open: Callable[[], IO[bytes]]


@dataclass
class _Target:
    """The folder that members are written to, and what it may still take."""

    archive: Path
    folder: Path
    allowance: int
    names: set[str] = field(default_factory=set)

    def write(self, member: _Member) -> None:
        """Write one member, or refuse it."""
        path = self.folder.joinpath(*self._parts(member))
        if member.kind == "folder":
            path.mkdir(parents=True, exist_ok=True)
            return
        name = str(path)
        # On some file systems A and a are one file, and the second would replace it.
        if name.casefold() in self.names:
            raise self._refused(member, "comes twice")
        self.names.add(name.casefold())
        if len(self.names) > _MAX_MEMBERS:
            raise self._refused(member, f"is one of more than {_MAX_MEMBERS:,}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with member.open() as source, path.open("xb") as out:
            while chunk := source.read(_CHUNK):
                self.allowance -= len(chunk)
                if self.allowance < 0:
                    raise self._refused(
                        member,
                        "expands far beyond what genuine data would: it may "
                        "be a decompression bomb",
                    )
                out.write(chunk)

    def _parts(self, member: _Member) -> tuple[str, ...]:
        if member.kind not in ("file", "folder"):
            raise self._refused(member, f"is {member.kind}, not a file")
        path = PurePosixPath(member.name)
        odd = "\\" in member.name or "\0" in member.name or ":" in member.name
        if path.is_absolute() or ".." in path.parts or odd:
            raise self._refused(
                member, "leads out of the folder, or may do so on another system"
            )
        if not path.parts and member.kind == "file":
            raise self._refused(member, "has no name")
        return path.parts

    def _refused(self, member: _Member, why: str) -> DataError:
        shown = member.name if len(member.name) <= 80 else f"{member.name[:77]}..."
        return DataError(f"{self.archive} is refused: its member {shown!r} {why}.")


def _tar_members(archive: Path) -> Iterator[_Member]:
    # Opened here, since tarfile leaves files open that it can't make sense of.
    with archive.open("rb") as file, tarfile.open(fileobj=file) as tar:
        for info in tar:
            yield _Member(
                info.name, _kind_in_tar(info), functools.partial(_in_tar, tar, info)
            )
    _check_end(archive)


def _in_tar(tar: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    return tar.extractfile(info) or io.BytesIO()


def _kind_in_tar(info: tarfile.TarInfo) -> str:
    if info.isdir():
        return "folder"
    if info.issym() or info.islnk():
        return "a link"
    # A sparse file claims any size and brings next to nothing.
    return "file" if info.isreg() and not info.issparse() else "something else"


def _check_end(archive: Path) -> None:
    """Read a packed tar to its end, so that its own checksum is looked at."""
    if archive.suffix.lower() not in (".gz", ".tgz"):
        return
    n_left = _allowance(archive)
    with gzip.open(archive) as file:
        while n_left > 0 and (chunk := file.read(_CHUNK)):
            n_left -= len(chunk)
    if n_left <= 0:
        raise tarfile.TarError("it expands far beyond what genuine data would")


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as container:
        for info in container.infolist():
            yield _Member(
                info.filename,
                _kind_in_zip(info),
                functools.partial(container.open, info),
            )


def _kind_in_zip(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "a link"
    if info.is_dir():
        return "folder"
    return "file" if not stat.S_IFMT(mode) or stat.S_ISREG(mode) else "something else"


def remove(folder: Path) -> None:
    """Delete a folder and all under it, if it is there.

    Parameters
    ----------
    folder : Path
        Errors are ignored, also where it does not exist.
    """
    shutil.rmtree(folder, ignore_errors=True)
