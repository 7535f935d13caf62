"""How a results folder shows itself in a notebook."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from mmbench.results.record import Record

__all__ = ["summary_html"]

_MOST_ROWS = 10
_METRICS = ("f1_macro", "accuracy")


def summary_html(plan: Mapping[str, Any], records: Mapping[str, Record]) -> str:
    """Return a small table of how far a run is and what leads, as HTML.

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
    metric = next((m for m in _METRICS if m in plan.get("scoring", ())), _METRICS[0])
    planned: dict[tuple[str, str], list[Record | None]] = defaultdict(list)
    for trial in plan["trials"]:
        planned[trial["dataset"], trial["method"]].append(records.get(trial["key"]))
    rows: list[str] = []
    for dataset in dict.fromkeys(name for name, _ in planned):
        here = {m: found for (name, m), found in planned.items() if name == dataset}
        rows += _dataset_rows(dataset, here, metric)
    head = "".join(f"<th>{name}</th>" for name in ("dataset", "method", metric, "ok"))
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
    dataset: str, methods: Mapping[str, Sequence[Record | None]], metric: str
) -> Iterable[str]:
    """Return the rows of the best methods; complete ones stand first."""
    found = []
    for method, trials in methods.items():
        scores = [
            r.scores.get(metric) for r in trials if r is not None and r.status == "ok"
        ]
        known = [score for score in scores if score is not None]
        mean = math.fsum(known) / len(known) if known else -math.inf
        found.append((len(known) == len(trials), mean, method, len(known), len(trials)))
    found.sort(key=lambda each: (not each[0], -each[1], each[2]))
    for _, mean, method, n_ok, n_planned in found[:_MOST_ROWS]:
        score = f"{mean:.3f}" if math.isfinite(mean) else "\N{EN DASH}"
        cells = (escape(dataset), escape(method), score, f"{n_ok}/{n_planned}")
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    if len(found) > _MOST_ROWS:
        yield f"<tr><td colspan=4>and {len(found) - _MOST_ROWS} more</td></tr>"
