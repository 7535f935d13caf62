"""The cache of nodes' values: content-addressed, checked on every first read.

An entry is a folder named by the node's key. It holds arrays as ``.npy`` files, which
are mapped into memory rather than read, and ``entry.json``: what the value is made of,
each file's checksum and what the cold run cost. An entry is made under a temporary name
and renamed, so it is there whole or not at all. Nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.engine.cached_arrays import put_together, save_array, take_apart
from mmbench.errors import DataWarning, StoreError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCHEMA = 2


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a node's cold run cost.

    Parameters
    ----------
    fit_s, apply_s : float
        Wall time of learning from the training rows, and of answering.
    cpu_s : float
        Processor time of both.
    n_rows : int
        Rows learnt from and answered for.
    peak_rss_bytes : int
        The most memory that the process held meanwhile.
    threads : int
        Threads that numerical libraries were allowed.
    computed_with : str
        The precision and the device that the work chose, where it has a choice.
    search : JSON data, optional
        What it found, where it is a search for parameters.
    needs : sequence of int, optional
        Which of the live inputs an answer looks at; all of them by default.
    """

    fit_s: float
    apply_s: float
    cpu_s: float
    n_rows: int
    peak_rss_bytes: int
    threads: int = 1
    computed_with: str = ""
    search: Mapping[str, Any] | None = None
    needs: Sequence[int] | None = None

    @property
    def wall_s(self) -> float:
        """Wall time of learning and answering."""
        return self.fit_s + self.apply_s


Costs = Mapping[str, Cost]
"""Node key to cost: of a kept node, and of the light ones that were done for it."""


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
    """

    def __init__(self, root: Path, namespace: str) -> None:
        self.root = Path(root)
        self.namespace = namespace
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
            entry = {
                "schema": _SCHEMA,
                "key": key,
                "layout": layout,
                "files": files,
                "costs": {node: asdict(cost) for node, cost in costs.items()},
                "told": list(told),
            }
            _write_synced(temporary / "entry.json", json.dumps(entry).encode())
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                temporary.rename(path)
        except OSError as error:
            # Another run may have kept the same value first: that is as good.
            if not self._path(key).exists():
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

        Warns
        -----
        DataWarning
            When an entry is damaged; it is removed, so that it is computed again.
        """
        path = self._path(key)
        if not path.is_dir():
            return None
        try:
            entry = json.loads((path / "entry.json").read_bytes())
            if entry["schema"] != _SCHEMA:
                self.drop(key)  # sound, but in the form of another version
                return None
            if entry["key"] != key:
                raise ValueError("it is the entry of something else")
            for name, checksum in entry["files"].items():
                self._verify(path / name, checksum)
            value = put_together(entry["layout"], path)
            os.utime(path / "entry.json")
            return value
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            warnings.warn(
                f"cache entry {key[:12]} is damaged ({error}); it is made again.",
                DataWarning,
                stacklevel=2,
            )
            shutil.rmtree(path, ignore_errors=True)
            return None

    def past(self, key: str) -> Past | None:
        """Return what is known of how a kept value was made, without reading it."""
        try:
            entry = json.loads((self._path(key) / "entry.json").read_bytes())
            if entry["key"] != key:
                return None
            costs = {node: Cost(**cost) for node, cost in entry["costs"].items()}
            return Past(costs, tuple(map(str, entry["told"])))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def drop(self, key: str) -> None:
        """Forget a value."""
        shutil.rmtree(self._path(key), ignore_errors=True)

    def _path(self, key: str) -> Path:
        return self.root / self.namespace / key[:2] / key

    def _verify(self, path: Path, checksum: str) -> None:
        # Mapped files are read lazily: each is checked once while it is unchanged.
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
