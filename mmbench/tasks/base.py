"""What a task is: three small protocols, and the arrays that pass between them.

A task says what its data are (:class:`Data`), how fitted methods answer
(:class:`Answers`), which metrics score the answers (:class:`~mmbench.tasks.Metric`) and
what a report of it shows (:class:`~mmbench.tasks.shown.Shown`). Nothing outside a
task's folder asks which task it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from mmbench.tasks.answers import Answers
from mmbench.tasks.combining import Part
from mmbench.tasks.data import Data, Question
from mmbench.tasks.shown import Shown
from mmbench.tasks.target import NO_OPTIONS, Options, Prediction, Target

if TYPE_CHECKING:
    from mmbench.tasks.metric import Metric

__all__ = [
    "NO_OPTIONS",
    "Answers",
    "Data",
    "Options",
    "Part",
    "Prediction",
    "Question",
    "Shown",
    "Target",
    "Task",
]


@dataclass(frozen=True, kw_only=True)
class Task:
    """A kind of question, and all that is known about it.

    Parameters
    ----------
    name : str
        Such as ``"classification"``.
    data : Data
        What its data are.
    make_answers : callable
        Imports and returns how methods answer, an :class:`Answers`: it needs
        scikit-learn, which commands that only list things should not wait for.
    metrics : tuple of Metric
        All that can score the answers.
    default_scoring : tuple of str
        Those that do unless a suite says otherwise, in the order of records.
    main_metric : str
        The one that ranks then.
    shown : callable, default=Shown
        Imports and returns what only this task's reports show, a :class:`Shown`.
    independent_rows : bool, default=True
        Whether a row's score depends on no other row, as it does on the gallery that
        a query is ranked in; folds are then pooled by their sums only.
    card_name : str, optional
        What cards of datasets call the task; its name by default.
    """

    name: str
    data: Data
    make_answers: Callable[[], Answers]
    metrics: tuple[Metric, ...]
    default_scoring: tuple[str, ...]
    main_metric: str
    shown: Callable[[], Shown] = Shown
    independent_rows: bool = True
    card_name: str = ""
    _by_name: dict[str, Metric] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        metrics = [*self.metrics, *self._weighted_metrics()]
        by_name = {metric.name: metric for metric in metrics}
        object.__setattr__(self, "_by_name", by_name)
        object.__setattr__(self, "card_name", self.card_name or self.name)

    @cached_property
    def answers(self) -> Answers:
        """How methods answer."""
        return self.make_answers()

    @property
    def metrics_by_name(self) -> Mapping[str, Metric]:
        """The metrics under their names, those weighted by samples included."""
        return self._by_name

    def _weighted_metrics(self) -> Iterator[Metric]:
        # A weight is of a row; what rows contribute together can't be weighted.
        if self.independent_rows:
            for metric in self.metrics:
                if metric.has_interval:
                    yield metric.weighted_by_samples()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a built-in task by its name, and any other by its parts."""
        from mmbench.tasks.registry import BUILTIN, get_task

        if BUILTIN.get(self.name) is self:
            return get_task, (self.name,)
        parts = {each.name: getattr(self, each.name) for each in fields(self)}
        del parts["_by_name"]
        return partial(Task, **parts), ()
