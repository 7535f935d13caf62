"""The tasks by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from mmbench.errors import UnknownNameError, UsageError
from mmbench.tasks.answering import ANSWERING
from mmbench.tasks.classification import CLASSIFICATION
from mmbench.tasks.generation import GENERATION
from mmbench.tasks.multilabel import MULTILABEL
from mmbench.tasks.regression import REGRESSION
from mmbench.tasks.retrieval import RETRIEVAL
from mmbench.tasks.summarisation import SUMMARISATION

if TYPE_CHECKING:
    from mmbench.columns import Column
    from mmbench.tasks.base import Options, Task
    from mmbench.tasks.metric import Metric

__all__ = ["BUILTIN", "TASKS", "all_metrics", "get_task", "register_task", "task_for"]

# In the order in which they are asked whether a target is theirs; the last one takes
# what nobody else claims.
_BUILTIN = (
    MULTILABEL,
    REGRESSION,
    RETRIEVAL,
    GENERATION,
    ANSWERING,
    SUMMARISATION,
    CLASSIFICATION,
)

BUILTIN: Mapping[str, Task] = MappingProxyType({task.name: task for task in _BUILTIN})
"""The tasks that mmbench brings along."""

_tasks: dict[str, Task] = dict(BUILTIN)

TASKS: Mapping[str, Task] = MappingProxyType(_tasks)
"""All tasks that are known, by name."""


def get_task(name: str) -> Task:
    """Return a task by name.

    Parameters
    ----------
    name : str
        One of :data:`TASKS`.

    Returns
    -------
    Task

    Raises
    ------
    UnknownNameError
        When there is no such task.
    """
    if name not in TASKS:
        raise UnknownNameError("task", name, TASKS)
    return TASKS[name]


def register_task(task: Task) -> Task:
    """Make a task of your own known, so that reports of its runs can be made.

    Parameters
    ----------
    task : Task
        Its name must not be that of a built-in task.

    Returns
    -------
    Task
        The task given.

    Raises
    ------
    UsageError
        When a built-in task has the name.
    """
    if task.name in BUILTIN and BUILTIN[task.name] is not task:
        raise UsageError(f"the name {task.name!r} is that of a built-in task.")
    _tasks[task.name] = task
    return task


def task_for(column: Column, options: Options) -> tuple[Task, str]:
    """Return the task that a target column looks like, and why.

    Parameters
    ----------
    column : Column
        The target, without missing cells.
    options : Options
        What the user said about it.

    Returns
    -------
    (Task, str)
        The first built-in task that claims the column; the reason may be empty.
    """
    for task in BUILTIN.values():
        reason = task.data.claims(column, options)
        if reason is not None:
            return task, reason
    raise AssertionError("the last task claims every column")


def all_metrics() -> dict[str, Metric]:
    """Return the metrics of all tasks by name, those of classification first."""
    found: dict[str, Metric] = {}
    for task in (CLASSIFICATION, *TASKS.values()):
        for metric in task.metrics:
            found.setdefault(metric.name, metric)
    return found
