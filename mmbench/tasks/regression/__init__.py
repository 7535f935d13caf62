"""Regression: one number per sample."""

from __future__ import annotations

from mmbench.tasks.base import Answers, Task
from mmbench.tasks.regression.data import RegressionData
from mmbench.tasks.regression.metrics import METRICS
from mmbench.tasks.shown import Shown

__all__ = ["REGRESSION"]


def _answers() -> Answers:
    from mmbench.tasks.regression.answers import RegressionAnswers

    return RegressionAnswers()


def _shown() -> Shown:
    from mmbench.tasks.regression.report import RegressionShown

    return RegressionShown()


REGRESSION = Task(
    name="regression",
    data=RegressionData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=tuple(metric.name for metric in METRICS),
    main_metric="r2",
    shown=_shown,
)
