"""Question answering: a question, mostly about a picture, and people's answers."""

from __future__ import annotations

from mmbench.tasks.answering.data import AnsweringData
from mmbench.tasks.answering.metrics import METRICS
from mmbench.tasks.base import Answers, Task
from mmbench.tasks.shown import Shown

__all__ = ["ANSWERING"]


def _answers() -> Answers:
    from mmbench.tasks.answering.answers import AnsweringAnswers

    return AnsweringAnswers()


def _shown() -> Shown:
    from mmbench.tasks.answering.report import AnsweringShown

    return AnsweringShown()


ANSWERING = Task(
    name="answering",
    data=AnsweringData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=(
        "vqa_accuracy",
        "vqa_accuracy_clean",
        "exact_match",
        "token_f1",
        "accuracy",
        "consistency",
        "consistency_of_questions",
    ),
    main_metric="vqa_accuracy",
    shown=_shown,
    card_name="question answering",
)
