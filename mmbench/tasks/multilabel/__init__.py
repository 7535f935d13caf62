"""Multi-label classification: any number of labels per sample."""

from __future__ import annotations

from mmbench.tasks.base import Answers, Task
from mmbench.tasks.multilabel.data import MultilabelData
from mmbench.tasks.multilabel.metrics import METRICS
from mmbench.tasks.shown import Shown

__all__ = ["MULTILABEL"]


def _answers() -> Answers:
    from mmbench.tasks.multilabel.answers import MultilabelAnswers

    return MultilabelAnswers()


def _shown() -> Shown:
    from mmbench.tasks.multilabel.report import MultilabelShown

    return MultilabelShown()


MULTILABEL = Task(
    name="multilabel",
    data=MultilabelData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=(
        "f1_micro",
        "f1_macro",
        "f1_weighted",
        "f1_samples",
        "average_precision_macro",
        "accuracy",
        "precision_macro",
        "recall_macro",
        "roc_auc_ovr",
        "log_loss",
    ),
    main_metric="f1_macro",
    shown=_shown,
    card_name="multi-label classification",
)
