"""Learning curves, as a report shows them."""

from __future__ import annotations

from collections.abc import Iterator

from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.content import Content
from mmbench.report.document import Block, Bullets, Figures, Paragraph
from mmbench.report.figures.learning_curves import learning_curve_figure
from mmbench.report.judging.learning_curves import Curve
from mmbench.report.sections import Section
from mmbench.report.tables.columns import Column

__all__ = ["curve_blocks"]


def curve_blocks(section: Section, content: Content) -> Iterator[Block]:
    """Show how scores grow with training samples, where that was asked for.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    content : Content
        All else that the report says.

    Yields
    ------
    Block
        A figure, and one sentence per method.
    """
    score = section.leaderboard.leading
    if section.curves:
        yield Figures(
            section.slug,
            section.name,
            [learning_curve_figure(section.curves, score, content.names)],
        )
        yield Bullets([_sentence(curve, score) for curve in section.curves])
    if section.no_curve:
        yield Paragraph([(f"Too few for a learning curve: {section.no_curve}.",)])


def _sentence(curve: Curve, score: Column) -> Sentence:
    last = curve.points[-1]
    now = f"{score.label} {score.text(last.score_mean)} on {last.n_train:,.0f}"
    if curve.doubled is None:
        return (Name(curve.method), f": {now} training samples; {curve.reason}.")
    estimate, low, high = map(score.text, curve.doubled[:3])
    how = f"95 % interval {low} to {high}, by a power law through {len(curve.points)}"
    more = f"twice as many would give about {estimate} ({how} sizes)"
    return (Name(curve.method), f": {now} training samples; {more}.")
