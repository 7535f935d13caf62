"""Two runs side by side, on what they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from mmbench.errors import UsageError
from mmbench.presentation.numbers import count_text
from mmbench.report.plan_reading import task_of
from mmbench.report.run_comparison.change import Changes
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
    """Tell what got better, what got worse, and what can't be told, between two runs.

    Parameters
    ----------
    base, new : path
        Two results folders, or two JSON files of pytest-benchmark.
    max_drop : mapping of str to float, optional
        The metrics to compare, and for each the drop that is too much. A drop is told
        as one when it is more than noise and may be that large. By default, any drop of
        the metric that ranks on a dataset.
    max_slowdown : float, default=1.2
        How many times slower is too much.

    Returns
    -------
    Changes

    Raises
    ------
    UsageError
        When one is a folder and the other a file, they have nothing in common, a metric
        is in neither, or a limit makes no sense.
    StoreError
        When a folder is no results folder or can't be read.
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
    if not changes:
        raise UsageError("the two files have no benchmark in common.")
    notes = tuple(_only("benchmark", [*timings], [*others]))
    return Changes(quality=(), speed=tuple(changes), notes=notes)


def _compare_folders(
    base: Side, new: Side, max_drop: Mapping[str, float] | None, max_slowdown: float
) -> Changes:
    compared = _compared(base, new, max_drop)
    if max_drop is None:
        max_drop = dict.fromkeys((m for found in compared.values() for m in found), 0.0)
    sides = [_pairs(side) for side in (base, new)]
    shared = [pair for pair in sides[0] if pair in sides[1]]
    changed = dict(_changed_datasets(base.plan, new.plan, {name for name, _ in shared}))
    pairs = [pair for pair in shared if pair[0] not in changed]
    if not shared:
        raise UsageError("the two runs have no method on a dataset in common.")
    coverage = (
        f"Compared are {len(pairs)} of the {len(sides[0])} pairs of dataset and method "
        f"in BASE and of the {len(sides[1])} in NEW."
    )
    notes = [
        coverage,
        *_only("pair", *([" on ".join(pair[::-1]) for pair in side] for side in sides)),
        *changed.values(),
        *_changed_methods(base.plan, new.plan, {method for _, method in pairs}),
    ]
    quality = quality_changes(base, new, pairs, max_drop, compared)
    machines = [side.store.environment() for side in (base, new)]
    other = [
        part for part in _MACHINE if machines[0].get(part) != machines[1].get(part)
    ]
    if other:
        notes.append(
            "Speeds are not compared: the runs are of different machines or settings "
            f"({', '.join(other)})."
        )
        return Changes(tuple(quality), (), tuple(notes))
    speed = speed_changes(base, new, pairs, max_slowdown)
    return Changes(tuple(quality), tuple(speed), tuple(notes))


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


def _only(noun: str, base: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for where, names, others in (("BASE", base, new), ("NEW", new, base)):
        alone = [name for name in names if name not in others]
        if alone:
            more = len(alone) - _MOST_NAMED
            rest = f" and {more} more" if more > 0 else ""
            named = ", ".join(alone[:_MOST_NAMED])
            yield f"Only in {where}: {count_text(len(alone), noun)}: {named}{rest}."


def _changed_datasets(
    base: Mapping[str, Any], new: Mapping[str, Any], names: set[str]
) -> Iterator[tuple[str, str]]:
    for name in sorted(names):
        for part in ("checksum", "version"):
            before, after = (str(p["datasets"][name].get(part)) for p in (base, new))
            if before != after:
                why = (
                    f"{name} is not compared: its {part} is {before[:20]} in BASE and "
                    f"{after[:20]} in NEW, so its samples can't be paired."
                )
                yield name, why
                break


def _changed_methods(
    base: Mapping[str, Any], new: Mapping[str, Any], names: set[str]
) -> Iterator[str]:
    changed = sorted(
        name
        for name in names
        if base["methods"][name].get("digest") != new["methods"][name].get("digest")
    )
    if changed:
        more = len(changed) - _MOST_NAMED
        rest = f" and {more} more" if more > 0 else ""
        yield (
            f"{count_text(len(changed), 'method')} of the same name but with other "
            f"parameters: {', '.join(changed[:_MOST_NAMED])}{rest}."
        )
