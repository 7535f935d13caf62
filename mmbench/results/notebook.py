"""How a results folder shows itself in a notebook."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from mmbench.results.plan import greater_is_better, ranking_metric
from mmbench.results.record import Record

__all__ = ["summary_html"]

_MOST_ROWS = 10


def summary_html(plan: Mapping[str, Any], records: Mapping[str, Record]) -> str:
    """Return a small HTML table of how far a run has got and which methods lead.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    records : mapping of str to Record
        The last record of each key.

    Returns
    -------
    str
        The ten best methods of each dataset, by the mean over the trials that are ok,
        with how many of those planned these are. All text is escaped.
    """
    planned: dict[tuple[str, str], list[Record | None]] = defaultdict(list)
    for trial in plan["trials"]:
        planned[trial["dataset"], trial["method"]].append(records.get(trial["key"]))
    rows: list[str] = []
    for dataset in dict.fromkeys(name for name, _ in planned):
        here = {m: found for (name, m), found in planned.items() if name == dataset}
        rows += _dataset_rows(dataset, here, plan)
    names = ("dataset", "method", "score", "mean", "ok")
    head = "".join(f"<th>{name}</th>" for name in names)
    return (
        f"<p><b>{escape(str(plan.get('suite', '')))}</b>: {_progress(plan, records)}"
        f"</p><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}"
        "</tbody></table>"
    )


def _progress(plan: Mapping[str, Any], records: Mapping[str, Record]) -> str:
    keys = [trial["key"] for trial in plan["trials"]]
    counts = Counter(records[key].status for key in keys if key in records)
    told = [f"{n:,} {status.replace('_', ' ')}" for status, n in counts.items()]
    left = len(keys) - counts.total()
    if left:
        told.append(f"{left:,} to do")
    return f"{', '.join(told) or 'nothing'} of {len(keys):,} trials"


def _dataset_rows(
    dataset: str,
    methods: Mapping[str, Sequence[Record | None]],
    plan: Mapping[str, Any],
) -> Iterable[str]:
    """Return the rows of the best methods; complete ones stand first."""
    metric = ranking_metric(plan, dataset) or ""
    sign = 1 if greater_is_better(plan, metric) else -1
    found = []
    for method, trials in methods.items():
        ok = [r for r in trials if r is not None and r.status == "ok"]
        mean = _mean(r.scores.get(metric) for r in ok)
        order = sign * mean if math.isfinite(mean) else -math.inf
        n_ok = sum(record.scores.get(metric) is not None for record in ok)
        found.append((n_ok != len(trials), -order, method, mean, n_ok, len(trials)))
    for *_, method, mean, n_ok, n_planned in sorted(found)[:_MOST_ROWS]:
        score = f"{mean:.4g}" if math.isfinite(mean) else "\N{EN DASH}"
        cells = (*map(escape, (dataset, method, metric)), score, f"{n_ok}/{n_planned}")
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    if len(found) > _MOST_ROWS:
        yield f"<tr><td colspan=5>and {len(found) - _MOST_ROWS} more</td></tr>"


def _mean(scores: Iterable[float | None]) -> float:
    """Return the mean, NaN where there is none or some are not known."""
    found = list(scores)
    known = [score for score in found if score is not None]
    return math.fsum(known) / len(known) if known and known == found else math.nan
