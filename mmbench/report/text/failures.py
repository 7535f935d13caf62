"""What went wrong in a run, told once however often it happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmbench.report.tables.methods import NOT_RUN, planned_records
from mmbench.results import STATUSES, Record

__all__ = ["Failure", "Warned", "failures", "status_counts", "warned"]


@dataclass(frozen=True)
class Failure:
    """Trials of one method that ended alike."""

    dataset: str
    method: str
    status: str
    reason: str
    traceback: str | None
    folds: tuple[str, ...]


@dataclass(frozen=True)
class Warned:
    """A warning that trials of one method gave."""

    dataset: str
    method: str
    message: str
    n_trials: int


def status_counts(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> dict[str, int]:
    """Return the number of planned trials by status, ``not_run`` included."""
    found = Counter(record.status for _, record in planned_records(plan, records))
    not_run = len(plan["trials"]) - found.total()
    return {status: found[status] for status in STATUSES} | {NOT_RUN: not_run}


def failures(plan: Mapping[str, Any], records: Mapping[str, Record]) -> list[Failure]:
    """Return the trials that are not ok, those of one method and reason as one.

    The traceback is that of the first.
    """
    first: dict[tuple[str, str, str, str], Record] = {}
    folds: dict[tuple[str, str, str, str], list[str]] = {}
    several = len({trial["seed"] for trial in plan["trials"]}) > 1
    for trial, record in planned_records(plan, records):
        if record.status == "ok":
            continue
        reason = record.reason or "no reason was recorded"
        alike = (trial["dataset"], trial["method"], record.status, reason)
        first.setdefault(alike, record)
        seed = f" (seed {trial['seed']})" if several else ""
        folds.setdefault(alike, []).append(f"{trial['fold']}{seed}")
    return [
        Failure(*alike, traceback=record.traceback, folds=tuple(folds[alike]))
        for alike, record in sorted(first.items(), key=lambda item: item[0])
    ]


def warned(plan: Mapping[str, Any], records: Mapping[str, Record]) -> list[Warned]:
    """Return what methods warned about, each message of a method once."""
    counts = Counter(
        (trial["dataset"], trial["method"], message)
        for trial, record in planned_records(plan, records)
        for message in dict.fromkeys(record.warnings)
    )
    return [Warned(*alike, n_trials=n) for alike, n in sorted(counts.items())]
