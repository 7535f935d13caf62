"""What the driver hands on to Dask workers that share no disk with it.

It puts files on the scheduler, once each, and workers fetch what they need from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mmbench.engine.cache.store import Cache
from mmbench.engine.execution.dask_files import hub_plugin, put_file
from mmbench.engine.execution.parts import parts_folder
from mmbench.engine.execution.shipped_files import files_folder

if TYPE_CHECKING:
    from mmbench.engine.execution.dask_worker import Brief

__all__ = ["Hub"]


class Hub:
    """The driver's files on the scheduler; it does nothing before it is opened.

    Parameters
    ----------
    client : distributed.Client
        Connected to the scheduler.
    run_id : str
        Names the run.
    brief : Brief
        The run's description, as workers receive it.
    """

    def __init__(self, client: Any, run_id: str, brief: Brief) -> None:
        self._client, self._run_id = client, run_id
        self._place = brief.place
        self._cache = Cache(*brief.place[:3])
        self._wanted = set(brief.tables.values())
        self._there: set[str] = set()
        self._is_open = False

    def open(self) -> None:
        """Start handing on files: a worker was found that needs that."""
        if not self._is_open:
            self._is_open = True
            self._client.register_plugin(hub_plugin(self._run_id, self._client.id))
            self.offer(self._wanted)
            self._offer_files()

    def offer(self, parts: Iterable[str]) -> None:
        """Have parts of the run at hand.

        Parameters
        ----------
        parts : iterable of str
            What they are called.
        """
        self._wanted.update(parts)
        if self._is_open and self._place.run_folder is not None:
            folder = parts_folder(self._place.run_folder)
            for name in sorted(self._wanted - self._there):
                put_file(self._client, self._run_id, name, folder / name)
                self._there.add(name)

    def _offer_files(self) -> None:
        """Have the shipped files at hand."""
        run_folder = self._place.run_folder
        if run_folder is not None and files_folder(run_folder).is_dir():
            for path in sorted(files_folder(run_folder).iterdir()):
                put_file(self._client, self._run_id, f"files/{path.name}", path)

    def offer_values(self, keys: Iterable[str]) -> None:
        """Have values at hand that earlier runs left in the driver's cache.

        Parameters
        ----------
        keys : iterable of str
            Of nodes whose values no worker holds; those that are not in the driver's
            cache folder are passed over.
        """
        if not self._is_open or self._place.url is not None:
            return
        for key in sorted(set(keys) - self._there):
            self._there.add(key)
            for name, path in self._cache.files(key).items():
                put_file(self._client, self._run_id, f"{key}/{name}", path)
