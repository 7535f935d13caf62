"""Which figures a report has."""

from __future__ import annotations

from collections.abc import Iterable

from mmbench.presentation.drawing import Drawing
from mmbench.report.content import Content
from mmbench.report.figures.differences import dataset_differences, fusion_gains_figure
from mmbench.report.figures.methods import scores_figure, throughput_figure
from mmbench.report.figures.missing import missing_figure
from mmbench.report.figures.ranks import critical_difference_figure
from mmbench.report.sections import Section

__all__ = ["Gallery", "gallery"]

Gallery = dict[str, list[Drawing]]
"""Figures by the slug of their dataset; those over all datasets by `ALL`."""

ALL = "_all"
"""Stands in file names for all datasets; no slug has an underscore."""


def gallery(content: Content) -> Gallery:
    """Draw all that can be drawn of a report's content."""
    drawn = {section.slug: _of_dataset(section) for section in content.sections}
    return {ALL: _over_datasets(content), **drawn}


def _of_dataset(section: Section) -> list[Drawing]:
    found, judgement = section.leaderboard, section.judgement
    drawn = _known(
        [
            throughput_figure(found),
            scores_figure(found),
            dataset_differences(judgement.comparisons, section.on_dataset.compared_by),
            missing_figure(section.importance),
        ]
    )
    told = _best_and_baseline(section)
    if judgement.pooled and told:
        drawn += section.on_dataset.shown.figures(judgement.pooled, told)
    return drawn


def _over_datasets(content: Content) -> list[Drawing]:
    return _known(
        [
            critical_difference_figure(content.ranks),
            fusion_gains_figure(content.comparisons, content.metrics),
        ]
    )


def _best_and_baseline(section: Section) -> list[str]:
    """Return the best method, and the best that looks at one modality alone.

    Those without predictions are left out.
    """
    best = section.leaderboard.best(lambda row: not row.is_floor)
    single = section.leaderboard.best(lambda row: row.is_single)
    names = dict.fromkeys(row.method for row in (best, single) if row is not None)
    pooled = section.judgement.pooled
    return [name for name in names if pooled and name in pooled.methods]


def _known(drawings: Iterable[Drawing | None]) -> list[Drawing]:
    return [drawing for drawing in drawings if drawing is not None]
