"""The cache's second level: an object store, or whatever else fsspec opens by a URL.

An entry is one object, ``entries/<namespace>/<key>.json``, which is put there only
where there is none; its arrays are objects named by their SHA-256, ``blobs/<digest>``,
and are there before it is. So an entry is there whole or not at all, and two runs that
keep the same value keep it once. What is fetched is checked as what lies in a folder
is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmbench.engine.cache.entry import Entry
from mmbench.errors import StoreError, UsageError

__all__ = ["ObjectStore", "is_url"]


def is_url(place: Path | str) -> bool:
    """Return whether a cache is named by a URL rather than by a folder.

    Parameters
    ----------
    place : path or str
        What the user gave.

    Returns
    -------
    bool
        Whether it starts as ``s3://`` does.

    Examples
    --------
    >>> is_url("s3://bucket/cache"), is_url("/shared/cache")
    (True, False)
    """
    return isinstance(place, str) and "://" in place


class ObjectStore:
    """Values of nodes under a URL.

    Parameters
    ----------
    url : str
        Such as ``s3://bucket/prefix``; fsspec has to know how to open it.
    namespace : str
        As :class:`mmbench.engine.cache.store.Cache` has it.

    Raises
    ------
    UsageError
        When it can't be opened, for want of a package or by its form.
    """

    def __init__(self, url: str, namespace: str) -> None:
        from fsspec.core import url_to_fs

        self.url = url
        try:
            self._files, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise UsageError(f"--cache {url} can't be opened: {error}") from error
        self._blobs, self._entries = f"{root}/blobs", f"{root}/entries/{namespace}"
        self._known: set[str] | None = None

    def entry(self, key: str) -> bytes | None:
        """Return what ``entry.json`` of a value holds, or None without one.

        Parameters
        ----------
        key : str
            The node's.

        Returns
        -------
        bytes or None
            To be checked by who asks.

        Raises
        ------
        StoreError
            When the store doesn't answer.
        """
        with self._told("read"):
            try:
                content: bytes = self._files.cat_file(self._entry(key))
            except FileNotFoundError:
                return None
            return content

    def had(self, key: str) -> bool:
        """Return whether a value was there when this was first asked about any.

        Parameters
        ----------
        key : str
            The node's.

        Returns
        -------
        bool
            One listing answers for all nodes of a run.

        Raises
        ------
        StoreError
            When the store doesn't answer.
        """
        if self._known is None:
            with self._told("read"):
                try:
                    paths = self._files.find(self._entries)
                except FileNotFoundError:
                    paths = []
            self._known = {Path(path).stem for path in paths}
        return key in self._known

    def get(self, checksum: str, path: Path) -> None:
        """Fetch an array's file.

        Parameters
        ----------
        checksum : str
            Its SHA-256.
        path : Path
            Where it goes.

        Raises
        ------
        FileNotFoundError
            When it is not there.
        StoreError
            When the store doesn't answer.
        """
        with self._told("read"):
            self._files.get_file(f"{self._blobs}/{checksum}", str(path))

    def put(self, key: str, content: bytes, files: dict[str, Path]) -> None:
        """Keep a value, unless it is there.

        Parameters
        ----------
        key : str
            The node's.
        content : bytes
            Its ``entry.json``.
        files : dict of str to Path
            Checksum to file.

        Raises
        ------
        StoreError
            When it can't be written.
        """
        with self._told("write"):
            for checksum, path in files.items():
                blob = f"{self._blobs}/{checksum}"
                # By a name of its content: whoever puts it puts the same.
                if not self._files.exists(blob):
                    self._files.put_file(str(path), blob)
            with contextlib.suppress(FileExistsError):
                self._put_if_absent(self._entry(key), content)

    def drop(self, key: str) -> None:
        """Forget a value and its arrays, one of which was damaged.

        Parameters
        ----------
        key : str
            The node's; it need not be there.

        Raises
        ------
        StoreError
            When it can't be removed.
        """
        content = self.entry(key)
        if content is None:
            return
        with self._told("write"):
            with contextlib.suppress(ValueError):
                entry = Entry.from_json(content)
                for checksum in [] if entry is None else entry.files.values():
                    with contextlib.suppress(FileNotFoundError):
                        self._files.rm_file(f"{self._blobs}/{checksum}")
            with contextlib.suppress(FileNotFoundError):
                self._files.rm_file(self._entry(key))
        if self._known is not None:
            self._known.discard(key)

    def _entry(self, key: str) -> str:
        return f"{self._entries}/{key}.json"

    def _put_if_absent(self, path: str, content: bytes) -> None:
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(path, content, mode="create")

    @contextlib.contextmanager
    def _told(self, verb: str) -> Iterator[None]:
        """Say in our words that the store doesn't do what it should."""
        try:
            yield
        except (FileNotFoundError, StoreError):
            raise
        except Exception as error:
            if _is_there_already(error):
                return
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(
                f"can't {verb} the cache {self.url}: {type(error).__name__}: {reason}. "
                "Check its name, your rights and the network; finished trials are kept."
            ) from error


def _is_there_already(error: Any) -> bool:
    """Return whether an object store refused to put what another process put first."""
    found = getattr(error.__cause__ or error, "response", {})
    return bool(found.get("Error", {}).get("Code") == "PreconditionFailed")
