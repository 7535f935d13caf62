"""Two runs side by side, on what they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from mmbench.errors import UsageError
from mmbench.presentation.numbers import count_text
from mmbench.report.plan_reading import task_of
from mmbench.report.run_comparison.change import Changes, Lost
from mmbench.report.run_comparison.coverage import changed_datasets, lost_pairs
from mmbench.report.run_comparison.pairing import Side
from mmbench.report.run_comparison.quality import quality_changes
from mmbench.report.run_comparison.speed import speed_changes
from mmbench.report.run_comparison.timings import read_timings, timing_changes
from mmbench.results import ResultStore
from mmbench.results.plan import ranking_metric

__all__ = ["compare_runs"]

# What a machine is, as far as its speed goes.
_MACHINE = ("cpu", "n_cores", "threads_per_job")
_MOST_NAMED = 3


def compare_runs(
    base: str | PathLike[str],
    new: str | PathLike[str],
    *,
    max_drop: Mapping[str, float] | None = None,
    max_slowdown: float = 1.2,
) -> Changes:
    """Compare two runs: what got better, what got worse, and what is missing.

    Parameters
    ----------
    base, new : path
        Two results folders, or two JSON files of pytest-benchmark.
    max_drop : mapping of str to float, optional
        The metrics to compare, and for each the drop that is too much. A drop is a
        regression when it is significant and may be that large. By default, any
        significant drop of the metric that ranks on a dataset.
    max_slowdown : float, default=1.2
        How many times slower is too much.

    Returns
    -------
    Changes
        Without any change where the two have nothing in common.

    Raises
    ------
    UsageError
        When one is a folder and the other a file, a metric is in neither, or a limit
        makes no sense.
    StoreError
        When a folder is not a results folder or can't be read.
    """
    _check_limits(max_drop or {}, max_slowdown)
    paths = Path(base), Path(new)
    for path in paths:
        if not path.exists():
            raise UsageError(f"there is no {path}.")
    if paths[0].is_dir() != paths[1].is_dir():
        raise UsageError("BASE and NEW must be two folders or two files, not one each.")
    if not paths[0].is_dir():
        return _compare_timings(paths[0], paths[1], max_slowdown)
    sides = _side(paths[0]), _side(paths[1])
    return _compare_folders(*sides, max_drop, max_slowdown)


def _check_limits(max_drop: Mapping[str, float], max_slowdown: float) -> None:
    if not max_slowdown >= 1:
        raise UsageError(f"max_slowdown must be at least 1, got {max_slowdown}.")
    for metric, drop in max_drop.items():
        if not drop >= 0:
            raise UsageError(f"max_drop of {metric} must be at least 0, got {drop}.")


def _side(path: Path) -> Side:
    store = ResultStore(path)
    return Side(store, store.plan(), store.records())


def _compare_timings(base: Path, new: Path, max_slowdown: float) -> Changes:
    timings, others = read_timings(base), read_timings(new)
    changes = timing_changes(timings, others, max_slowdown)
    lost = tuple(Lost("", n, 1, 0, "not in NEW") for n in timings if n not in others)
    notes = tuple(_only_new("benchmark", [*timings], [*others]))
    return Changes((), tuple(changes), lost, notes)


def _compare_folders(
    base: Side, new: Side, max_drop: Mapping[str, float] | None, max_slowdown: float
) -> Changes:
    compared = _compared(base, new, max_drop)
    if max_drop is None:
        max_drop = dict.fromkeys((m for found in compared.values() for m in found), 0.0)
    changed = changed_datasets(base, new)
    names = {each.dataset for each in changed}
    sides = [_pairs(side) for side in (base, new)]
    pairs = [pair for pair in sides[0] if pair in sides[1] and pair[0] not in names]
    lost = (*changed, *lost_pairs(base, new, names))
    coverage = (
        f"Compared {count_text(len(pairs), 'pair')} of dataset and method (of "
        f"{len(sides[0])} in BASE, {len(sides[1])} in NEW)."
    )
    notes = [
        coverage,
        *_only_new("pair", *([" on ".join(p[::-1]) for p in side] for side in sides)),
        *_changed_methods(base.plan, new.plan, {method for _, method in pairs}),
    ]
    quality = tuple(quality_changes(base, new, pairs, max_drop, compared))
    machines = [side.store.environment() for side in (base, new)]
    other = [
        part for part in _MACHINE if machines[0].get(part) != machines[1].get(part)
    ]
    if other:
        notes.append(
            "Speeds are not compared: the runs used different machines or settings "
            f"({', '.join(other)})."
        )
        return Changes(quality, (), lost, tuple(notes))
    speed, why = speed_changes(base, new, pairs, max_slowdown)
    return Changes(quality, tuple(speed), lost, (*notes, *why))


def _compared(
    base: Side, new: Side, max_drop: Mapping[str, float] | None
) -> dict[str, tuple[str, ...]]:
    """Return the metrics to compare on each dataset, or raise a `UsageError`."""
    tasks = {name: task_of(name, e) for name, e in base.plan["datasets"].items()}
    if max_drop is None:
        return {
            name: (ranking_metric(base.plan, name) or task.main_metric,)
            for name, task in tasks.items()
        }
    scored = [metric for side in (base, new) for metric in side.plan.get("scoring", ())]
    computed = [m.name for t in tasks.values() for m in t.metrics if m.has_interval]
    known = dict.fromkeys([*scored, *computed])
    for metric in max_drop:
        if metric not in known:
            raise UsageError(
                f"{metric!r} was scored in neither run; there are: {', '.join(known)}."
            )
    return dict.fromkeys(tasks, tuple(max_drop))


def _pairs(side: Side) -> list[tuple[str, str]]:
    """Return the datasets and methods with at least one trial that is ok."""
    return list(
        dict.fromkeys(
            (trial["dataset"], trial["method"])
            for trial in side.plan["trials"]
            if trial["key"] in side.records
            and side.records[trial["key"]].status == "ok"
        )
    )


def _only_new(noun: str, base: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    added = [name for name in new if name not in base]
    if added:
        yield f"Only in NEW: {count_text(len(added), noun)}: {_some(added)}."


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{', '.join(names[:_MOST_NAMED])}{rest}"


def _changed_methods(
    base: Mapping[str, Any], new: Mapping[str, Any], names: set[str]
) -> Iterator[str]:
    changed = sorted(
        name
        for name in names
        if base["methods"][name].get("digest") != new["methods"][name].get("digest")
    )
    if changed:
        yield (
            f"{count_text(len(changed), 'method')} of the same name but with "
            f"different parameters: {_some(changed)}."
        )
