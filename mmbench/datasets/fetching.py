"""Download a dataset's files, going on where an earlier try stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from mmbench.datasets.install import install
from mmbench.errors import DataError

if TYPE_CHECKING:
    from mmbench.datasets.card import Card, Download

__all__ = ["download", "fetch"]

Progress = Callable[[int, int | None], None]
"""Told the bytes that are there, and how many there will be, if that is known."""

_CHUNK = 2**16
_TIMEOUT_S = 30.0
_OK, _PARTIAL, _RANGE_NOT_SATISFIABLE = 200, 206, 416


def fetch(card: Card, home: Path, progress: Progress | None = None) -> Path:
    """Download a dataset, check it and install it.

    Parameters
    ----------
    card : Card
        Names the downloads and the files.
    home : Path
        The folder of installed datasets. What is downloaded waits in
        ``.downloads/<name>`` there until all of it is there, and then goes away.
    progress : callable, optional
        Called with the bytes that are there and with all, None if unknown.

    Returns
    -------
    Path
        The dataset's folder.

    Raises
    ------
    DataError
        When the card names no download, a server refuses, the line breaks, or what
        came is not what the card says. What came before a break is kept.
    """
    if not card.downloads:
        raise DataError(
            f"dataset {card.name!r} can't be downloaded by mmbench. How to get it: "
            f"{card.obtain} Then: mmbench datasets fetch {card.name} --from PATH"
        )
    waiting = home / ".downloads" / card.name
    files = [download(each, waiting, progress) for each in card.downloads]
    root = install(card, files, home)
    for file in files:
        file.unlink()
    waiting.rmdir()
    return root


def download(source: Download, folder: Path, progress: Progress | None = None) -> Path:
    """Download one file with pooch, which checks its checksum.

    Parameters
    ----------
    source : Download
        What to get.
    folder : Path
        Where it goes. A part of it that is there already is not asked for again.
    progress : callable, optional
        As for :func:`fetch`.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        When it can't be downloaded, or is not what the card says.
    """
    import pooch
    import requests

    name = unquote(Path(urlsplit(source.url).path).name) or "download"
    part = folder / f"{name}.part"
    logger = pooch.get_logger()
    level = logger.level
    # pooch tells of each step and suggests code; the card says all that is needed.
    logger.setLevel("ERROR")
    try:
        return Path(
            pooch.retrieve(
                source.url,
                known_hash=source.checksum,
                fname=name,
                path=folder,
                downloader=_Resuming(part, progress),
            )
        )
    except requests.RequestException as error:
        kept = f"; {part.stat().st_size:,} bytes are kept" if part.exists() else ""
        raise DataError(
            f"{source.url} can't be downloaded ({type(error).__name__}){kept}. "
            "Run the same command again to resume."
        ) from error
    except ValueError as error:
        # Whatever was kept led to this, so the next try starts over.
        part.unlink(missing_ok=True)
        raise DataError(
            f"the download from {source.url} does not match its card: its checksum "
            f"must be {source.checksum}."
        ) from error
    finally:
        logger.setLevel(level)


class _Resuming:
    """A downloader for pooch that keeps what came, and asks for the rest only."""

    def __init__(self, part: Path, progress: Progress | None) -> None:
        self.part = part
        self.progress = progress

    def __call__(self, url: str, output_file: str, _pooch: Any) -> None:
        """Complete the part, then hand it over."""
        import requests

        have = self.part.stat().st_size if self.part.exists() else 0
        # Packed by the server, a part would not be a part of the file.
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
        with requests.get(
            url, headers=headers, stream=True, timeout=_TIMEOUT_S
        ) as response:
            if response.status_code == _RANGE_NOT_SATISFIABLE:
                self.part.unlink()  # there is no rest; what is there may be another
                return self(url, output_file, _pooch)
            response.raise_for_status()
            if response.status_code != _PARTIAL:
                have = 0  # the server sends all of it again
            self._receive(response, have)
        self.part.replace(output_file)
        return None

    def _receive(self, response: Any, have: int) -> None:
        import requests

        length = response.headers.get("Content-Length")
        total = have + int(length) if length and length.isdigit() else None
        with self.part.open("ab" if have else "wb") as file:
            for chunk in response.iter_content(_CHUNK):
                file.write(chunk)
                have += len(chunk)
                if self.progress is not None:
                    self.progress(have, total)
        if total is not None and have < total:
            raise requests.ConnectionError(f"{have:,} of {total:,} bytes arrived")
