"""Tuned methods beside their defaults, as a report shows them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from mmbench.presentation.numbers import NOTHING, count_text, p_text, score_text
from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.content import Content
from mmbench.report.document import Block, Cell, Figures, Heading, Paragraph, Table
from mmbench.report.figures.tuning import tuning_figure
from mmbench.report.judging.tuning import TuningRow
from mmbench.report.sections import Section
from mmbench.report.text.differences import difference_text, signed_text, unit_text
from mmbench.tasks import Metric

__all__ = ["tuning_blocks"]

_MOST = 8
_HOW = {"halving": "by successive halving ", "optuna": "by Optuna "}


def tuning_blocks(section: Section, content: Content) -> Iterator[Block]:
    """Show what tuning added to each method, and what it cost.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    content : Content
        All else that the report says.

    Yields
    ------
    Block
        A summary in words, a table of the methods, and how far each search came.
    """
    metric, rows = section.on_dataset.compared_by, section.tuning
    if metric is None or not rows:
        return
    yield Paragraph([_summary(rows, metric)])
    unit = f", {unit_text(metric)}" if metric.is_share else ""
    yield Table(
        name=f"Tuned methods on {section.name}",
        caption=f"{metric.label} of methods untuned and tuned",
        legend="; intervals are simultaneous over the methods (95 %); 'chosen': in how "
        "many trials another candidate than the default was",
        headings=[
            Heading("method", is_number=False),
            Heading("default", greater_is_better=metric.greater_is_better),
            Heading("tuned", greater_is_better=metric.greater_is_better),
            Heading(f"gain{unit}"),
            Heading("95 % CI", is_number=False),
            Heading("p", greater_is_better=False),
            Heading("conclusion", is_number=False, is_aside=True),
            Heading("chosen"),
            Heading("cost to fit", "times the default's", greater_is_better=False),
        ],
        rows=[_cells(row, metric) for row in rows],
    )
    best = [row.method for row in sorted(rows, key=lambda row: -row.tuned)]
    if not metric.greater_is_better:
        best.reverse()
    shown = [each for each in section.tuning_curves if each.method in best[:_MOST]]
    if shown:
        drawn = tuning_figure(shown, content.names)
        yield Figures(section.slug, section.name, [drawn])


def _summary(rows: Sequence[TuningRow], metric: Metric) -> Sentence:
    counts = Counter(row.conclusion for row in rows)
    n_tried = max(row.n_candidates for row in rows)
    gain = difference_text(metric, median(row.estimate for row in rows))
    costs = [row.cost_ratio for row in rows if not math.isnan(row.cost_ratio)]
    cost = f" at {median(costs):.0f} times the cost to fit" if costs else ""
    said = (
        f"Tuned {_HOW.get(rows[0].tuner, '')}among {n_tried} candidates each, "
        f"{count_text(len(rows), 'method')}: "
        f"{counts['better']} better, {counts['worse']} worse, "
        f"{counts['equivalent']} equivalent; the median gain is {gain}{cost}."
    )
    return (said,)


def _cells(row: TuningRow, metric: Metric) -> list[Cell]:
    low, high = (signed_text(metric, each) for each in (row.low, row.high))
    p = p_text(row.p_value).removeprefix("p ").removeprefix("= ")
    cost = NOTHING if math.isnan(row.cost_ratio) else f"{row.cost_ratio:.1f}"
    return [
        Cell(Name(row.method), row.method),
        Cell(score_text(row.default), row.default),
        Cell(score_text(row.tuned), row.tuned),
        Cell(signed_text(metric, row.estimate), row.estimate),
        Cell(f"{low} to {high}", row.low),
        Cell(p, row.p_value),
        Cell(row.conclusion, row.conclusion),
        Cell(f"{row.n_other} of {row.n_trials}", row.n_other),
        Cell(cost, row.cost_ratio),
    ]
