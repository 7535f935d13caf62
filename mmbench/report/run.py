"""What a results folder holds, and what follows from it for each dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import UsageError
from mmbench.report.judging.comparisons import ROPE
from mmbench.report.judging.further_fits import FurtherFits
from mmbench.report.judging.leaderboard import Leaderboard, leaderboard
from mmbench.report.method_names import MethodNames
from mmbench.report.plan_reading import metrics_of, task_of
from mmbench.report.tables.methods import MethodRow, method_rows
from mmbench.report.tables.speeds import measured_alone, with_speeds

if TYPE_CHECKING:
    from mmbench.results import Predictions, Record, ResultStore
    from mmbench.tasks import Metric, Shown, Task

__all__ = ["OnDataset", "Run"]


@dataclass(frozen=True, kw_only=True)
class OnDataset:
    """What a run did on one dataset.

    Parameters
    ----------
    name : str
        The dataset's name.
    entry : mapping
        What ``plan.json`` says of it.
    task : Task
        Its task.
    shown : Shown
        What reports of the task show.
    metrics : tuple of Metric
        What it was scored by, in the order of the plan.
    trials : list of mapping
        Those on it, as ``plan.json`` lists them.
    rows : list of MethodRow
        Every planned method on it.
    leaderboard : Leaderboard
        The methods, ranked where they can be.
    test_share : float
        The test rows over the training rows of a fold; 0 where not known.
    are_timed_alone : bool
        Whether speeds were measured with the machine to itself; else they are those of
        the trials.
    """

    name: str
    entry: Mapping[str, Any]
    task: Task
    shown: Shown
    metrics: tuple[Metric, ...]
    trials: list[Mapping[str, Any]]
    rows: list[MethodRow]
    leaderboard: Leaderboard
    test_share: float
    are_timed_alone: bool

    @property
    def compared_by(self) -> Metric | None:
        """What methods are compared by: what ranks them, if it has an interval.

        Else the task's main metric, and nothing where that has none either.
        """
        main = self.task.metrics_by_name[self.task.main_metric]
        wanted = self.leaderboard.leading.metric, main
        return next((metric for metric in wanted if metric.has_interval), None)


@dataclass(frozen=True, kw_only=True)
class Run:
    """The content of a results folder, by file.

    Parameters
    ----------
    plan : mapping
        The content of ``plan.json``.
    records : mapping of str to Record
        The last record of each key.
    predictions : callable
        Returns the predictions of a key, or raises a `StoreError`.
    environment, measured, probes : mapping
        The contents of ``environment.json``, ``throughput.json``, ``probes.json``.
    slices : mapping, default={}
        The content of ``slices.json``.
    samples : mapping, default={}
        The content of ``samples.json``.
    own_metrics : tuple of Metric, default=()
        Metrics that a user wrote, which the plan only names.
    ignore : tuple of str, default=()
        The codes of checks to ignore besides those that the plan ignores.
    retrainings : FurtherFits, default=none
        The fits of retrained methods.
    curve : FurtherFits, default=none
        The fits on parts of the training samples.
    given_rope : float, optional
        The region of practical equivalence, in place of the plan's.
    """

    plan: Mapping[str, Any]
    records: Mapping[str, Record]
    predictions: Callable[[str], Predictions]
    environment: Mapping[str, Any]
    measured: Mapping[str, Any]
    probes: Mapping[str, Any]
    slices: Mapping[str, Any] = field(default_factory=dict)
    samples: Mapping[str, Any] = field(default_factory=dict)
    own_metrics: tuple[Metric, ...] = ()
    ignore: tuple[str, ...] = ()
    retrainings: FurtherFits = field(default_factory=FurtherFits)
    curve: FurtherFits = field(default_factory=FurtherFits)
    given_rope: float | None = None

    @classmethod
    def read(
        cls,
        store: ResultStore,
        own_metrics: Sequence[Metric] = (),
        ignore: Sequence[str] = (),
        rope: float | None = None,
    ) -> Run:
        """Read a results folder.

        Parameters
        ----------
        store : ResultStore
            The results folder.
        own_metrics : sequence of Metric, default=()
            Metrics that a user wrote.
        ignore : sequence of str, default=()
            The codes of checks to ignore besides those that the plan ignores.
        rope : float, optional
            The region of practical equivalence, in place of the plan's.

        Returns
        -------
        Run
            Predictions are read when they are asked for.

        Raises
        ------
        StoreError
            When it is none, or can't be read.
        UsageError
            When ``rope`` is negative, or a difference that no scores have.
        """
        if rope is not None and not 0 <= rope < 1:
            raise UsageError(f"rope must be at least 0 and below 1, got {rope}.")
        return cls(
            plan=store.plan(),
            records=store.records(),
            predictions=store.predictions,
            environment=store.environment(),
            measured=store.throughput(),
            probes=store.probes(),
            slices=store.slices(),
            samples=store.samples(),
            own_metrics=tuple(own_metrics),
            ignore=tuple(ignore),
            retrainings=FurtherFits.read(store.retrainings),
            curve=FurtherFits.read(store.learning_curve),
            given_rope=rope,
        )

    @property
    def rope(self) -> float:
        """The largest difference of scores that is of no practical matter."""
        planned = self.plan.get("rope", ROPE)
        return float(planned if self.given_rope is None else self.given_rope)

    @cached_property
    def rows(self) -> list[MethodRow]:
        """Every planned pair of dataset and method, in the plan's order."""
        return with_speeds(method_rows(self.plan, self.records), self.measured)

    @cached_property
    def names(self) -> MethodNames:
        """The short names of methods that tables show."""
        return MethodNames(row.method for row in self.rows)

    @cached_property
    def datasets(self) -> dict[str, OnDataset]:
        """What was done on each dataset, by name."""
        return {
            name: self._on(name) for name in sorted({row.dataset for row in self.rows})
        }

    @property
    def metrics(self) -> dict[str, Metric]:
        """What methods are compared by on each dataset where they can be."""
        found = {name: each.compared_by for name, each in self.datasets.items()}
        return {name: metric for name, metric in found.items() if metric is not None}

    def _on(self, name: str) -> OnDataset:
        entry = self.plan["datasets"][name]
        task = task_of(name, entry)
        metrics = metrics_of(self.plan, task, self.own_metrics)
        rows = [row for row in self.rows if row.dataset == name]
        trials = [trial for trial in self.plan["trials"] if trial["dataset"] == name]
        found = leaderboard(rows, task, metrics, entry.get("ranked_by"))
        return OnDataset(
            name=name,
            entry=entry,
            task=task,
            shown=found.shown,
            metrics=metrics,
            trials=trials,
            rows=rows,
            leaderboard=found,
            test_share=_test_share(trials, self.records),
            are_timed_alone=measured_alone(rows, self.measured.get(name, {})),
        )


def _test_share(
    trials: Sequence[Mapping[str, Any]], records: Mapping[str, Record]
) -> float:
    shares = [
        record.n_test / record.n_train
        for trial in trials
        if (record := records.get(trial["key"])) and record.n_train and record.n_test
    ]
    return float(np.mean(shares)) if shares else 0.0
