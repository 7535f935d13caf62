"""Failures and warnings of a run, those alike as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmbench.report.tables.methods import NOT_RUN, planned_records
from mmbench.results import STATUSES, Record

__all__ = ["Failure", "Warned", "failures", "status_counts", "warned"]

_N_NAMED = 3


@dataclass(frozen=True)
class Failure:
    """Trials of one method that ended alike, or of all methods that lacked the same.

    Attributes
    ----------
    dataset, method : str
        Their names; of several methods how many there are, and the first ones.
    status : str
        ``failed``, ``timed_out`` or ``skipped``.
    reason : str
        In one sentence.
    traceback : str or None
        Of the first of the trials, if it left one.
    folds : tuple of str
        The numbers of the folds, with the seed where there are several.
    """

    dataset: str
    method: str
    status: str
    reason: str
    traceback: str | None
    folds: tuple[str, ...]


@dataclass(frozen=True)
class Warned:
    """A warning that trials of one method gave.

    Attributes
    ----------
    dataset, method : str
        Their names.
    message : str
        What the warning says.
    n_trials : int
        How many trials gave it.
    """

    dataset: str
    method: str
    message: str
    n_trials: int


def status_counts(
    plan: Mapping[str, Any], records: Mapping[str, Record]
) -> dict[str, int]:
    """Return the number of planned trials by status, ``not_run`` included.

    Parameters
    ----------
    plan : mapping of str to object
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.

    Returns
    -------
    dict of str to int
        Every status, those that no trial has included.
    """
    found = Counter(record.status for _, record in planned_records(plan, records))
    not_run = len(plan["trials"]) - found.total()
    return {status: found[status] for status in STATUSES} | {NOT_RUN: not_run}


def failures(plan: Mapping[str, Any], records: Mapping[str, Record]) -> list[Failure]:
    """Return the trials that are not ok, those of one method and reason as one.

    The traceback is that of the first. Methods that were skipped for the same reason
    are one, too, after all others.

    Parameters
    ----------
    plan : mapping of str to object
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.

    Returns
    -------
    list of Failure
        Sorted by dataset, method, status and reason.
    """
    first: dict[tuple[str, str, str, str], Record] = {}
    folds: dict[tuple[str, str, str, str], dict[str, None]] = {}
    names: dict[tuple[str, str, str, str], dict[str, None]] = {}
    several = len({trial["seed"] for trial in plan["trials"]}) > 1
    for trial, record in planned_records(plan, records):
        if record.status == "ok":
            continue
        reason = record.reason or "no reason was recorded"
        method = "" if record.status == "skipped" else trial["method"]
        alike = (trial["dataset"], method, record.status, reason)
        first.setdefault(alike, record)
        names.setdefault(alike, {})[trial["method"]] = None
        seed = f" (seed {trial['seed']})" if several else ""
        folds.setdefault(alike, {})[f"{trial['fold']}{seed}"] = None
    ranked = sorted(first, key=lambda each: (each[0], each[2] == "skipped", each))
    return [
        Failure(
            dataset=alike[0],
            method=_named(list(names[alike])),
            status=alike[2],
            reason=alike[3],
            traceback=first[alike].traceback,
            folds=tuple(folds[alike]),
        )
        for alike in ranked
    ]


def _named(methods: Sequence[str]) -> str:
    if len(methods) == 1:
        return methods[0]
    more = f" and {len(methods) - _N_NAMED} more" if len(methods) > _N_NAMED else ""
    return f"{len(methods)} methods ({', '.join(methods[:_N_NAMED])}{more})"


def warned(plan: Mapping[str, Any], records: Mapping[str, Record]) -> list[Warned]:
    """Return what methods warned about, each message of a method once.

    Parameters
    ----------
    plan : mapping of str to object
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.

    Returns
    -------
    list of Warned
        Sorted by dataset, method and message.
    """
    counts = Counter(
        (trial["dataset"], trial["method"], message)
        for trial, record in planned_records(plan, records)
        for message in dict.fromkeys(record.warnings)
    )
    return [Warned(*alike, n_trials=n) for alike, n in sorted(counts.items())]
