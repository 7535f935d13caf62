"""Queries and the first items that they find, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmbench.presentation.sentences import Name
from mmbench.report.content import Content
from mmbench.report.document import Block, Cell, Fold, Heading, Paragraph, Table
from mmbench.report.queries import DEPTH, N_FIRST, QueryRow
from mmbench.report.sections import Section

__all__ = ["query_blocks"]


def query_blocks(section: Section, _: Content) -> Iterator[Block]:
    """Show queries of the best method with the first items that they find.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    _ : Content
        All else that the report says.

    Yields
    ------
    Block
        A folded table a direction.
    """
    if not section.queries:
        return
    shown = "" if section.samples.columns else " Sample ids only."
    method = Name(section.queries[0].method)
    about = (
        ": those whose first right item ranks lowest, then some spread over the "
        f"others. Right items are framed and ticked.{shown}"
    )
    yield Paragraph([("Queries of the first fold by ", method, about)])
    for kind in dict.fromkeys(row.kind for row in section.queries):
        rows = [row for row in section.queries if row.kind == kind]
        title = f"{kind.replace('_', ' ').capitalize()} ({len(rows)} queries)"
        yield Fold(title, [_table(section, title, rows)])


def _table(section: Section, title: str, rows: Sequence[QueryRow]) -> Table:
    return Table(
        name=f"{title} on {section.name}",
        caption=f"{title} on {section.name}: the first {N_FIRST} items that are found",
        headings=[
            Heading("query", is_number=False),
            Heading("first right", "the rank of the first right item"),
            *(Heading(str(i), is_number=False) for i in range(1, N_FIRST + 1)),
        ],
        rows=[_cells(section, row) for row in rows],
    )


def _cells(section: Section, row: QueryRow) -> list[Cell]:
    rank = f"beyond {DEPTH}" if row.rank is None else str(row.rank)
    empty = [Cell("")] * (N_FIRST - len(row.items))
    return [
        _shown(section, row.query, row.asked),
        Cell(rank, float(row.rank or DEPTH + 1)),
        *(_shown(section, sample, row.wanted, right) for sample, right in row.items),
        *empty,
    ]


def _shown(section: Section, sample: str, side: str, is_right: bool = False) -> Cell:
    """Show an item by its picture or its words; by the sample's id without these."""
    images = section.samples.images(sample) if side == "image" else ()
    said = "" if images else section.samples.text(sample) or sample
    text = " ".join(filter(None, ("✓" if is_right else "", said)))
    return Cell(text, sample, about=sample, images=images, is_framed=is_right)
