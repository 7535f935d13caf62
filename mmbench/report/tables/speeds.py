"""The table of what was measured with the machine to itself."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mmbench.report.tables.methods import MethodRow

__all__ = [
    "SpeedRow",
    "measured_alone",
    "speed_rows",
    "speed_table",
    "untimed",
    "with_speeds",
]


class SpeedRow(NamedTuple):
    """How fast a method answers with the machine to itself, NaN where not measured.

    The fields are the columns of ``tables/throughput.csv``, in their order.

    Attributes
    ----------
    dataset, method : str
        Their names.
    n_rows : float
        Rows of the batch that was timed.
    samples_per_s, samples_per_s_q1, samples_per_s_q3 : float
        Throughput over repeats: the median and the quartiles.
    latency_p50_s, latency_p95_s : float
        Time to answer for one row.
    repeats, threads : float
        How it was timed.
    model_bytes : float
        Size of what was learnt.
    queries_per_s : float
        Queries answered and ranked a second, where a task ranks; the column is left
        out where none does.
    """

    dataset: str
    method: str
    n_rows: float
    samples_per_s: float
    samples_per_s_q1: float
    samples_per_s_q3: float
    latency_p50_s: float
    latency_p95_s: float
    repeats: float
    threads: float
    model_bytes: float
    queries_per_s: float


_FIELDS = SpeedRow._fields


def speed_table(
    measured: Mapping[str, Mapping[str, Any]],
) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Return the columns and the rows of ``tables/throughput.csv``.

    Parameters
    ----------
    measured : mapping
        Dataset to method to measurements by name.

    Returns
    -------
    tuple of (sequence of str, list of tuple)
        Queries a second only where a task ranks.
    """
    rows = speed_rows(measured)
    is_ranking = any(not math.isnan(row.queries_per_s) for row in rows)
    n = len(_FIELDS) if is_ranking else len(_FIELDS) - 1
    return _FIELDS[:n], [row[:n] for row in rows]


def speed_rows(measured: Mapping[str, Mapping[str, Any]]) -> list[SpeedRow]:
    """Return a row per dataset and method of ``throughput.json``, the fastest first.

    Parameters
    ----------
    measured : mapping
        Dataset to method to measurements by name.

    Returns
    -------
    list of SpeedRow

    Examples
    --------
    >>> speeds = {"slow": {"samples_per_s": 10.0}, "fast": {"samples_per_s": 99.0}}
    >>> [row.method for row in speed_rows({"glyphs": speeds})]
    ['fast', 'slow']
    """
    return [
        SpeedRow(dataset, method, *(speed.get(name, math.nan) for name in _FIELDS[2:]))
        for dataset, methods in sorted(measured.items())
        for method, speed in sorted(
            methods.items(), key=lambda item: -item[1].get("samples_per_s", 0.0)
        )
        if "reason" not in speed
    ]


def untimed(methods: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the methods of a dataset that could not be timed, each with its reason.

    Parameters
    ----------
    methods : mapping of str to mapping of str to object
        What ``throughput.json`` says of each method.

    Returns
    -------
    list of (str, str)
        Method and reason, sorted.

    Examples
    --------
    >>> untimed({"fast": {"samples_per_s": 99.0}, "bad": {"reason": "it died"}})
    [('bad', 'it died')]
    """
    return sorted(
        (method, str(speed["reason"]))
        for method, speed in methods.items()
        if "reason" in speed
    )


def with_speeds(
    rows: Sequence[MethodRow], measured: Mapping[str, Mapping[str, Any]]
) -> list[MethodRow]:
    """Return methods with the one speed that a report shows of each.

    Parameters
    ----------
    rows : sequence of MethodRow
        The methods on all datasets.
    measured : mapping
        What ``throughput.json`` holds: dataset to method to measurements by name.

    Returns
    -------
    list of MethodRow
        With `MethodRow.samples_per_s`; NaN where it is not known.
    """
    names = {row.dataset for row in rows}
    alone = {
        name: measured[name]
        for name in names & measured.keys()
        if measured_alone((row for row in rows if row.dataset == name), measured[name])
    }

    def speed(row: MethodRow) -> float:
        found = alone[row.dataset].get(row.method, {})
        return float(found.get("samples_per_s", math.nan))

    return [
        row._replace(samples_per_s=speed(row)) if row.dataset in alone else row
        for row in rows
    ]


def measured_alone(
    rows: Iterable[MethodRow], measured: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Return whether a report shows speeds as measured alone, not those of trials.

    Parameters
    ----------
    rows : iterable of MethodRow
        The methods on one dataset.
    measured : mapping of str to mapping
        What ``throughput.json`` holds of that dataset.

    Returns
    -------
    bool
        For all methods or for none, so that no two of different origin are compared.
    """
    complete = {row.method for row in rows if row.is_complete}
    return bool(complete) and measured.keys() >= complete
