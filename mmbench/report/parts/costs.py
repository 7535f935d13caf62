"""What methods cost, and how fast they predict."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.content import Content
from mmbench.report.document import Block, Cell, Fold, Paragraph, Part, Table
from mmbench.report.parts.method_tables import heading_of
from mmbench.report.sections import Section
from mmbench.report.tables.columns import (
    COST_COLUMNS,
    COUNTED,
    QUERIES,
    SPEEDS,
    Column,
)
from mmbench.report.tables.costs import CostRow
from mmbench.report.tables.speeds import SpeedRow

__all__ = ["costs_part"]

_COSTS = (*COST_COLUMNS, COUNTED)
_STANDALONE = (
    " A method's standalone cost is the time of all the work under its trials, as if "
    "it had been run alone; its marginal cost is the time of work that no other method "
    "on the dataset needed. Work found in the cache costs what it cost when it was "
    "first done."
)
_ALONE = (
    "Speeds are measured after the trials with the machine to itself, on one thread, "
    "with nothing cached."
)


def costs_part(content: Content) -> Iterator[Part]:
    """Show the cost and the speed of every method.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        Where either is known.
    """
    about: list[Sentence] = []
    if content.saving:
        about.append((*content.saving, _STANDALONE))
    if any(section.speeds for section in content.sections):
        about.append((_ALONE,))
    if about:
        folds = [Fold(s.name, [*_tables(s, content)]) for s in content.sections]
        blocks = [Paragraph(about), *folds]
        yield Part(title="Cost and speed", slug="costs", blocks=blocks)


def _tables(section: Section, content: Content) -> Iterator[Block]:
    if content.saving:
        yield _costs(section)
    if section.speeds:
        yield _speeds(section)
    for method, reason in section.untimed:
        yield Paragraph([(Name(method), f" could not be timed: {reason}")])


def _costs(section: Section) -> Table:
    name = f"Costs of the methods on {section.name}"
    rows = [[_name(row), *_cells(_COSTS, row)] for row in section.costs]
    return _table(name, _COSTS, rows)


def _speeds(section: Section) -> Table:
    name = f"Speed and size of the methods on {section.name}"
    memory, costs = COST_COLUMNS[-1], {row.method: row for row in section.costs}
    ranks = any(not math.isnan(row.queries_per_s) for row in section.speeds)
    speeds = (*SPEEDS, QUERIES) if ranks else SPEEDS
    rows = [
        [_name(row), *_cells(speeds, row), *_cells([memory], costs[row.method])]
        for row in section.speeds
        if row.method in costs
    ]
    return _table(name, (*speeds, memory), rows)


def _table(name: str, columns: Iterable[Column], rows: list[list[Cell]]) -> Table:
    headings = [heading_of(column) for column in columns]
    first = heading_of(None)
    return Table(name=name, caption=name, headings=[first, *headings], rows=rows)


def _name(row: CostRow | SpeedRow) -> Cell:
    return Cell(Name(row.method), row.method)


def _cells(columns: Iterable[Column], row: CostRow | SpeedRow) -> Iterator[Cell]:
    """Yield numbers; the least cost is no merit and is not marked."""
    for column in columns:
        yield Cell(column.show(row), column.value(row))
