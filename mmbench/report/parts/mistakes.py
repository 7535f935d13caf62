"""Samples that are worth looking at, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmbench.presentation.sentences import Name
from mmbench.report.content import Content
from mmbench.report.document import Block, Cell, Fold, Heading, Paragraph, Table
from mmbench.report.mistakes import KINDS, MistakeRow
from mmbench.report.sections import Section

__all__ = ["mistake_blocks"]

_ABOUT = {
    "confident error": "wrong answers, the most confident (or farthest off) first",
    "best answer": "answers closest to what people said; the score is that of the "
    "single answer",
    "suspect label": "labels that are probably wrong, by confident learning on answers "
    "to rows that the method was not fitted to; the score is the normalised margin",
    "disputed sample": "samples that methods of different modalities disagree about "
    "most, by the entropy or spread of their answers",
}
_SUSPECTS = "suspect label"


def mistake_blocks(section: Section, _: Content) -> Iterator[Block]:
    """Show errors, suspect labels and disputed samples of the best method.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    _ : Content
        All else that the report says.

    Yields
    ------
    Block
        A folded table a kind.
    """
    if not section.mistakes:
        return
    method = section.mistakes[0].method
    shown = "" if section.samples.columns else " Sample ids only."
    yield Paragraph([("Out-of-fold errors of ", Name(method), f", first seed.{shown}")])
    for kind in KINDS:
        rows = [row for row in section.mistakes if row.kind == kind]
        if rows:
            title = f"{kind.capitalize()}s ({len(rows)} shown)"
            yield Fold(title, [_table(section, kind, rows)])


def _table(section: Section, kind: str, rows: Sequence[MistakeRow]) -> Table:
    has_samples = bool(section.samples.columns)
    has_others = any(row.others for row in rows)
    return Table(
        name=f"{kind.capitalize()}s on {section.name}",
        caption=f"{kind.capitalize()}s on {section.name}",
        legend=f": {_ABOUT[kind]}",
        headings=[
            Heading("sample", is_number=False),
            *([Heading("shown", is_number=False)] if has_samples else []),
            Heading("true", is_number=False),
            Heading("answer", is_number=False),
            *([Heading("rather", is_number=False)] if kind == _SUSPECTS else []),
            Heading("score"),
            *([_others_heading(section)] if has_others else []),
        ],
        rows=[_cells(section, row, has_samples, has_others) for row in rows],
    )


def _others_heading(section: Section) -> Heading:
    """Say whose answers stand beside those of the best method."""
    if section.on_dataset.shown.n_compared:  # texts, which need the room
        return Heading("next best methods", is_number=False)
    return Heading("each modality alone", is_number=False, is_aside=True)


def _cells(
    section: Section, row: MistakeRow, has_samples: bool, has_others: bool
) -> list[Cell]:
    said = section.samples.text(row.sample)
    images = section.samples.images(row.sample)
    return [
        Cell(row.sample, row.sample),
        *([Cell(said, said, images=images)] if has_samples else []),
        Cell(row.truth, row.truth),
        Cell(row.answer, row.answer),
        *([Cell(row.rather, row.rather)] if row.kind == _SUSPECTS else []),
        Cell(f"{row.score:.3g}", row.score),
        *([Cell(row.others, row.others)] if has_others else []),
    ]
