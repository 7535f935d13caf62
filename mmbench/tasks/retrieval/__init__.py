"""Retrieval: find the picture for a text and the text for a picture.

A row is a pair of two sides, ``text`` and ``image``. ``Target.y`` is the relevance key:
cells of rows with equal keys are relevant to each other. ``Target.truth``, an array of
shape (n_rows, 4), int64, holds in its columns (see ``TRUTH``)

- ``key``: the number of the row's key,
- ``text`` and ``image``: the number of the item that each side's cell is. Rows with the
  same number show the same item: a query that is asked once and stands in a gallery
  once. -1 is a missing cell, which is neither.
- ``unit``: the number of the distinct picture, by which rows are split and resampled.

A :class:`~mmbench.tasks.Prediction` has the arrays ``text`` and ``image``, float16, of
shape (n_rows, n_dimensions): one embedding per row and side. How alike two cells are is
the inner product of their embeddings; methods that mean the cosine answer with unit
rows. ``Target.schema["gallery_size"]`` is how many pictures a gallery has, None for
those of all test rows at once. Metrics contribute one row per row of the target: every
item's query counts in the first row that shows it. What rows are resampled with is
``Data.units``.
"""

from __future__ import annotations

from mmbench.tasks.base import Answers, Task
from mmbench.tasks.retrieval.data import RetrievalData
from mmbench.tasks.retrieval.metrics import DEFAULT_SCORING, METRICS
from mmbench.tasks.shown import Shown

__all__ = ["RETRIEVAL"]


def _answers() -> Answers:
    from mmbench.tasks.retrieval.answers import RetrievalAnswers

    return RetrievalAnswers()


def _shown() -> Shown:
    from mmbench.tasks.retrieval.report import RetrievalShown

    return RetrievalShown()


RETRIEVAL = Task(
    name="retrieval",
    data=RetrievalData(),
    make_answers=_answers,
    metrics=METRICS,
    default_scoring=DEFAULT_SCORING,
    main_metric="r_sum",
    shown=_shown,
    independent_rows=False,
)
