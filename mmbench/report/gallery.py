"""Which figures a report has."""

from __future__ import annotations

from collections.abc import Iterable

from mmbench.report.calibration_figure import reliability_figure
from mmbench.report.confusion_figure import confusion_figure
from mmbench.report.content import Content
from mmbench.report.drawing import Drawing
from mmbench.report.figures import scores_figure, throughput_figure
from mmbench.report.forest_figure import dataset_differences, fusion_gains_figure
from mmbench.report.label_figure import labels_figure
from mmbench.report.modality_figure import missing_figure
from mmbench.report.rank_figure import critical_difference_figure
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
    found, scores = section.standings, section.judgement.scores
    answers = scores.answers if scores else None
    told = _best_and_baseline(section)
    return _known(
        [
            throughput_figure(found),
            scores_figure(found),
            dataset_differences(section.judgement.comparisons),
            missing_figure(section.carried, found.leading.label),
            confusion_figure(answers, told),
            labels_figure(scores, told),
            reliability_figure(answers, told),
        ]
    )


def _over_datasets(content: Content) -> list[Drawing]:
    compared = [c for s in content.sections for c in s.judgement.comparisons]
    return _known(
        [critical_difference_figure(content.ranks), fusion_gains_figure(compared)]
    )


def _best_and_baseline(section: Section) -> list[str]:
    """Return the best method, and the best that looks at one modality alone."""
    best = section.standings.best(lambda row: not row.is_dummy)
    single = section.standings.best(lambda row: row.is_single)
    return list(dict.fromkeys(row.method for row in (best, single) if row is not None))


def _known(drawings: Iterable[Drawing | None]) -> list[Drawing]:
    return [drawing for drawing in drawings if drawing is not None]
