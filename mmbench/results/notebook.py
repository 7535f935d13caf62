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
# Where samples may have several labels, these stand beside the one that ranks.
_BESIDE = ("f1_micro", "average_precision_macro")


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
    metrics = _shown(plan)
    planned: dict[tuple[str, str], list[Record | None]] = defaultdict(list)
    for trial in plan["trials"]:
        planned[trial["dataset"], trial["method"]].append(records.get(trial["key"]))
    rows: list[str] = []
    for dataset in dict.fromkeys(name for name, _ in planned):
        here = {m: found for (name, m), found in planned.items() if name == dataset}
        rows += _dataset_rows(dataset, here, metrics)
    names = ("dataset", "method", *metrics, "ok")
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


def _shown(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the metrics to show, the one that ranks first."""
    scoring = plan.get("scoring", ())
    leading = next((name for name in _METRICS if name in scoring), _METRICS[0])
    if not any(entry.get("is_multilabel") for entry in plan["datasets"].values()):
        return (leading,)
    return (leading, *(name for name in _BESIDE if name in scoring))


def _dataset_rows(
    dataset: str, methods: Mapping[str, Sequence[Record | None]], metrics: Sequence[str]
) -> Iterable[str]:
    """Return the rows of the best methods; complete ones stand first."""
    found = []
    for method, trials in methods.items():
        ok = [r for r in trials if r is not None and r.status == "ok"]
        means = [_mean(r.scores.get(metric) for r in ok) for metric in metrics]
        n_ok = sum(record.scores.get(metrics[0]) is not None for record in ok)
        found.append((n_ok == len(trials), means, method, n_ok, len(trials)))
    found.sort(key=lambda each: (not each[0], -each[1][0], each[2]))
    for _, means, method, n_ok, n_planned in found[:_MOST_ROWS]:
        scores = (f"{m:.3f}" if math.isfinite(m) else "\N{EN DASH}" for m in means)
        cells = (escape(dataset), escape(method), *scores, f"{n_ok}/{n_planned}")
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    if len(found) > _MOST_ROWS:
        n_more, n_columns = len(found) - _MOST_ROWS, len(metrics) + 3
        yield f"<tr><td colspan={n_columns}>and {n_more} more</td></tr>"


def _mean(scores: Iterable[float | None]) -> float:
    """Return the mean, less than any where there is none or some are not known."""
    found = list(scores)
    known = [score for score in found if score is not None]
    return math.fsum(known) / len(known) if known and known == found else -math.inf
