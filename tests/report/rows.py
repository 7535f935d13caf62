"""Methods on a made-up dataset, and how they are ranked."""

from collections.abc import Iterable, Mapping
from typing import Any

from mmbench.report.judging.leaderboard import Leaderboard, leaderboard
from mmbench.report.tables.methods import MethodRow
from mmbench.tasks import TASKS


def make_row(
    method: str,
    scores: Mapping[str, float],
    stds: Mapping[str, float] | None = None,
    **changes: Any,
) -> MethodRow:
    values: dict[str, Any] = {
        "dataset": "d",
        "modalities": "text",
        "extractors": "",
        "fusion": "none",
        "classifier": "",
        "n_ok": 5,
        "n_planned": 5,
        "is_floor": method == "dummy",
    }
    return MethodRow(
        method=method, scores=scores, stds=stds or {}, **(values | changes)
    )


def ranked(
    rows: Iterable[MethodRow],
    task: str = "classification",
    ranked_by: str | None = None,
) -> Leaderboard:
    found = TASKS[task]
    return leaderboard(rows, found, found.metrics, ranked_by)
