"""Put a dataset's files where ``mmbench run`` finds them, whole or not at all."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.datasets.archives import is_archive, names_in, remove, unpack
from mmbench.datasets.files import check_files, find_root
from mmbench.errors import DataError, StoreError

if TYPE_CHECKING:
    from mmbench.datasets.card import Card

__all__ = ["data_home", "install", "installed_root", "locate"]


def data_home(chosen: Path | None = None) -> Path:
    """Return the folder of installed datasets: the chosen one, or the user's.

    Parameters
    ----------
    chosen : Path, optional
        The user's choice, made absolute; by default the system's folder for data of
        applications.

    Returns
    -------
    Path
        It need not exist.
    """
    if chosen is not None:
        return chosen.absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("mmbench", appauthor=False)) / "datasets"


def installed_root(card: Card, home: Path) -> Path | None:
    """Return the folder of an installed dataset, or None if it is not installed.

    Parameters
    ----------
    card : Card
        The dataset's card.
    home : Path
        A folder of installed datasets. A folder that was unpacked there by hand, under
        whatever name, counts too, if checksums can prove what it holds.

    Returns
    -------
    Path or None
        The folder that the card's paths start from.
    """
    by_hand = [home] if all(file.checksum for file in card.files) else []
    for candidate in (home / card.name, *by_hand):
        if candidate.is_dir():
            try:
                return find_root(candidate, card)
            except DataError:
                continue
    return None


def locate(card: Card, home: Path, *, into: Path) -> Path | None:
    """Return the folder of a dataset in a folder of folders or archives.

    Parameters
    ----------
    card : Card
        The dataset's card.
    home : Path
        Holds unpacked datasets, or archives of some, or both.
    into : Path
        Where a dataset that is found in an archive is installed.

    Returns
    -------
    Path or None
        None when it is nowhere.

    Raises
    ------
    DataError
        When an archive that names the dataset's files is refused, or its files are
        not those of the card.
    """
    root = installed_root(card, home) or installed_root(card, into)
    if root is not None:
        return root
    archives = sorted(path for path in home.glob("*") if is_archive(path))
    for archive in archives:
        if _names_files(archive, card):
            return install(card, [archive], into)
    return None


def install(card: Card, sources: Sequence[Path], home: Path) -> Path:
    """Check a dataset's files and put them under a folder.

    Parameters
    ----------
    card : Card
        Names the files.
    sources : sequence of Path
        Each a folder, an archive, or a file of the dataset; left as they are.
    home : Path
        The dataset gets a folder of its name in here. It appears at once and whole,
        or, when anything is wrong, not at all. One that was there before is replaced.

    Returns
    -------
    Path
        The dataset's folder.

    Raises
    ------
    DataError
        When a source is missing, refused or damaged, or the files are not what the
        card says.
    StoreError
        When nothing can be written there.
    """
    with _incoming(home, card.name) as incoming:
        raw, ready = incoming / "raw", incoming / "ready"
        for each in (raw, ready):
            each.mkdir()
        root = _gathered(sources, raw, card)
        for file in card.files:
            _copy(root / file.path, ready / file.path)
        check_files(ready, card)
        target = home / card.name
        if target.exists():
            # Moved aside first: a rename does not replace a folder that holds files.
            target.rename(incoming / "old")
        ready.rename(target)
    return target


def take_file(archive: Path, name: str, folder: Path) -> Path | None:
    """Take one file out of an archive.

    Parameters
    ----------
    archive : Path
        It is unpacked as carefully as a dataset's.
    name : str
        The file's name, in whatever folder it lies.
    folder : Path
        Where it goes.

    Returns
    -------
    Path or None
        None when the archive holds no file of this name.

    Raises
    ------
    DataError
        When the archive is refused.
    """
    if not any(Path(each).name == name for each in names_in(archive)):
        return None
    with _incoming(folder, name) as incoming:
        unpack(archive, incoming)
        found = min(incoming.rglob(name))
        return found.replace(folder / name)


def _gathered(sources: Sequence[Path], raw: Path, card: Card) -> Path:
    """Return the one folder that all files are found in."""
    for source in sources:
        if source.is_dir():
            if len(sources) == 1:
                return find_root(source, card)
            raise DataError(f"{source} is a folder; give it alone.")
        if not source.is_file():
            raise DataError(f"there is no file or folder {source}.")
        if is_archive(source):
            unpack(source, raw)
        elif source.name in {Path(file.path).name for file in card.files}:
            shutil.copyfile(source, raw / source.name)
        else:
            raise DataError(
                f"{source} is neither an archive nor one of the files of dataset "
                f"{card.name!r}."
            )
    try:
        return find_root(raw, card)
    except DataError as error:
        shown = ", ".join(str(source) for source in sources)
        raise DataError(str(error).replace(str(raw), shown, 1)) from error


@contextmanager
def _incoming(home: Path, name: str) -> Iterator[Path]:
    """Give a folder beside the datasets, on the same disk; delete it afterwards."""
    folder = home / f".incoming-{name}-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        raise StoreError(
            f"{home} can't be written: {error.strerror or error}."
        ) from error
    finally:
        remove(folder)


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or a folder of files; refuse links, which lead who knows where."""
    if source.is_symlink():
        raise DataError(f"{source} is a link; give the file itself.")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_dir():
        shutil.copyfile(source, target)
        return
    target.mkdir(exist_ok=True)
    for entry in source.iterdir():
        _copy(entry, target / entry.name)


def _names_files(archive: Path, card: Card) -> bool:
    """Return whether an archive seems to hold a dataset, by the names in it."""
    # A file ends a name; a folder stands within the names of its files.
    rooted = [f"/{name}" for name in names_in(archive)]
    return all(
        any(
            f"/{each.path}" in name
            if each.is_folder
            else name.endswith(f"/{each.path}")
            for name in rooted
        )
        for each in card.files
    )
