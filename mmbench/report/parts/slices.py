"""Scores on slices of a dataset, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator

from mmbench.presentation.numbers import NOTHING, score_text
from mmbench.presentation.sentences import Name
from mmbench.report.content import Content
from mmbench.report.document import Block, Bullets, Cell, Figures, Heading, Table
from mmbench.report.figures.slices import slices_figure
from mmbench.report.judging.slices import SliceRow, worst_slice
from mmbench.report.sections import Section

__all__ = ["slice_blocks"]


def slice_blocks(section: Section, content: Content) -> Iterator[Block]:
    """Show how well the best methods do on every slice that was asked for.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    content : Content
        All else that the report says.

    Yields
    ------
    Block
        The worst slices in words, and bars and a table a column.
    """
    metric = section.on_dataset.compared_by
    if metric is None or not section.slices:
        return
    told = worst_slice(section.slices, metric)
    if told:
        yield Bullets(told)
    columns = dict.fromkeys(row.column for row in section.slices)
    for number, column in enumerate(columns):
        rows = [row for row in section.slices if row.column == column]
        drawn = slices_figure(rows, metric, number, content.names)
        if drawn is not None:
            yield Figures(section.slug, section.name, [drawn])
        yield Table(
            name=f"{metric.label} by {column} on {section.name}",
            caption=f"{metric.label} of the best methods on all test rows by {column}",
            legend=": intervals hold for all slices of a method together (95 %, "
            "Bonferroni); a slice of few samples, or of equal scores, has none",
            headings=[
                Heading(column, is_number=False),
                Heading("method", is_number=False),
                Heading("n", "scored samples"),
                Heading(metric.label, greater_is_better=metric.greater_is_better),
                Heading("95 % CI", is_number=False),
            ],
            rows=[_cells(row) for row in rows],
        )


def _cells(row: SliceRow) -> list[Cell]:
    interval = NOTHING
    if row.low is not None and row.high is not None:
        interval = f"{score_text(row.low)} to {score_text(row.high)}"
    return [
        Cell(row.slice, row.slice),
        Cell(Name(row.method), row.method),
        Cell(f"{row.n_samples:,}", row.n_samples),
        Cell(score_text(row.score), row.score),
        Cell(interval, interval),
    ]
