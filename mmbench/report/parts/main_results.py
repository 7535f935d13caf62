"""The first screen of a report: the answer, its evidence and the best methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.content import Content
from mmbench.report.document import Block, Figures, Paragraph, Part, SideBySide
from mmbench.report.figures.differences import (
    dataset_differences,
    fusion_gains_figure,
    main_question,
)
from mmbench.report.parts.method_tables import best_methods
from mmbench.report.sections import Section

__all__ = ["ALL", "main_results"]

ALL = "_all"
"""Stands in file names for all datasets; no slug has an underscore."""

_MOST_ROWS = 10


def main_results(content: Content) -> Iterator[Part]:
    """Say what is best and whether that is significant.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        Always.
    """
    ranked = [s for s in content.sections if s.leaderboard.ranked]
    n_rows = _MOST_ROWS if len(ranked) == 1 else _MOST_ROWS // 2
    tables: list[Block] = [best_methods(section, n_rows) for section in ranked]
    answers = [*_answers(content), Paragraph([content.trials])]
    evidence = [*_evidence(content)]
    if not evidence and len(tables) == 1:
        evidence, tables = tables, []
    top = [SideBySide([answers, evidence])] if evidence else answers
    leaders = [SideBySide([[table] for table in tables])] if tables[1:] else tables
    note = [Paragraph([(content.names.note,)])] if content.names.note and ranked else []
    blocks = [*top, *leaders, *note]
    yield Part(title="Main results", slug="main-results", blocks=blocks)


def _answers(content: Content) -> Iterator[Block]:
    if content.across:
        yield Paragraph(content.across, is_lead=True)
    is_one = len(content.sections) == 1
    for section in content.sections:
        yield from _answer(section, () if is_one else (Name(section.name), ": "))


def _answer(section: Section, start: Sentence) -> Iterator[Block]:
    answer = section.judgement.answer
    sentences = section.sentences
    if answer is not None:
        yield Paragraph([(*start, *answer)], is_lead=True)
        yield Paragraph(sentences)
    else:
        first, *rest = sentences
        yield Paragraph([(*start, *first), *rest])


def _evidence(content: Content) -> Iterator[Block]:
    """Yield the forest plot of the main question, over datasets where it can be."""
    if gains := fusion_gains_figure(content.comparisons, content.metrics):
        yield Figures(ALL, "all datasets", [gains])
    elif len(content.sections) == 1:
        (section,) = content.sections
        asked = main_question(section.judgement.comparisons)
        metric = section.on_dataset.compared_by
        if drawn := dataset_differences(asked, metric, content.names):
            drawn = replace(drawn, name="answer")
            yield Figures(section.slug, section.name, [drawn])
