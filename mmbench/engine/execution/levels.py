"""Values on their way between a cache folder and what is beyond it.

Only long-lived processes talk to a store beyond the folder: before a task they fetch
what it reads, and after it they put there what it left. The process that does the task
sees the folder alone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from mmbench.engine.cache import upkeep
from mmbench.engine.cache.store import Cache
from mmbench.engine.execution.local_workers import PickledTask, Place
from mmbench.engine.execution.worker import Result

__all__ = ["Levels"]


class Levels:
    """A cache folder, and what is beyond it.

    Parameters
    ----------
    place : Place
        Where the cache is.
    """

    def __init__(self, place: Place) -> None:
        self.cache = Cache(*place[:4])
        self._max_bytes = place.max_bytes if place.url else None
        self._n_since = 0
        self._lock = threading.Lock()

    def bring(self, tasks: Sequence[PickledTask]) -> None:
        """Fetch the values that tasks read, where they are kept beyond the folder.

        Parameters
        ----------
        tasks : sequence of PickledTask
            What is done next.

        Raises
        ------
        StoreError
            When the store doesn't answer or the folder can't be written.
        """
        if self.cache.beyond is not None:
            for key in {key for task in tasks for key in task.inputs}:
                self.cache.bring(key)

    def publish(self, results: Sequence[Result]) -> None:
        """Keep what tasks left beyond the folder, too, and the folder small.

        Parameters
        ----------
        results : sequence of Result
            How the tasks ended.

        Raises
        ------
        StoreError
            When it can't be written.
        """
        if self.cache.beyond is None:
            return
        for result in results:
            if result.status == "ok":
                self.cache.publish(result.key)
        self._trim(len(results))

    def _trim(self, n_results: int) -> None:
        """Remove what was not used for longest, from time to time."""
        with self._lock:
            self._n_since += n_results
            is_due, self._n_since = self._n_since >= 50, self._n_since % 50
        if is_due:
            upkeep.prune(self.cache.root, max_bytes=self._max_bytes)
