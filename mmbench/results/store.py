"""A results folder: written by one run, resumed by the next, read by reports."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Self

from mmbench.errors import DataWarning, StoreError
from mmbench.results.atomic import store_errors, sync_folder, write_atomic
from mmbench.results.journal import Journal
from mmbench.results.notebook import summary_html
from mmbench.results.plan import check_plan
from mmbench.results.predictions import (
    Predictions,
    read_predictions,
    write_predictions,
)
from mmbench.results.record import (
    SCHEMA,
    Record,
    check_schema,
    is_key,
    read_records,
)
from mmbench.results.strict_json import dump_strict, load_strict

__all__ = ["ResultStore"]

_AT_ONCE = 8


class ResultStore:
    """The results folder of a run.

    Reading needs nothing but the folder. Writing needs `open`, which only one process
    at a time can hold; a killed one leaves no lock behind. Whenever the writer is
    killed, all that `append` returned from is kept.

    Parameters
    ----------
    out_dir : str or path-like
        The folder; `open` makes it.

    Examples
    --------
    >>> import tempfile
    >>> store = ResultStore(tempfile.mkdtemp())
    >>> record = Record(
    ...     key="0a", suite="mine", dataset="d", method="m", fold=0, seed=0,
    ...     status="failed", reason="out of memory")
    >>> with store.open({"datasets": {}, "methods": {}, "trials": []}, {}):
    ...     store.append(record)
    >>> store.records()["0a"].reason
    'out of memory'
    """

    def __init__(self, out_dir: str | PathLike[str]) -> None:
        self.out_dir = Path(out_dir)
        self._journal: Journal | None = None
        self._read: dict[str, tuple[int, int]] = {}

    def exists(self) -> bool:
        """Tell whether the folder holds a run, be it one that was stopped."""
        return (self.out_dir / "plan.json").is_file()

    def check_free(self) -> None:
        """Check, without changing anything, that a run could add to the folder.

        Raises
        ------
        StoreError
            When another run is writing to it, or a newer mmbench wrote what is there.
        """
        if self._records_path.exists():
            Journal(self._records_path).close()
            read_records(self._records_path)

    def open(
        self,
        plan: Mapping[str, Any],
        environment: Mapping[str, Any],
        *,
        fresh: bool = False,
    ) -> Self:
        """Make the folder ready for records, and keep other writers out.

        Parameters
        ----------
        plan : mapping
            Becomes ``plan.json``: the datasets, the methods and every planned trial.
        environment : mapping
            Becomes ``environment.json``: versions, machine, seeds, command.
        fresh : bool, default=False
            Drop the records and predictions that are there, instead of adding to them.

        Returns
        -------
        ResultStore
            Itself; as a context manager it closes at the end.

        Raises
        ------
        StoreError
            When the folder can't be written, another run is writing to it, or a newer
            mmbench wrote what is there.
        """
        check_plan(plan, "plan")
        with store_errors(self.out_dir, "write"):
            self._predictions_dir.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(self._records_path)
        try:
            self._drop_results() if fresh else self._mend_results()
            # The plan goes last: where there is a plan, there is all the rest.
            self._write_object("environment.json", environment)
            self._write_object("plan.json", plan)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Let the next writer in; a writer that never calls it loses nothing."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def append(self, record: Record, predictions: Predictions | None = None) -> None:
        """Keep what a trial left; when this returns, it is on the disk.

        Parameters
        ----------
        record : Record
            Counts instead of any earlier record of the same key.
        predictions : Predictions, optional
            What the trial predicted. They are written first, so that a record that is
            ok never lacks them.

        Raises
        ------
        StoreError
            When the store is not open, or the disk is full.
        """
        self.extend([(record, predictions)])

    def extend(self, entries: Sequence[tuple[Record, Predictions | None]]) -> None:
        """Keep what several trials left, for about the time that one takes.

        Parameters
        ----------
        entries : sequence of (Record, Predictions or None)
            As for `append`, which says the rest.

        Raises
        ------
        StoreError
            When the store is not open, or the disk is full.
        """
        if self._journal is None:
            raise StoreError(f"open the store of {self.out_dir} before adding to it.")
        files = {
            self._predictions_path(record.key): predictions
            for record, predictions in entries
            if predictions is not None
        }
        # The time goes into waiting for the disk, which can sync several files at once.
        with ThreadPoolExecutor(min(len(files), _AT_ONCE) or 1) as pool:
            list(pool.map(write_predictions, files, files.values()))
        if files:
            sync_folder(self._predictions_dir)
        lines = [record.to_json() for record, _ in entries]
        self._journal.append("\n".join(lines).encode())

    def records(self) -> dict[str, Record]:
        """Return the last record of every key.

        Returns
        -------
        dict of str to Record
            In the order in which the keys first appeared.

        Warns
        -----
        DataWarning
            When lines are torn or corrupt: they are dropped, and their trials count as
            not run.

        Raises
        ------
        StoreError
            When this is no results folder, or a newer mmbench wrote it.
        """
        self._check_folder()
        found, dropped, n_lines = read_records(self._records_path)
        if dropped:
            warnings.warn(
                f"{dropped} of {n_lines} lines of {self._records_path} can't be "
                "read and are dropped; their trials count as not run.",
                DataWarning,
                stacklevel=2,
            )
        return found

    def plan(self) -> dict[str, Any]:
        """Return ``plan.json``; raise `StoreError` when it can't be had."""
        plan = self._read_object("plan.json")
        check_plan(plan, str(self.out_dir / "plan.json"))
        return plan

    def environment(self) -> dict[str, Any]:
        """Return ``environment.json``; raise `StoreError` when it can't be had."""
        return self._read_object("environment.json")

    def keep_throughput(self, measured: Mapping[str, Any]) -> None:
        """Write ``throughput.json``: by dataset and method, how fast it answers."""
        self._write_object("throughput.json", measured)

    def throughput(self) -> dict[str, Any]:
        """Return ``throughput.json``, or nothing where nothing was measured."""
        return self._read_optional("throughput.json")

    def keep_probes(self, probes: Mapping[str, Any]) -> None:
        """Write ``probes.json``: by dataset and method, scores of changed test rows."""
        self._write_object("probes.json", probes)

    def probes(self) -> dict[str, Any]:
        """Return ``probes.json``, or nothing where no method was probed."""
        return self._read_optional("probes.json")

    def predictions(self, key: str) -> Predictions:
        """Return what a trial predicted.

        Raises
        ------
        StoreError
            When the file is missing or corrupt. It is never unpickled.
        """
        return read_predictions(self._predictions_path(key))

    def _repr_html_(self) -> str:
        """Show in a notebook how far the run is, and what leads so far."""
        if not self.exists():
            return f"<p>No run in {escape(str(self.out_dir))} yet.</p>"
        return summary_html(self.plan(), self.records())

    def finished(self) -> set[str]:
        """Return the keys that need not run again: ok, with readable predictions."""
        return {
            key
            for key, record in self.records().items()
            if record.status == "ok" and self._is_readable(key)
        }

    @property
    def _records_path(self) -> Path:
        return self.out_dir / "records.jsonl"

    @property
    def _predictions_dir(self) -> Path:
        return self.out_dir / "predictions"

    def _predictions_path(self, key: str) -> Path:
        # A key from a foreign folder must not lead out of it.
        if not is_key(key):
            raise StoreError(f"a key must be hexadecimal, got {key!r}.")
        return self._predictions_dir / f"{key}.npz"

    def _is_readable(self, key: str) -> bool:
        try:
            stat = self._predictions_path(key).stat()
            version = stat.st_mtime_ns, stat.st_size
            # A run asks several times, and reading thousands of files takes seconds.
            if self._read.get(key) != version:
                self.predictions(key)
                self._read[key] = version
        except (OSError, StoreError):
            return False
        return True

    def _check_folder(self) -> None:
        if not self.exists():
            raise StoreError(
                f"{self.out_dir} is not a results folder: it holds no plan.json."
            )

    def _read_object(self, name: str) -> dict[str, Any]:
        self._check_folder()
        path = self.out_dir / name
        with store_errors(path, "read"):
            content = path.read_bytes()
        try:
            value = load_strict(content)
        except ValueError as error:
            raise StoreError(f"{path} is not valid JSON: {error}.") from error
        if not isinstance(value, dict):
            raise StoreError(f"{path} must hold a JSON object.")
        check_schema(value, str(path))
        return value

    def _read_optional(self, name: str) -> dict[str, Any]:
        if not (self.out_dir / name).exists():
            return {}
        value = self._read_object(name)
        value.pop("schema", None)
        return value

    def _write_object(self, name: str, value: Mapping[str, Any]) -> None:
        text = dump_strict({"schema": SCHEMA, **value}, indent=1)
        write_atomic(self.out_dir / name, f"{text}\n".encode())

    def _mend_results(self) -> None:
        """Clear away what a killed run left half done."""
        read_records(self._records_path)  # raises when a newer mmbench wrote them
        if self._journal is not None:
            self._journal.cut_torn_line()
        self._delete_predictions(".*.tmp")

    def _drop_results(self) -> None:
        if self._journal is not None:
            self._journal.clear()
        self._delete_predictions("*.npz", ".*.tmp")
        with store_errors(self.out_dir, "write"):
            for name in ("throughput.json", "probes.json"):
                (self.out_dir / name).unlink(missing_ok=True)

    def _delete_predictions(self, *patterns: str) -> None:
        with store_errors(self._predictions_dir, "write"):
            for pattern in patterns:
                for path in self._predictions_dir.glob(pattern):
                    path.unlink(missing_ok=True)
