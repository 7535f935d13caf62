"""The first screen of a report: the answer, its evidence and the best methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mmbench.report.content import Content
from mmbench.report.document import Block, Figures, Paragraph, Part, SideBySide
from mmbench.report.figures.differences import (
    dataset_differences,
    fusion_gains_figure,
    main_question,
)
from mmbench.report.parts.method_tables import best_methods

__all__ = ["ALL", "main_results"]

ALL = "_all"
"""Stands in file names for all datasets; no slug has an underscore."""

MOST_ROWS = 10
"""Of a table of the best methods."""


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
    is_one = len(ranked) == 1
    n_rows = MOST_ROWS if is_one else MOST_ROWS // 2
    tables = [best_methods(each, n_rows, is_wide=is_one) for each in ranked]
    answers, evidence = [*_answers(content)], [*_evidence(content)]
    blocks: list[Block] = [SideBySide([answers, evidence])] if evidence else answers
    blocks += [SideBySide([[table] for table in tables])] if tables[1:] else tables
    if content.names.note and ranked:
        blocks.append(Paragraph([(content.names.note,)]))
    yield Part(title="Main results", slug="main-results", blocks=blocks)


def _answers(content: Content) -> Iterator[Block]:
    """Yield the answer to the main question; of one dataset, also who is best."""
    is_one = len(content.sections) == 1
    answers = content.answers
    yield from (Paragraph([answer], is_lead=True) for answer in answers)
    if is_one or not answers:
        yield from (Paragraph(section.sentences) for section in content.sections)
    yield Paragraph([content.trials])


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
