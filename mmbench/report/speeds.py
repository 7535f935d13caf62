"""The table of what was measured with the machine to itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SPEED_COLUMNS = (
    "dataset",
    "method",
    "n_rows",
    "samples_per_s",
    "samples_per_s_q1",
    "samples_per_s_q3",
    "latency_p50_s",
    "latency_p95_s",
    "repeats",
    "threads",
    "model_bytes",
)


def speed_rows(measured: Mapping[str, Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Return a row per dataset and method of ``throughput.json``, the fastest first.

    Parameters
    ----------
    measured : mapping
        Dataset to method to measurements by name; one that is absent gives an empty
        cell.

    Returns
    -------
    list of tuple
        Cells in the order of :data:`SPEED_COLUMNS`.

    Examples
    --------
    >>> speeds = {"slow": {"samples_per_s": 10.0}, "fast": {"samples_per_s": 99.0}}
    >>> [row[1] for row in speed_rows({"glyphs": speeds})]
    ['fast', 'slow']
    """
    return [
        (dataset, method, *(speed.get(name, "") for name in SPEED_COLUMNS[2:]))
        for dataset, methods in sorted(measured.items())
        for method, speed in sorted(
            methods.items(), key=lambda item: -item[1].get("samples_per_s", 0.0)
        )
    ]
