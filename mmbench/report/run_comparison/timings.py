"""The JSON of pytest-benchmark as a run: a name, a time, its spread."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mmbench.errors import UsageError
from mmbench.report.run_comparison.change import Change
from mmbench.report.run_comparison.speed import Shift, judged

__all__ = ["Timing", "read_timings", "timing_changes"]

_QUARTILES_OF_NORMAL = 1.349


class Timing(NamedTuple):
    """How long one benchmark takes.

    Attributes
    ----------
    median_s : float
        The median over its rounds.
    spread : float
        The standard deviation of a round over the median.
    """

    median_s: float
    spread: float


def read_timings(path: Path) -> dict[str, Timing]:
    """Read what ``pytest --benchmark-json`` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of str to Timing
        By the benchmark's full name.

    Raises
    ------
    UsageError
        When it is not such a file.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = {
            str(each.get("fullname") or each["name"]): _timing(each["stats"])
            for each in content["benchmarks"]
        }
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path} is not the JSON of pytest-benchmark (pytest --benchmark-json)."
        ) from error
    return found


def timing_changes(
    base: Mapping[str, Timing], new: Mapping[str, Timing], max_slowdown: float
) -> list[Change]:
    """Compare the benchmarks that both files have.

    Parameters
    ----------
    base, new : mapping of str to Timing
        What `read_timings` returned.
    max_slowdown : float
        How many times slower is too much.

    Returns
    -------
    list of Change
        Their error is the spread of single rounds, inside each.
    """
    return [
        judged(
            Shift(
                pair=("", name),
                what="time",
                base=base[name].median_s,
                new=new[name].median_s,
                log_ratio=math.log(new[name].median_s / base[name].median_s),
                error=math.hypot(base[name].spread, new[name].spread),
                how="pytest-benchmark",
            ),
            sum(each in new for each in base),
            max_slowdown,
        )
        for name in base
        if name in new
    ]


def _timing(stats: Mapping[str, Any]) -> Timing:
    median = float(stats["median"])
    if not median > 0:
        raise ValueError("a benchmark must take time.")
    # A round that was interrupted makes the deviation useless, the quartiles not.
    if stats.get("iqr") is not None:
        return Timing(median, float(stats["iqr"]) / _QUARTILES_OF_NORMAL / median)
    return Timing(median, float(stats["stddev"]) / median)
