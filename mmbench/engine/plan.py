"""From a suite to its planned trials, with everything that identifies each."""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import FEWER_INNER_FOLDS, FEWER_TRAIN_ROWS
from mmbench.datasets import (
    check_folds,
    check_weights,
    find_leaks,
    kept_samples,
    slices_of,
    straddling_groups,
    untested_columns,
)
from mmbench.engine.description import describe_plan
from mmbench.engine.execution.foreign import reason_of
from mmbench.engine.execution.shipped_files import file_columns
from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.expansion import Subproblem, source, whole
from mmbench.engine.graph.fixed_folds import FixedFolds
from mmbench.engine.graph.folds import folds_of
from mmbench.engine.graph.inner_folds import check_inner_folds, n_inner_folds
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.requirements import missing_requirements
from mmbench.engine.graph.seeding import prepared
from mmbench.engine.graph.values import Context, Rows
from mmbench.engine.graph.works import Refuse
from mmbench.errors import DataError, UnknownNameError, UsageError
from mmbench.spec import digest_of
from mmbench.suite import metric_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from mmbench.datasets import Dataset, Samples
    from mmbench.suite import Suite, Trial
    from mmbench.tasks import Target, Task


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Every planned trial of a suite under its key, and the loaded datasets.

    Parameters
    ----------
    suite : Suite
        What is planned.
    samples : mapping of str to Samples
        The samples of each dataset, by the dataset's name.
    trials : mapping of str to Trial
        Key to trial. The key is a digest of the dataset's identity, the method's spec,
        the splits, the metrics, the fold and the seed: a finished trial of the same
        key needs no second run.
    """

    suite: Suite
    samples: Mapping[str, Samples]
    trials: Mapping[str, Trial]
    _found_folds: dict[tuple[str, int], list[Rows]] = field(default_factory=dict)
    _found_inner_folds: dict[tuple[str, int, int], FixedFolds] = field(
        default_factory=dict
    )
    _found_methods: dict[tuple[str, str, int], Any] = field(default_factory=dict)
    _found_nodes: dict[str, Node] = field(default_factory=dict)

    @functools.cached_property
    def datasets(self) -> dict[str, Dataset]:
        """The datasets by name."""
        return {dataset.name: dataset for dataset in self.suite.datasets}

    @functools.cached_property
    def targets(self) -> dict[str, Target]:
        """The target of each dataset."""
        return {n: self.datasets[n].target(each) for n, each in self.samples.items()}

    @functools.cached_property
    def identities(self) -> dict[str, str]:
        """The digest that names each dataset in nodes."""
        return {
            d.name: digest_of(d.name, d.version, d.checksum)
            for d in self.suite.datasets
        }

    @functools.cached_property
    def leaks(self) -> dict[str, list[Finding]]:
        """What each dataset and its folds hold that could lift scores unduly."""
        found = {}
        for dataset in self.suite.datasets:
            samples = self.samples[dataset.name]
            found[dataset.name] = find_leaks(dataset.task, samples, dataset.modalities)
            folds = self._folds(dataset.name, self.suite.seeds[0])
            rows = [(fold.train, fold.apply) for fold in folds]
            if fewer := self.fewer_rows.get(dataset.name):
                sentence = (
                    f"methods are fitted to {fewer} of a fold (--max-train-rows); with "
                    "more, they may rank otherwise."
                )
                found[dataset.name].append(FEWER_TRAIN_ROWS.found(sentence))
            found[dataset.name] += untested_columns(samples.X, rows)
            if samples.groups is not None:
                found[dataset.name] += straddling_groups(samples.groups, rows)
                found[dataset.name] += self._fewer_inner_folds(dataset, folds)
        return found

    @functools.cached_property
    def fewer_rows(self) -> dict[str, str]:
        """To how many training rows methods are fitted, where not to all.

        By dataset, of its first fold: such as ``"50,000 of 640,000 training rows"``.
        """
        if self.suite.max_train_rows is None:
            return {}
        found, seed = {}, self.suite.seeds[0]
        for name, dataset in self.datasets.items():
            every = folds_of(dataset, self.samples[name], self.suite.cv, seed)
            n_all = len(every[0].train)
            n_fitted = len(self._folds(name, seed)[0].train)
            if n_fitted < n_all:
                found[name] = f"{n_fitted:,} of {n_all:,} training rows"
        return found

    def _fewer_inner_folds(
        self, dataset: Dataset, folds: Sequence[Rows]
    ) -> list[Finding]:
        """Report methods that get fewer inner folds than they ask for."""
        groups = self.samples[dataset.name].groups
        assert groups is not None  # noqa: S101 - the caller has looked
        n_groups = min(len(np.unique(groups[fold.train])) for fold in folds)
        asked = [
            n_splits
            for name, method in self.suite.methods.items()
            if self.suite.covers(dataset, name)
            for n_splits in n_inner_folds(method, groups)
        ]
        most = max(asked, default=0)
        if not 2 <= n_groups < most:
            return []
        sentence = (
            f"there are {n_groups} groups to train on, so methods that ask for up to "
            f"{most} inner folds get {n_groups} at most."
        )
        return [FEWER_INNER_FOLDS.found(sentence)]

    @functools.cached_property
    def lacking(self) -> dict[str, str]:
        """The methods that can't run on this machine, and what has to be installed."""
        return missing_requirements(self.suite.methods)

    def skipped(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the trials among some that can't run on this machine, and why.

        Parameters
        ----------
        keys : iterable of str
            Keys of planned trials.

        Returns
        -------
        dict of str to str
            Reasons by key.
        """
        return {
            key: self.lacking[self.trials[key].method]
            for key in keys
            if self.trials[key].method in self.lacking
        }

    @functools.cached_property
    def slices(self) -> dict[str, Any]:
        """The slice of each sample by dataset and column; empty if none are wanted.

        A dataset that has none of the columns is left out.

        Raises
        ------
        UnknownNameError
            When no dataset has one of the columns.
        """
        wanted = self.suite.slices
        found = {}
        for name, samples in self.samples.items():
            of_task = self._slices_of_task(name)
            here = samples._replace(slices={**of_task, **samples.slices})
            known = [c for c in wanted if c in here.X or c in here.slices]
            if known or of_task:
                found[name] = slices_of(here, [*dict.fromkeys([*known, *of_task])])
        for column in wanted:
            if not any(column in each["columns"] for each in found.values()):
                columns = {str(c) for each in self.samples.values() for c in each.X}
                raise UnknownNameError("slice column", column, columns)
        return found

    def _slices_of_task(self, name: str) -> Mapping[str, Sequence[Any]]:
        dataset, target = self.datasets[name], self.targets[name]
        return dataset.task.data.slices(target, self.samples[name].X, dataset.sources)

    def kept_samples(self) -> dict[str, Any]:
        """Return texts and thumbnails of the samples of each dataset."""
        return {
            name: kept_samples(samples, self.datasets[name].modalities)
            for name, samples in self.samples.items()
        }

    def context(self, dataset: str) -> Context:
        """Return what nodes need of a dataset.

        Parameters
        ----------
        dataset : str
            The dataset's name.

        Returns
        -------
        Context
            All rows.
        """
        X, task = self.samples[dataset].X, self.datasets[dataset].task
        return Context(X, self.targets[dataset], task)

    def contexts(self) -> dict[str, Context]:
        """Return what workers need of each dataset, by its digest."""
        return {self.identities[name]: self.context(name) for name in self.samples}

    def file_columns(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of each dataset whose cells are paths, by its digest."""
        return {
            self.identities[name]: file_columns(
                samples.X, self.datasets[name].modalities
            )
            for name, samples in self.samples.items()
        }

    def first_trials(self, dataset: str) -> list[str]:
        """Return the keys of a dataset's trials of the first fold and seed.

        Parameters
        ----------
        dataset : str
            The dataset's name.

        Returns
        -------
        list of str
            One per method.
        """
        first = (dataset, 0, self.suite.seeds[0])
        return [
            key
            for key, trial in self.trials.items()
            if (trial.dataset, trial.fold, trial.seed) == first
        ]

    def roots(self, keys: Sequence[str]) -> dict[str, Node]:
        """Look into the methods: trial key to the node that answers it.

        Parameters
        ----------
        keys : sequence of str
            Keys of planned trials.

        Returns
        -------
        dict of str to Node
            In the order of the keys.
        """
        return {key: self._root(self.trials[key]) for key in keys}

    def _root(self, trial: Trial) -> Node:
        rows = self._folds(trial.dataset, trial.seed)[trial.fold]
        everything = source(self.identities[trial.dataset])
        context = self.context(trial.dataset)
        problem = Subproblem(everything, rows, context, found=self._found_nodes)
        try:
            method = self.ready(trial)
            check_inner_folds(method, context.task, context.target.take(rows.train))
        except UsageError as error:
            return problem.node(Refuse(str(error)))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - of splitters and estimators
            reason = f"it can't be prepared: {reason_of(error)}"
            return problem.node(Refuse(reason))
        with warnings.catch_warnings():
            # What splitting warns about here, it warns about again where it counts.
            warnings.simplefilter("ignore")
            try:
                return expand(method, problem)
            except KeyboardInterrupt:
                raise
            except BaseException:  # noqa: BLE001 - whatever it is, it comes up again:
                return whole(method, problem)

    def ready(self, trial: Trial, train: NDArray[np.intp] | None = None) -> Any:
        """Return a trial's method, seeded and with its inner folds.

        Parameters
        ----------
        trial : Trial
            A planned trial.
        train : ndarray of int, optional
            The rows that it will be fitted to; by default the trial's own.

        Returns
        -------
        estimator
            Unfitted.
        """
        groups, task = self._groups(trial.dataset), self._task(trial.dataset)
        # Inner folds of groups are part of the method, and differ from fold to fold.
        fixes = groups is not None or task.answers.fixes_inner_folds
        name = (trial.method, task.name, trial.seed)
        if not fixes and name in self._found_methods:
            return self._found_methods[name]
        folds = self._inner_folds(trial, train) if fixes else None
        rows = self.train_rows(trial) if train is None else train
        method, target = self.suite.methods[trial.method], self.targets[trial.dataset]
        ready = prepared(method, task, target.take(rows), seed=trial.seed, folds=folds)
        if not fixes:
            self._found_methods[name] = ready
        return ready

    def _inner_folds(self, trial: Trial, train: NDArray[np.intp] | None) -> FixedFolds:
        """Return the inner folds of some rows, which methods share in a trial's own."""
        name = (trial.dataset, trial.seed, trial.fold)
        if train is None and name in self._found_inner_folds:
            return self._found_inner_folds[name]
        rows = self.train_rows(trial) if train is None else train
        groups = self._groups(trial.dataset)
        folds = FixedFolds(
            self._task(trial.dataset),
            self.targets[trial.dataset].take(rows),
            groups=None if groups is None else groups[rows],
            seed=trial.seed,
        )
        if train is None:
            self._found_inner_folds[name] = folds
        return folds

    def train_rows(self, trial: Trial) -> NDArray[np.intp]:
        """Return the rows that a trial is fitted to.

        Parameters
        ----------
        trial : Trial
            A planned trial.

        Returns
        -------
        ndarray of int
            Numbers of rows of the dataset, ascending.
        """
        return self._folds(trial.dataset, trial.seed)[trial.fold].train

    def _folds(self, dataset: str, seed: int) -> list[Rows]:
        found = self._found_folds.get((dataset, seed))
        if found is None:
            folds = folds_of(
                self.datasets[dataset],
                self.samples[dataset],
                self.suite.cv,
                seed,
                self.suite.max_train_rows,
            )
            found = [Rows(fold.train, fold.test) for fold in folds]
            self._found_folds[dataset, seed] = found
        return found

    def _groups(self, dataset: str) -> NDArray[Any] | None:
        """Return what inner folds keep together."""
        return self.samples[dataset].groups

    def _task(self, dataset: str) -> Task:
        return self.datasets[dataset].task

    def as_json(self) -> dict[str, Any]:
        """Return what ``plan.json`` holds."""
        return describe_plan(self)


def make_plan(suite: Suite) -> Plan:
    """Load a suite's datasets, check them and name every trial.

    Parameters
    ----------
    suite : Suite
        What to plan.

    Returns
    -------
    Plan

    Raises
    ------
    DataError
        When a dataset can't be loaded, its targets are not of its task, or there is too
        little of something, such as a class, to be in every fold.
    UsageError
        When a method can't be named, such as one with a lambda in it, or a metric
        does not exist; before any data is loaded. When a metric needs sample weights
        that a dataset does not have.
    """
    trials = _named_trials(suite)
    samples = {dataset.name: dataset.load() for dataset in suite.datasets}
    for dataset in suite.datasets:
        _check_target(dataset, samples[dataset.name])
        _check_weights(suite, dataset, samples[dataset.name])
        if not dataset.has_split and isinstance(suite.cv, int):
            check_folds(dataset.task, samples[dataset.name], suite.cv)
    return Plan(suite=suite, samples=samples, trials=trials)


def _named_trials(suite: Suite) -> dict[str, Trial]:
    """Name every trial, without any data."""
    datasets = {
        d.name: digest_of(d.name, d.version, d.checksum) for d in suite.datasets
    }
    methods = {name: digest_of(method) for name, method in suite.methods.items()}
    common = digest_of(
        suite.cv,
        list(map(metric_name, suite.scoring)),
        *([] if suite.max_train_rows is None else [suite.max_train_rows]),
    )
    return {
        digest_of(
            datasets[trial.dataset],
            methods[trial.method],
            trial.method,
            common,
            trial.fold,
            trial.seed,
        ): trial
        for trial in suite.trials()
    }


def _check_target(dataset: Dataset, samples: Samples) -> None:
    try:
        dataset.target(samples)
    except DataError as error:
        raise DataError(f"dataset {dataset.name!r}: {error}") from error


def _check_weights(suite: Suite, dataset: Dataset, samples: Samples) -> None:
    if samples.sample_weight is not None:
        check_weights(samples.sample_weight)
        return
    for metric in suite.metrics_for(dataset.task):
        if metric.needs_weight:
            raise UsageError(
                f"metric {metric.name!r} needs sample weights, which dataset "
                f"{dataset.name!r} does not have; name their column as sample_weight, "
                f"or "
                "leave the metric out."
            )
