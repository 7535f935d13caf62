"""Tasks: one folder for each kind of question.

A folder says what the target is, how methods answer, how answers are scored and what a
report shows of them; :mod:`mmbench.tasks.base` has the protocols. May import `columns`,
`fusion`, `stats`, `texts` and `results`; a folder's `report` module also
`presentation`.
"""

from mmbench.tasks.base import (
    NO_OPTIONS,
    Answers,
    Data,
    Options,
    Part,
    Prediction,
    Question,
    Target,
    Task,
)
from mmbench.tasks.metric import Metric, get_metric, scores_of, sums_of
from mmbench.tasks.mistakes import Mistakes
from mmbench.tasks.pooled import Counted, MethodPredictions, PooledPredictions
from mmbench.tasks.rankings import Ranking
from mmbench.tasks.registry import (
    TASKS,
    all_metrics,
    get_task,
    register_task,
    task_for,
)
from mmbench.tasks.scorers import metric_of_scorer
from mmbench.tasks.shown import Note, Shown, Table

__all__ = [
    "NO_OPTIONS",
    "TASKS",
    "Answers",
    "Counted",
    "Data",
    "MethodPredictions",
    "Metric",
    "Mistakes",
    "Note",
    "Options",
    "Part",
    "PooledPredictions",
    "Prediction",
    "Question",
    "Ranking",
    "Shown",
    "Table",
    "Target",
    "Task",
    "all_metrics",
    "get_metric",
    "get_task",
    "metric_of_scorer",
    "register_task",
    "scores_of",
    "sums_of",
    "task_for",
]
