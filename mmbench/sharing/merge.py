"""Several results folders as one: other methods, other seeds, other machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

from mmbench.errors import AlteredError, StoreError, UsageError
from mmbench.presentation.numbers import count_text
from mmbench.results import Predictions, Record, ResultStore
from mmbench.sharing.merged_plan import merged_environment, merged_plan

__all__ = ["merge_runs"]

_AT_ONCE = 200


def merge_runs(runs: Mapping[str, ResultStore], out: str | PathLike[str]) -> list[str]:
    """Write what several runs did into a new results folder.

    Parameters
    ----------
    runs : mapping of str to ResultStore
        The results folders by what messages call them; they are only read.
    out : path
        The new folder.

    Returns
    -------
    list of str
        What the runs disagree about, a sentence each: the answer of an earlier folder
        counts.

    Raises
    ------
    UsageError
        When there is a run in `out`, or the runs differ in metrics, splits, or in a
        dataset or method of one name.
    StoreError
        When a folder can't be read, or `out` not be written.
    """
    target = ResultStore(out)
    if target.exists():
        raise UsageError(f"--out {out} already holds a run; give a new folder.")
    notes = _merge(runs, target)
    for inside in (ResultStore.retrainings, ResultStore.learning_curve):
        further = {name: inside.__get__(run) for name, run in runs.items()}
        further = {name: run for name, run in further.items() if run.exists()}
        if further:
            _merge(further, inside.__get__(target))
    return notes


def _merge(runs: Mapping[str, ResultStore], target: ResultStore) -> list[str]:
    stores = [*runs.values()]
    plan = merged_plan({name: run.plan() for name, run in runs.items()})
    environments = [run.environment() for run in stores]
    chosen = _Chosen.of(runs, {trial["key"] for trial in plan["trials"]})
    with target.open(plan, merged_environment(environments)) as store:
        for start in range(0, len(chosen.entries), _AT_ONCE):
            part = chosen.entries[start : start + _AT_ONCE]
            store.extend([(record, _kept(run, record)) for run, record in part])
        for read, keep in (
            (ResultStore.throughput, store.keep_throughput),
            (ResultStore.probes, store.keep_probes),
            (ResultStore.slices, store.keep_slices),
            (ResultStore.samples, store.keep_samples),
        ):
            _keep_measured([read(run) for run in stores], keep)
    return [*chosen.notes, *_other_versions(environments)]


class _Chosen(NamedTuple):
    """The record that counts for each trial, and what was decided about others.

    Attributes
    ----------
    entries : list of (ResultStore, Record)
        In the order of the runs.
    notes : list of str
        What the runs disagree about.
    """

    entries: list[tuple[ResultStore, Record]]
    notes: list[str]

    @classmethod
    def of(cls, runs: Mapping[str, ResultStore], planned: set[str]) -> _Chosen:
        """Choose: what is ok before what is not, an earlier run before a later one."""
        found: dict[str, tuple[str, Record]] = {}
        disputed: dict[tuple[str, str], int] = {}
        for name, run in runs.items():
            for key, record in run.records().items():
                if key not in planned:
                    continue
                other = found.get(key)
                if other is None or (other[1].status != "ok" and record.status == "ok"):
                    found[key] = name, record
                elif _disagree(other[1], record):
                    pair = other[0], name
                    disputed[pair] = disputed.get(pair, 0) + 1
        notes = [
            f"{count_text(n, 'trial')} of {one} and {other} have different answers; "
            f"those of {one} are kept."
            for (one, other), n in disputed.items()
        ]
        entries = [(runs[name], record) for name, record in found.values()]
        return cls(entries, notes)


def _disagree(one: Record, other: Record) -> bool:
    both_ok = one.status == other.status == "ok"
    sums = {each.predictions_sha256 for each in (one, other)} - {None}
    return both_ok and (len(sums) > 1 or one.scores != other.scores)


def _kept(run: ResultStore, record: Record) -> Predictions | None:
    """Return the predictions of a record, None of one that comes without them."""
    if record.status != "ok":
        return None
    try:
        return run.predictions(record.key)
    except AlteredError:
        raise
    except StoreError:
        return None


def _keep_measured(
    found: Sequence[Mapping[str, Any]], keep: Callable[[Mapping[str, Any]], None]
) -> None:
    """Join what was measured by dataset and method; nothing is written of nothing."""
    joined: dict[str, Any] = {}
    for each in found:
        for dataset, values in each.items():
            joined[dataset] = {**values, **joined.get(dataset, {})}
    if joined:
        keep(joined)


def _other_versions(environments: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Name the packages whose versions differ."""
    versions = [each.get("versions") or {} for each in environments]
    for package in dict.fromkeys(name for each in versions for name in each):
        found = dict.fromkeys(str(each.get(package, "none")) for each in versions)
        if len(found) > 1:
            yield f"{package} differs in version: {', '.join(found)}."
