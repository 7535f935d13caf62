"""Strips of key frames, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmbench.presentation.sentences import Name
from mmbench.report.content import Content
from mmbench.report.document import Block, Cell, Fold, Heading, Paragraph, Table
from mmbench.report.sections import Section

__all__ = ["strip_blocks"]


def strip_blocks(section: Section, _: Content) -> Iterator[Block]:
    """Show key frames of some videos, where samples are kept.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    _ : Content
        All else that the report says.

    Yields
    ------
    Block
        A folded table, a video a row.
    """
    if not section.strips:
        return
    method = Name(section.strips[0].method)
    shown = "" if section.samples.columns else " Frames are not shown: ids only."
    yield Paragraph([("Videos of the first fold, by ", method, f".{shown}")])
    headings = ("by the method", "by people", "agreement")
    rows = [
        [
            _strip(section, row.chosen),
            _strip(section, row.by_people),
            Cell(row.about, row.about),
        ]
        for row in section.strips
    ]
    table = Table(
        name=f"Key frames on {section.name}",
        caption=f"Key frames on {section.name}: one of each shot in a summary of 15 "
        f"%, in temporal order",
        headings=[Heading(each, is_number=False) for each in headings],
        rows=rows,
    )
    yield Fold(f"Key frames ({len(rows)} videos)", [table])


def _strip(section: Section, samples: Sequence[str]) -> Cell:
    images = tuple(i for each in samples for i in section.samples.images(each))
    names = ", ".join(samples)
    return Cell("" if images else names, names, about=names, images=images)
