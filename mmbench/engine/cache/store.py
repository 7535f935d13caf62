"""The cache of nodes' values: content-addressed, checked on every first read.

An entry is a folder named by the node's key. It holds arrays as ``.npy`` files, which
are mapped into memory rather than read, and ``entry.json``: what the value is made of,
each file's checksum and what the cold run cost. An entry is made under a temporary name
and renamed, so it is there whole or not at all; it is removed in the same way. Nothing
in it is ever executed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
import warnings
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from mmbench.engine.cache.arrays import put_together, save_array, take_apart
from mmbench.engine.cache.entry import Cost, Costs, Entry
from mmbench.engine.cache.object_store import ObjectStore
from mmbench.engine.cache.upkeep import remove
from mmbench.errors import DataWarning, StoreError
from mmbench.results.atomic import is_refusal
from mmbench.untrusted import check_regular

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cache", "Cost", "Costs", "Past"]

_T = TypeVar("_T")

_NONSENSE = (
    *(ValueError, KeyError, TypeError, AttributeError, EOFError),
    *(IndexError, OverflowError, RecursionError),
)


class Past(NamedTuple):
    """How a kept value was made.

    Attributes
    ----------
    costs : mapping of str to Cost
        What it cost.
    told : tuple of str
        What the work warned about.
    """

    costs: Costs
    told: tuple[str, ...]


class Cache:
    """A folder of nodes' values.

    Several runs may use one folder at once.

    Parameters
    ----------
    root : path
        The folder; it is made when the first value is kept.
    namespace : str
        Values made under one namespace are never found under another: the digest of
        the versions that they depend on.
    run_folder : path, optional
        The folder of the run in it: who sees that sees the cache.
    url : str, optional
        Where else values are kept, and looked for when they are not in the folder.
    """

    def __init__(
        self,
        root: Path,
        namespace: str,
        run_folder: Path | None = None,
        url: str | None = None,
    ) -> None:
        self.root = Path(root)
        self.namespace = namespace
        self.run_folder = run_folder
        self.beyond = None if url is None else ObjectStore(url, namespace)
        self._verified: dict[Path, tuple[int, int]] = {}

    def write(
        self, key: str, value: Any, costs: Costs, told: Sequence[str] = ()
    ) -> bool:
        """Keep a value; return False when it is of a kind that can't be kept.

        Parameters
        ----------
        key : str
            The node's.
        value : object
            What it came to.
        costs : mapping of str to Cost
            Of the node and of the light ones that were done for it.
        told : sequence of str
            What the work warned about.

        Returns
        -------
        bool
            Whether the value was kept.

        Raises
        ------
        StoreError
            When the disk is full or the folder can't be written.
        """
        arrays: dict[str, NDArray[Any]] = {}
        layout = take_apart(value, "value", arrays)
        if layout is None:
            return False
        temporary = self.root / "tmp" / f"{os.getpid()}-{uuid.uuid4().hex}"
        try:
            temporary.mkdir(parents=True)
            files = {
                name: save_array(temporary / name, a) for name, a in arrays.items()
            }
            entry = Entry(key, layout, files, costs, tuple(told))
            _write_synced(temporary / "entry.json", entry.to_json())
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(path):
                temporary.rename(path)
            self.publish(key)
        except OSError as error:
            # Another run may have kept the same value first: that is as good.
            if not os.path.lexists(self._path(key)):
                # numpy gives no reason when only a part of an array could be written.
                why = error.strerror or "no room left on its disk"
                raise StoreError(
                    f"can't write to the cache {self.root}: {why}; free "
                    "some room or give another folder with --cache. Finished trials "
                    "are kept."
                ) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return True

    def read(self, key: str) -> Any:
        """Return a value, or None when it is not there or can't be believed.

        Parameters
        ----------
        key : str
            The node's.

        Returns
        -------
        object or None
            A value as :meth:`write` took it.

        Raises
        ------
        StoreError
            When the system can't read it now, for want of rights or of open files; or
            when it is damaged and can't be removed.

        Warns
        -----
        DataWarning
            When an entry is damaged; it is removed, so that it is computed again.
        """
        self.bring(key)
        return self._believed(key, self._value)

    def past(self, key: str, costed: Collection[str] = ()) -> Past | None:
        """Return what is known of how a kept value was made, without reading it.

        Parameters
        ----------
        key : str
            The node's.
        costed : collection of str
            Nodes whose costs it has to know; else it counts as damaged.

        Returns
        -------
        Past or None
            Costs and warnings; None as :meth:`read`.

        Warns
        -----
        DataWarning
            As :meth:`read`.

        Raises
        ------
        StoreError
            As :meth:`read`.
        """

        def past(_: Path, entry: Entry) -> Past:
            if not entry.costs.keys() >= {key, *costed}:
                raise ValueError("it lacks costs")
            return Past(entry.costs, entry.told)

        if self.beyond is not None and not self.has(key):
            return self._past_beyond(key, past)
        return self._believed(key, past)

    def has(self, key: str) -> bool:
        """Return whether there is an entry in the folder, sound or not.

        Parameters
        ----------
        key : str
            The node's.

        Returns
        -------
        bool
            Nothing of it is read.
        """
        return os.path.lexists(self._path(key))

    def files(self, key: str) -> dict[str, Path]:
        """Return the files of an entry in the folder; none without one.

        Parameters
        ----------
        key : str
            The node's.

        Returns
        -------
        dict of str to Path
            Name to file; ``entry.json`` is the first.
        """
        path = self._path(key)
        names = ["entry.json", *(file.name for file in path.glob("*.npy"))]
        return {name: path / name for name in names} if self.has(key) else {}

    def bring(self, key: str) -> None:
        """See to it that a value that is kept beyond the folder is in it, too.

        Parameters
        ----------
        key : str
            The node's.

        Raises
        ------
        StoreError
            When the store doesn't answer or the folder can't be written.
        """
        beyond = self.beyond
        if beyond is None or self.has(key):
            return
        content = beyond.entry(key)
        if content is not None:
            self.adopt(key, content, lambda _, digest, path: beyond.get(digest, path))

    def publish(self, key: str) -> None:
        """Keep a value of the folder beyond it, too, where there is such a place.

        Parameters
        ----------
        key : str
            The node's; nothing happens where it is not in the folder.

        Raises
        ------
        StoreError
            When it can't be written.
        """
        if self.beyond is None:
            return
        files = self.files(key)
        if files:
            content = files.pop("entry.json").read_bytes()
            entry = Entry.from_json(content)
            assert entry is not None  # noqa: S101 - written by this version
            named = {digest: files[name] for name, digest in entry.files.items()}
            self.beyond.put(key, content, named)

    def adopt(
        self, key: str, content: bytes, copy: Callable[[str, str, Path], None]
    ) -> bool:
        """Take an entry over from elsewhere; it is checked when it is read.

        Parameters
        ----------
        key : str
            The node's.
        content : bytes
            Its ``entry.json``.
        copy : callable
            Given the name of a file, its checksum and where it goes, puts it there; it
            raises FileNotFoundError where it can't.

        Returns
        -------
        bool
            Whether it is here now.

        Raises
        ------
        StoreError
            When the disk is full or the folder can't be written.
        """
        temporary = self.root / "tmp" / f"{os.getpid()}-{uuid.uuid4().hex}"
        try:
            entry = Entry.from_json(content)
            if entry is None or entry.key != key:
                return False
            temporary.mkdir(parents=True)
            for name, checksum in entry.files.items():
                copy(name, checksum, temporary / name)
            _write_synced(temporary / "entry.json", content)
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.rename(path)
        except (FileNotFoundError, ValueError):
            return False
        except OSError as error:
            if not self.has(key):
                raise StoreError(
                    f"can't write to the cache {self.root}: {error.strerror}; free "
                    "some room. Finished trials are kept."
                ) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return True

    def drop(self, key: str) -> None:
        """Forget a value: its folder, or whatever lies in the place of one.

        Parameters
        ----------
        key : str
            The node's; it need not be there.

        Raises
        ------
        StoreError
            When it can't be removed: it would be found again and again.
        """
        if self.beyond is not None:
            self.beyond.drop(key)
        path = self._path(key)
        # Away in one step, so that no other process sees half of it.
        removed = self.root / "tmp" / f"{os.getpid()}-{uuid.uuid4().hex}"
        try:
            removed.parent.mkdir(parents=True, exist_ok=True)
            path.rename(removed)
        except OSError as error:
            if not os.path.lexists(path):
                return
            raise StoreError(
                f"can't remove the cache entry {path}: {error.strerror}; remove it, "
                "or give another folder with --cache."
            ) from error
        remove(removed)

    def _past_beyond(
        self, key: str, past: Callable[[Path, Entry], Past]
    ) -> Past | None:
        """Return what is known of a value that is not in the folder, unfetched."""
        assert self.beyond is not None  # noqa: S101
        content = self.beyond.entry(key) if self.beyond.had(key) else None
        if content is None:
            return None
        with suppress(*_NONSENSE):
            entry = Entry.from_json(content)
            if entry is not None and entry.key == key:
                return past(self._path(key), entry)
        self.beyond.drop(key)
        return None

    def _believed(self, key: str, load: Callable[[Path, Entry], _T]) -> _T | None:
        """Return what is loaded from an entry; remove one that can't be believed."""
        path = self._path(key)
        try:
            check_regular(path / "entry.json")
            entry = Entry.from_json((path / "entry.json").read_bytes())
            if entry is None:
                self.drop(key)  # in the form of another version
                return None
            if entry.key != key:
                raise ValueError("it is another value's entry")
            return load(path, entry)
        except OSError as error:
            if is_refusal(error):  # the entry may be sound
                name = error.filename or path
                raise StoreError(
                    f"can't read the cache: {name}: {error.strerror}. The entry is "
                    "kept, and so are finished trials."
                ) from error
            if not os.path.lexists(path):
                return None
            damage: Exception = error
        except _NONSENSE as error:
            damage = error
        self.drop(key)
        warnings.warn(
            f"cache entry {key[:12]} is damaged ({damage}); it is recomputed.",
            DataWarning,
            stacklevel=3,
        )
        return None

    def _value(self, path: Path, entry: Entry) -> Any:
        for name, checksum in entry.files.items():
            self._verify(path / name, checksum)
        value = put_together(entry.layout, path, entry.files)
        with suppress(OSError):  # the cache of somebody else may be for reading only
            os.utime(path / "entry.json")
        return value

    def _path(self, key: str) -> Path:
        return self.root / self.namespace / key[:2] / key

    def _verify(self, path: Path, checksum: str) -> None:
        # Mapped files are read lazily: each is checked once while it is unchanged.
        check_regular(path)
        stat = path.stat()
        state = (stat.st_mtime_ns, stat.st_size)
        if self._verified.get(path) == state:
            return
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != checksum:
            raise ValueError(f"{path.name} does not match its checksum")
        self._verified[path] = state


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
