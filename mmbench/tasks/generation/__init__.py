"""Generation: write a text about each row, such as a caption or a translation.

``Target.y``, an array of strings of shape (n_rows, n_references), holds what several
people wrote about each row; ``""`` stands where a row has fewer texts than others.
``Target.truth``, of the same kind, is there where several rows have the same inputs, as
in tables with one row per caption: it holds the texts of all of them, and these rows
are split and resampled together. ``Target.schema["tokenise"]`` says how metrics of
words tell words apart.

A :class:`~mmbench.tasks.Prediction` has the array ``text`` of shape (n_rows,); and,
where the method says what it learnt from, ``copied``: whether that text is one of
these, word for word. Methods may offer ``candidates``, of shape (n_rows, n_candidates),
the best first, for ensembles to choose from. CIDEr-D is defined by how rare words are
in all references that are scored together, so scores of folds are pooled by their sums.
"""

from __future__ import annotations

from mmbench.tasks.base import Answers, Task
from mmbench.tasks.generation.data import GenerationData
from mmbench.tasks.generation.metrics import DEFAULT_SCORING, METRICS
from mmbench.tasks.shown import Shown

__all__ = ["GENERATION"]


def _answers() -> Answers:
    from mmbench.tasks.generation.answers import GenerationAnswers

    return GenerationAnswers()


def _shown() -> Shown:
    from mmbench.tasks.generation.report import GenerationShown

    return GenerationShown()


GENERATION = Task(
    name="generation",
    data=GenerationData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=DEFAULT_SCORING,
    main_metric="cider_d",
    shown=_shown,
    independent_rows=False,
)
