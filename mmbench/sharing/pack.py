"""A run as one small file: everything but predictions, with a checksum."""

from __future__ import annotations

import lzma
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from mmbench.errors import DataError, StoreError, UsageError
from mmbench.results import Record, ResultStore, write_file
from mmbench.results.atomic import read_file
from mmbench.results.strict_json import (
    dump_strict,
    load_strict,
    with_checksum,
    without_checksum,
)
from mmbench.untrusted import unpack

__all__ = ["SUFFIX", "Packed", "opened_runs", "pack_run"]

SUFFIX = ".mmbench.xz"
"""What the names of packed runs end in."""

MOST_BYTES = 1_000_000
_KIND = "packed run"


class Packed(NamedTuple):
    """A packed run.

    Attributes
    ----------
    path : Path
        The file.
    n_bytes : int
        Its size.
    left_out : tuple of str
        What it lacks besides predictions, so that it is small enough.
    """

    path: Path
    n_bytes: int
    left_out: tuple[str, ...]


def pack_run(
    run: ResultStore,
    path: str | PathLike[str],
    *,
    methods: Sequence[str] = (),
    datasets: Sequence[str] = (),
    most_bytes: int = MOST_BYTES,
) -> Packed:
    """Write a run into one file without its predictions.

    Parameters
    ----------
    run : ResultStore
        The results folder.
    path : path
        The file.
    methods, datasets : sequence of str, default=()
        Patterns of the names to keep; none keeps all.
    most_bytes : int, default=1,000,000
        The largest size. Where it would be larger, tracebacks are left out, then the
        costs of single pieces of work, then the candidates of searches.

    Returns
    -------
    Packed

    Raises
    ------
    UsageError
        When a pattern matches nothing, or the file would be too large all the same.
    StoreError
        When the folder can't be read or the file not be written.
    """
    plan = _cut(run.plan(), methods, datasets)
    planned = {trial["key"] for trial in plan["trials"]}
    records = [each for key, each in run.records().items() if key in planned]
    measured = {"throughput": run.throughput(), "probes": run.probes()}
    environment = run.environment()
    environment.pop("cache", None)  # which others don't have
    values = {"plan": plan, "environment": environment, **measured}
    left_out: list[str] = []
    for what, without in ((None, None), *_LIGHTER.items()):
        if what is not None and without is not None:
            records = [without(record) for record in records]
            left_out.append(what)
        content = _packed(values | {"records": [_line(each) for each in records]})
        if len(content) <= most_bytes:
            write_file(Path(path), content)
            return Packed(Path(path), len(content), tuple(left_out))
    raise UsageError(
        f"the run takes {len(content):,} bytes packed, and a file may have "
        f"{most_bytes:,}; choose some of its methods with --method."
    )


_LIGHTER: Mapping[str, Callable[[Record], Record]] = {
    "tracebacks": lambda record: replace(record, traceback=None),
    "costs of single pieces of work": lambda record: replace(
        record, nodes={}, cached_nodes=()
    ),
    "candidates of searches": lambda record: replace(record, searches={}),
}


@contextmanager
def opened_runs(
    paths: Sequence[str | PathLike[str]],
) -> Iterator[dict[str, ResultStore]]:
    """Open results folders and packed runs; the latter for as long as the block lasts.

    Parameters
    ----------
    paths : sequence of path
        Folders that a run wrote, and files that `pack_run` did.

    Yields
    ------
    dict of str to ResultStore
        By path, as it was given.

    Raises
    ------
    StoreError
        When a file is not a packed run, or was altered.
    """
    with ExitStack() as stack:
        runs = {}
        for path in map(Path, paths):
            folder = path
            if path.is_file():
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                _unpack(path, folder)
            runs[str(path)] = ResultStore(folder)
        yield runs


def _unpack(path: Path, folder: Path) -> None:
    """Write a packed run into a folder; whatever it says is checked like a folder's."""
    try:
        content, _ = unpack(read_file(path), ".xz")
        values = without_checksum(load_strict(content), _KIND, required=True)
        lines = [dump_strict(each) for each in values["records"]]
        records = [Record.from_json(line) for line in lines]
        plan, environment = dict(values["plan"]), dict(values["environment"])
    except (DataError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{path} is not a packed run, or was altered: {error}. Make it again with "
            "mmbench pack."
        ) from error
    with ResultStore(folder).open(plan, environment) as store:
        store.extend([(record, None) for record in records])
        for name in ("throughput", "probes"):
            if values.get(name):
                getattr(store, f"keep_{name}")(values[name])


def _packed(values: Mapping[str, Any]) -> bytes:
    text = dump_strict(with_checksum(values, _KIND))
    return lzma.compress(text.encode(), preset=6)


def _line(record: Record) -> Any:
    return load_strict(record.to_json())


def _cut(
    plan: Mapping[str, Any], methods: Sequence[str], datasets: Sequence[str]
) -> dict[str, Any]:
    """Return a plan of some methods and datasets."""
    kept = {
        "methods": _chosen("method", plan["methods"], methods),
        "datasets": _chosen("dataset", plan["datasets"], datasets),
    }
    trials = [
        trial
        for trial in plan["trials"]
        if trial["method"] in kept["methods"] and trial["dataset"] in kept["datasets"]
    ]
    return {**plan, **kept, "trials": trials}


def _chosen(
    kind: str, known: Mapping[str, Any], patterns: Sequence[str]
) -> dict[str, Any]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise UsageError(
                f"no {kind} of the run matches {pattern!r}; there are: "
                f"{', '.join(known)}."
            )
    return {
        name: value
        for name, value in known.items()
        if not patterns or any(fnmatchcase(name, each) for each in patterns)
    }
