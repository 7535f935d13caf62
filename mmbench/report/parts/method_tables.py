"""The tables of methods on one dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mmbench.presentation.numbers import NOTHING
from mmbench.presentation.sentences import Name
from mmbench.report.document import Cell, Heading, Table
from mmbench.report.sections import Section
from mmbench.report.tables.columns import COLUMNS, Column
from mmbench.report.tables.methods import MethodRow

__all__ = ["best_methods", "heading_of", "ranked_table", "unranked_table"]

_MARKS = ": bold is the best of a column, † what is not significantly worse"
_RANK = Heading("#", greater_is_better=False)
_TRIALS = Heading("trials", "trials that are ok, of those planned")
_RATE = COLUMNS[-1]


def heading_of(column: Column | None) -> Heading:
    """Return the heading of a column of numbers, or that of the methods' names.

    Parameters
    ----------
    column : Column or None
        None for the methods' names.

    Returns
    -------
    Heading
    """
    if column is None:
        return Heading("method", is_number=False)
    better = column.greater_is_better
    return Heading(column.label, column.about, column.field, better)


def best_methods(section: Section, n_rows: int) -> Table:
    """Show the best methods with the scores that matter most, and their speed.

    Parameters
    ----------
    section : Section
        Of one dataset.
    n_rows : int
        How many methods to show.

    Returns
    -------
    Table
    """
    board = section.leaderboard
    wanted = (board.leading, *board.beside, _RATE)
    columns = [column for column in wanted if column in section.columns]
    n = min(n_rows, len(board.ranked))
    all_of = f"The {n} best of {len(board.ranked)} methods"
    caption = f"{all_of if n < len(board.ranked) else 'Methods'} on {section.name} by"
    return _table(section, "Best methods", caption, columns, board.ranked[:n])


def ranked_table(section: Section) -> Table:
    """Show all ranked methods with all their numbers.

    Parameters
    ----------
    section : Section
        Of one dataset.

    Returns
    -------
    Table
    """
    caption, rows = "Methods ranked by", section.leaderboard.ranked
    return _table(section, "Methods ranked", caption, section.columns, rows)


def unranked_table(section: Section) -> Table:
    """Show the methods that lack some of their trials.

    Parameters
    ----------
    section : Section
        Of one dataset.

    Returns
    -------
    Table
    """
    caption = "Methods with trials missing"
    return Table(
        name=f"{caption} on {section.name}",
        caption=caption,
        headings=_headings(section.columns),
        rows=[
            _row(section, row, section.columns, is_ranked=False)
            for row in section.leaderboard.unranked
        ],
    )


def _table(
    section: Section,
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[tuple[int, MethodRow]],
) -> Table:
    return Table(
        name=f"{name} on {section.name}",
        caption=caption,
        legend=_MARKS,
        headings=[_RANK, *_headings(columns)],
        rows=[
            [Cell(str(rank), rank), *_row(section, row, columns)] for rank, row in rows
        ],
        ranked_by=heading_of(section.leaderboard.leading),
    )


def _headings(columns: Iterable[Column]) -> list[Heading]:
    words = [Heading(w, is_number=False, is_aside=True) for w in _SAID]
    return [heading_of(None), *words, *map(heading_of, columns), _TRIALS]


_SAID = ("modalities", "fusion")


def _row(
    section: Section, row: MethodRow, columns: Sequence[Column], is_ranked: bool = True
) -> list[Cell]:
    made_of = " → ".join(filter(None, (row.extractors, row.classifier)))
    phone = ", ".join(filter(None, (row.modalities, row.fusion)))
    return [
        Cell(Name(row.method), row.method, about=made_of, phone=phone),
        Cell(row.modalities or NOTHING, row.modalities),
        Cell(row.fusion or "none", row.fusion, fusion=row.fusion),
        *section.cells(row, columns, is_ranked=is_ranked),
        Cell(f"{row.n_ok}/{row.n_planned}", row.n_ok),
    ]
