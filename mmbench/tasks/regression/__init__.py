"""Regression: one number a sample."""

from __future__ import annotations

from typing import Any

from mmbench.tasks.base import Task
from mmbench.tasks.regression.answers import RegressionAnswers
from mmbench.tasks.regression.data import RegressionData
from mmbench.tasks.regression.estimators import log_target
from mmbench.tasks.regression.metrics import METRICS

__all__ = ["REGRESSION", "log_target"]


def _shown() -> Any:
    from mmbench.tasks.regression import report

    return report


REGRESSION = Task(
    name="regression",
    data=RegressionData(),
    answers=RegressionAnswers(),
    metrics=METRICS,
    default_scoring=tuple(metric.name for metric in METRICS),
    main_metric="r2",
    shown=_shown,
)
