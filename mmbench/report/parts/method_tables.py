"""The tables of methods on one dataset."""

from __future__ import annotations

from collections.abc import Iterable

from mmbench.presentation.numbers import NOTHING
from mmbench.presentation.sentences import Name
from mmbench.report.document import Cell, Heading, Table
from mmbench.report.sections import Section
from mmbench.report.tables.columns import COLUMNS, Column
from mmbench.report.tables.methods import MethodRow

__all__ = ["MARKS", "best_methods", "heading_of", "ranked_table", "unranked_table"]

MARKS = ": bold marks the best in each column, † those not significantly worse"
"""How to read the marks of a ranked table."""

_RANK = Heading("#", greater_is_better=False)
_TRIALS = Heading("trials", "trials that are ok, of those planned")
_MODALITIES, _FUSION = (
    Heading(word, is_number=False, is_aside=True) for word in ("modalities", "fusion")
)
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


def best_methods(section: Section, n_rows: int, *, is_wide: bool = True) -> Table:
    """Show the best methods with the scores that matter most, and their speed.

    Parameters
    ----------
    section : Section
        Of one dataset.
    n_rows : int
        How many methods to show.
    is_wide : bool, default=True
        Whether there is room for kind of fusion, other scores and speed.

    Returns
    -------
    Table
    """
    board = section.leaderboard
    more = (*board.beside[:2], _RATE) if is_wide else ()
    wanted = (board.leading, *more)
    columns = [column for column in wanted if column in section.columns]
    fusion = [_FUSION] if is_wide else []
    n = min(n_rows, len(board.ranked))
    shown: list[tuple[int | None, MethodRow]] = [*board.ranked[:n]]
    shown += [pair for pair in section.beside if pair not in shown]
    some = f"The {n} best of {len(board.ranked)} methods"
    return Table(
        name=f"Best methods on {section.name}",
        caption=f"{some if n < len(board.ranked) else 'Methods'} on {section.name} by",
        legend=MARKS if len(board.ranked) > 1 else "",
        headings=[_RANK, heading_of(None), *fusion, *map(heading_of, columns)],
        rows=[
            [
                _rank(rank),
                _name(row),
                *([_fusion_of(row)] if is_wide else []),
                *section.cells(row, columns, is_ranked=rank is not None),
            ]
            for rank, row in shown
        ],
        ranked_by=heading_of(board.leading),
    )


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
    return Table(
        name=f"Methods ranked on {section.name}",
        caption="Methods ranked by",
        legend=MARKS if len(section.leaderboard.ranked) > 1 else "",
        headings=[_RANK, *_headings(section.columns)],
        rows=[
            [_rank(rank), *_row(section, row, is_ranked=rank is not None)]
            for rank, row in section.with_people
        ],
        ranked_by=heading_of(section.leaderboard.leading),
    )


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
            _row(section, row, is_ranked=False) for row in section.leaderboard.unranked
        ],
    )


def _headings(columns: Iterable[Column]) -> list[Heading]:
    return [heading_of(None), _MODALITIES, _FUSION, *map(heading_of, columns), _TRIALS]


def _row(section: Section, row: MethodRow, *, is_ranked: bool) -> list[Cell]:
    return [
        _name(row),
        Cell(row.modalities or NOTHING, row.modalities),
        _fusion_of(row),
        *section.cells(row, section.columns, is_ranked=is_ranked),
        Cell(f"{row.n_ok}/{row.n_planned}", row.n_ok),
    ]


def _rank(rank: int | None) -> Cell:
    return Cell(NOTHING) if rank is None else Cell(str(rank), rank)


def _fusion_of(row: MethodRow) -> Cell:
    return Cell(row.fusion or "none", row.fusion, fusion=row.fusion)


def _name(row: MethodRow) -> Cell:
    made_of = " → ".join(filter(None, (row.extractors, row.classifier)))
    phone = ", ".join(filter(None, (row.modalities, row.fusion)))
    return Cell(Name(row.method), row.method, about=made_of, phone=phone)
