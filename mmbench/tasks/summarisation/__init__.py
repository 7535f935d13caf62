"""Summarisation: how important people find the frames of videos.

A row is a frame, or a shot; a group is a video, its rows in their order. ``Target.y``
is the mean importance over people, so that regressors learn it. ``Target.truth``, an
array of shape (n_rows, 2 + n_people), float64, holds the number of the row's video, the
number of its shot, and what each person said, NaN for those who have not seen the
video. A :class:`~mmbench.tasks.Prediction` has ``number``, one per row: only its order
within a video counts.

Metrics contribute one row per row of the target: what is found out about a video stands
in its first row.
"""

from __future__ import annotations

from mmbench.tasks.base import Answers, Task
from mmbench.tasks.shown import Shown
from mmbench.tasks.summarisation.data import SummarisationData
from mmbench.tasks.summarisation.metrics import METRICS

__all__ = ["SUMMARISATION"]


def _answers() -> Answers:
    from mmbench.tasks.summarisation.answers import SummarisationAnswers

    return SummarisationAnswers()


def _shown() -> Shown:
    from mmbench.tasks.summarisation.report import SummarisationShown

    return SummarisationShown()


SUMMARISATION = Task(
    name="summarisation",
    data=SummarisationData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=tuple(metric.name for metric in METRICS),
    main_metric="kendall_tau",
    shown=_shown,
    independent_rows=False,
)
