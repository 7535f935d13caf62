"""A results folder: written by one run, resumed by the next, read by reports."""

from __future__ import annotations

import contextlib
import os
import shutil
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Self

from mmbench.errors import AlteredError, DataWarning, StoreError
from mmbench.results.atomic import (
    is_refusal,
    read_file,
    store_errors,
    sync_folder,
    write_atomic,
)
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
from mmbench.results.strict_json import (
    dump_strict,
    load_strict,
    with_checksum,
    without_checksum,
)

__all__ = ["ResultStore"]

_AT_ONCE = 8
_MOST_NAMED = 3
# What a run that starts afresh forgets.
_OPTIONAL = ("throughput.json", "probes.json", "slices.json", "samples.json")


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
        self._read: dict[str, tuple[int, int, str | None]] = {}
        # Key to the checksum of its predictions, as of one state of the records.
        self._checksums: dict[str, str | None] = {}
        self._checksums_of: tuple[int, int] | None = None

    @property
    def retrainings(self) -> ResultStore:
        """The folder inside it that holds the fits of retrained methods."""
        return ResultStore(self.out_dir / "retrainings")

    @property
    def learning_curve(self) -> ResultStore:
        """The folder inside it that holds fits on parts of the training samples."""
        return ResultStore(self.out_dir / "learning_curve")

    def exists(self) -> bool:
        """Return whether the folder holds a run, even one that was stopped."""
        return os.path.lexists(self.out_dir / "plan.json")

    def check_free(self) -> None:
        """Check, without changing anything, that a run could add to the folder.

        Raises
        ------
        StoreError
            When another run is writing to it, or a newer mmbench wrote what is there.
        """
        if os.path.lexists(self._records_path):
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
        kept = {r.key: given for r, given in entries if given is not None}
        files = [self._predictions_path(key) for key in kept]
        # The time goes into waiting for the disk, which can sync several files at once.
        with ThreadPoolExecutor(min(len(files), _AT_ONCE) or 1) as pool:
            written = pool.map(write_predictions, files, kept.values())
            checksums = dict(zip(kept, written, strict=True))
        if files:
            sync_folder(self._predictions_dir)
        lines = [
            replace(record, predictions_sha256=checksums[record.key]).to_json()
            if record.key in checksums
            else record.to_json()
            for record, _ in entries
        ]
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
            When lines are torn, corrupt or altered: they are dropped, and their trials
            count as not run.

        Raises
        ------
        StoreError
            When this is not a results folder, or a newer mmbench wrote it.
        """
        self._check_folder()
        found, n_lines, dropped = read_records(self._records_path)
        if dropped:
            warnings.warn(
                f"{len(dropped)} of {n_lines} lines of {self._records_path} can't be "
                "read and are dropped; their trials count as not run "
                f"({_some(dropped)}).",
                DataWarning,
                stacklevel=2,
            )
        return found

    def plan(self) -> dict[str, Any]:
        """Return ``plan.json``; raise `StoreError` when it can't be read."""
        plan = self._read_object("plan.json")
        check_plan(plan, str(self.out_dir / "plan.json"))
        return plan

    def environment(self) -> dict[str, Any]:
        """Return ``environment.json``; raise `StoreError` when it can't be read."""
        return self._read_object("environment.json")

    def keep_throughput(self, measured: Mapping[str, Any]) -> None:
        """Write ``throughput.json``: by dataset and method, how fast it answers.

        Parameters
        ----------
        measured : mapping of str to object
            Rows per second by dataset and method, in JSON's types.
        """
        self._write_object("throughput.json", measured)

    def throughput(self) -> dict[str, Any]:
        """Return ``throughput.json``, or nothing where nothing was measured.

        Warns
        -----
        DataWarning
            When it can't be read or was altered; it is not used.
        """
        return self._read_optional("throughput.json")

    def keep_slices(self, slices: Mapping[str, Any]) -> None:
        """Write ``slices.json``: by dataset, the slice of each sample by column.

        Parameters
        ----------
        slices : mapping of str to object
            In JSON's types.
        """
        self._write_object("slices.json", slices)

    def slices(self) -> dict[str, Any]:
        """Return ``slices.json``, or nothing where none were asked for.

        Warns
        -----
        DataWarning
            When it can't be read or was altered; it is not used.
        """
        return self._read_optional("slices.json")

    def keep_samples(self, samples: Mapping[str, Any]) -> None:
        """Write ``samples.json``: by dataset, texts and thumbnails of the samples.

        Parameters
        ----------
        samples : mapping of str to object
            In JSON's types.
        """
        self._write_object("samples.json", samples)

    def samples(self) -> dict[str, Any]:
        """Return ``samples.json``, or nothing where it was not asked for.

        Warns
        -----
        DataWarning
            When it can't be read or was altered; it is not used.
        """
        return self._read_optional("samples.json")

    def keep_probes(self, probes: Mapping[str, Any]) -> None:
        """Write ``probes.json``: by dataset and method, scores of changed test rows.

        Parameters
        ----------
        probes : mapping of str to object
            Scores by dataset and method, in JSON's types.
        """
        self._write_object("probes.json", probes)

    def probes(self) -> dict[str, Any]:
        """Return ``probes.json``, or nothing where no method was probed.

        Warns
        -----
        DataWarning
            When it can't be read or was altered; it is not used.
        """
        return self._read_optional("probes.json")

    def predictions(self, key: str) -> Predictions:
        """Return what a trial predicted.

        Parameters
        ----------
        key : str
            The key of the trial's record.

        Returns
        -------
        Predictions
            The sample ids, arrays by name, and groups or None.

        Raises
        ------
        AlteredError
            When it holds other predictions than the trial's record is of.
        StoreError
            When the file is missing or corrupt. It is never unpickled.
        """
        path = self._predictions_path(key)
        return read_predictions(path, self._checksum(key))

    def _repr_html_(self) -> str:
        """Show in a notebook how far the run is, and what leads so far."""
        if not self.exists():
            return f"<p>No run in {escape(str(self.out_dir))} yet.</p>"
        return summary_html(self.plan(), self.records())

    def finished(self) -> set[str]:
        """Return the keys that need not run again: ok, with readable predictions.

        Warns
        -----
        DataWarning
            When predictions were altered.

        Raises
        ------
        StoreError
            When the system refuses to read what may be sound predictions.
        """
        found, altered = set(), []
        for key, record in self.records().items():
            if record.status == "ok":
                try:
                    self._check_predictions(key, record.predictions_sha256)
                    found.add(key)
                except AlteredError:
                    altered.append(self._predictions_path(key).name)
                except StoreError as error:
                    if is_refusal(error.__cause__):
                        raise
        if altered:
            warnings.warn(
                f"{len(altered)} files of {self._predictions_dir} were altered, and "
                f"their trials count as not run ({_some(altered)}).",
                DataWarning,
                stacklevel=2,
            )
        return found

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

    def _checksum(self, key: str) -> str | None:
        """Return the checksum of a trial's predictions; None where none was taken."""
        try:
            stat = self._records_path.stat()
        except OSError:
            return None
        state = stat.st_mtime_ns, stat.st_size
        if self._checksums_of != state:
            records = read_records(self._records_path).records
            self._checksums = {k: r.predictions_sha256 for k, r in records.items()}
            self._checksums_of = state
        return self._checksums.get(key)

    def _check_predictions(self, key: str, checksum: str | None) -> None:
        """Raise `StoreError` unless predictions can be read, and are those meant."""
        path = self._predictions_path(key)
        version = None
        with contextlib.suppress(OSError):  # reading it says what is wrong
            stat = path.stat()
            version = stat.st_mtime_ns, stat.st_size, checksum
        # A run asks several times, and reading thousands of files takes seconds.
        if version is None or self._read.get(key) != version:
            read_predictions(path, checksum)
            if version is not None:
                self._read[key] = version

    def _check_folder(self) -> None:
        if not self.exists():
            raise StoreError(
                f"{self.out_dir} is not a results folder: it holds no plan.json."
            )

    def _read_object(self, name: str) -> dict[str, Any]:
        self._check_folder()
        path = self.out_dir / name
        content = read_file(path)
        try:
            value = load_strict(content)
        except ValueError as error:
            raise StoreError(f"{path} is not valid JSON: {error}.") from error
        if not isinstance(value, dict):
            raise StoreError(f"{path} must hold a JSON object.")
        check_schema(value, str(path))
        try:
            return without_checksum(value, name)
        except ValueError:
            raise AlteredError(
                f"{path} was altered: it does not match its own checksum. Run the same "
                "command again to rewrite it."
            ) from None

    def _read_optional(self, name: str) -> dict[str, Any]:
        """Return what was measured after the trials; a run can do so again."""
        if not os.path.lexists(self.out_dir / name):
            return {}
        try:
            value = self._read_object(name)
        except StoreError as error:
            warnings.warn(f"{error} It is not used.", DataWarning, stacklevel=3)
            return {}
        value.pop("schema", None)
        return value

    def _write_object(self, name: str, value: Mapping[str, Any]) -> None:
        text = dump_strict(with_checksum({"schema": SCHEMA, **value}, name), indent=1)
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
            for name in _OPTIONAL:
                (self.out_dir / name).unlink(missing_ok=True)
            for beside in (self.retrainings, self.learning_curve):
                if beside.exists():
                    shutil.rmtree(beside.out_dir)

    def _delete_predictions(self, *patterns: str) -> None:
        with store_errors(self._predictions_dir, "write"):
            for pattern in patterns:
                for path in self._predictions_dir.glob(pattern):
                    path.unlink(missing_ok=True)


def _some(sentences: Sequence[str]) -> str:
    more = len(sentences) - _MOST_NAMED
    return "; ".join(
        [*sentences[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]
    )
