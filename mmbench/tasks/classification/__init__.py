"""Classification: one label per sample."""

from __future__ import annotations

from mmbench.tasks.base import Answers, Task
from mmbench.tasks.classification.data import ClassificationData
from mmbench.tasks.classification.metrics import METRICS
from mmbench.tasks.shown import Shown

__all__ = ["CLASSIFICATION"]


def _answers() -> Answers:
    from mmbench.tasks.classification.answers import ClassificationAnswers

    return ClassificationAnswers()


def _shown() -> Shown:
    from mmbench.tasks.classification.report import ClassificationShown

    return ClassificationShown()


CLASSIFICATION = Task(
    name="classification",
    data=ClassificationData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=(
        "accuracy",
        "balanced_accuracy",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "f1_weighted",
        "log_loss",
        "roc_auc_ovr",
    ),
    main_metric="f1_macro",
    shown=_shown,
)
