"""A suite: datasets x methods x folds x seeds, and the trials that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mmbench.checks import check_codes, finding_of
from mmbench.errors import DataWarning, UsageError
from mmbench.fusion import columns_of
from mmbench.tasks import Metric, get_metric, metric_of_scorer, scores_of

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from mmbench.datasets import Dataset
    from mmbench.tasks import Prediction, Target, Task

__all__ = ["Suite", "Trial", "metric_name"]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One dataset x method x fold x seed: the unit that is scored and resumed.

    Attributes
    ----------
    dataset : str
        The dataset's name.
    method : str
        The method's name within the suite.
    fold : int
        The test part's number, from 0.
    seed : int
        Seed of the folds and of all that the method draws.
    """

    dataset: str
    method: str
    fold: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Datasets x methods x folds x seeds, scored by metrics.

    Parameters
    ----------
    name : str
        The name of the suite and of its report.
    datasets : sequence of Dataset
        What the methods are tried on.
    methods : mapping of str to scikit-learn estimator
        Name to classifier or regressor over ``X``. A method is tried on the datasets
        that have all the columns it selects.
    cv : int or scikit-learn splitter, default=5
        The number of stratified, shuffled folds (group-aware where a dataset has
        groups), or a splitter. A dataset's official split replaces it.
    scoring : sequence of str, Metric or scikit-learn scorer, optional
        Metrics, by name or as they are; the first one ranks. By default those that the
        datasets' tasks name, ranked by each task's main metric.
    seeds : sequence of int, default=(0,)
        Each seed redraws the folds and is given to every ``random_state`` that is
        None, so several seeds are repeated cross-validation.
    class_weight : {"balanced"}, optional
        Given to every predictor that has a parameter ``class_weight`` of None. Records
        warn of predictors that have none. Scores stay those of rows that all count
        alike: ``balanced_accuracy`` and ``f1_macro`` are those in which classes do.
    ignore : sequence of str, default=()
        The codes of checks whose warnings are left out of reports, such as ``"MM404"``;
        ``tables/warnings.csv`` still lists them.
    rope : float in [0, 1), default=0.01
        The region of practical equivalence: differences up to this are of no practical
        matter, and reports call methods equivalent whose difference is surely within.
        In scores between 0 and 1; of a loss, that share of the floor's.
    slices : sequence of str, default=()
        Columns whose values reports break scores down by: columns of ``X``, or of
        ``Samples.slices``. Results folders then hold each sample's value.
    max_train_rows : int, optional
        Where a fold has more training rows, methods are fitted to a sample of so many:
        each class has its share of them, and the seed draws them. Test rows stay all.

    Raises
    ------
    UsageError
        When a part is empty, a name occurs twice, a method selects columns that no
        dataset has or does not suit its task, ``class_weight`` is given where there are
        no classes, no check has a code that is to be ignored, or ``rope`` or
        ``max_train_rows`` is out of its range.
    RequirementError
        When a metric needs what is not installed.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from mmbench.datasets import EMBEDDED
    >>> suite = Suite(
    ...     name="tiny",
    ...     datasets=[EMBEDDED["digits"]],
    ...     methods={"dummy": DummyClassifier()},
    ...     cv=3,
    ... )
    >>> len(list(suite.trials()))
    3
    """

    name: str
    datasets: Sequence[Dataset]
    methods: Mapping[str, BaseEstimator]
    cv: Any = 5
    # What the default is, the datasets say: it is never None afterwards.
    scoring: Sequence[Any] = None  # type: ignore[assignment]
    seeds: Sequence[int] = (0,)
    class_weight: str | None = None
    ignore: Sequence[str] = ()
    rope: float = 0.01
    slices: Sequence[str] = ()
    max_train_rows: int | None = None
    _unweighted: Mapping[str, Sequence[str]] = field(init=False, repr=False)
    _columns: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.scoring is None:
            object.__setattr__(self, "scoring", _scoring_for(self.datasets))
        for part in ("datasets", "methods", "scoring", "seeds"):
            if not getattr(self, part):
                raise UsageError(f"suite {self.name!r} has no {part}.")
        parts = {
            "dataset": [dataset.name for dataset in self.datasets],
            "seed": [str(seed) for seed in self.seeds],
        }
        for what, values in parts.items():
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise UsageError(
                    f"suite {self.name!r} has {what} {twice[0]!r} more than once."
                )
        if isinstance(self.cv, int) and self.cv < 2:
            raise UsageError(f"cv must be at least 2 folds, got {self.cv}.")
        if not 0 <= self.rope < 1:
            raise UsageError(f"rope must be at least 0 and below 1, got {self.rope}.")
        if self.max_train_rows is not None and self.max_train_rows < 2:
            raise UsageError(
                f"max_train_rows must be at least 2, got {self.max_train_rows}."
            )
        notices = [notice for each in self.datasets for notice in each.notices]
        check_codes(self.ignore, (finding_of(each).check.code for each in notices))
        self._check_scoring()
        self._weigh_classes()
        columns = {name: columns_of(method) for name, method in self.methods.items()}
        object.__setattr__(self, "_columns", columns)
        for method in self.methods:
            if not any(self.covers(dataset, method) for dataset in self.datasets):
                known = sorted({c for d in self.datasets for c in d.modalities})
                raise UsageError(
                    f"method {method!r} selects columns {list(columns[method])}, but "
                    f"no dataset of suite {self.name!r} has them all; there are "
                    f"{known}."
                )
        self._check_answers()

    def _check_answers(self) -> None:
        """Refuse methods that can't answer for a dataset's task."""
        for dataset in self.datasets:
            for name, method in self.methods.items():
                refused = self.covers(dataset, name) and dataset.task.answers.refusal(
                    method
                )
                if refused:
                    raise UsageError(
                        f"method {name!r} can't run on dataset {dataset.name!r}: "
                        f"{type(method).__name__} {refused}."
                    )

    def _weigh_classes(self) -> None:
        object.__setattr__(self, "_unweighted", {})
        if self.class_weight is None:
            return
        if self.class_weight != "balanced":
            raise UsageError(
                f"class_weight must be 'balanced' or None, got {self.class_weight!r}."
            )
        for dataset in self.datasets:
            weigh = dataset.task.answers.weigh_classes
            weighed = {
                name: weigh(method, self.class_weight)
                for name, method in self.methods.items()
            }
        methods = {name: method for name, (method, _) in weighed.items()}
        without = {name: names for name, (_, names) in weighed.items() if names}
        object.__setattr__(self, "methods", methods)
        object.__setattr__(self, "_unweighted", without)

    def warnings_of(self, method: str) -> tuple[str, ...]:
        """Return what there is to warn about a method, whatever its trials do.

        Parameters
        ----------
        method : str
            The name of one of the suite's methods.

        Returns
        -------
        tuple of str
            One message or none, such as records keep.
        """
        names = self._unweighted.get(method)
        if not names:
            return ()
        warning = (
            f"class_weight={self.class_weight!r} changes nothing in "
            f"{', '.join(names)}, which has no such parameter."
        )
        return (f"{DataWarning.__name__}: {warning}",)

    def _check_scoring(self) -> None:
        known: dict[str, Metric] = {}
        for dataset in self.datasets:
            known |= dataset.task.metrics_by_name
        for metric in self.scoring:
            if isinstance(metric, str):
                get_metric(metric, known).check_requirements()
            elif not isinstance(metric, Metric):
                metric_of_scorer(metric, self.datasets[0].task)
        names = list(map(metric_name, self.scoring))
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(
                f"suite {self.name!r} has metric {twice!r} more than once."
            )

    def metrics_for(self, task: Task) -> tuple[Metric, ...]:
        """Return the metrics of the suite that a task has, in the suite's order.

        Parameters
        ----------
        task : Task
            The task of a dataset.

        Returns
        -------
        tuple of Metric
            Empty where the task has none of them. Scorers become metrics of the task.
        """
        known = task.metrics_by_name
        found = (known.get(m) if isinstance(m, str) else m for m in self.scoring)
        return tuple(
            each if isinstance(each, Metric) else metric_of_scorer(each, task)
            for each in found
            if each is not None
        )

    def ranked_by(self, dataset: Dataset) -> str:
        """Return the name of the metric that ranks methods on a dataset.

        Parameters
        ----------
        dataset : Dataset
            One of the suite's datasets.

        Returns
        -------
        str
            The first metric of ``scoring``, or the task's main metric where none was
            chosen.
        """
        task, names = dataset.task, [m.name for m in self.metrics_for(dataset.task)]
        # All that the task is scored by unless told otherwise: nobody chose an order.
        if not names or set(names) >= set(task.default_scoring):
            return task.main_metric
        return names[0]

    def scores(
        self, task: Task, target: Target, prediction: Prediction
    ) -> dict[str, float | None]:
        """Score a prediction by all metrics of the suite.

        Parameters
        ----------
        task : Task
            What the prediction answers.
        target : Target
            What is true.
        prediction : Prediction
            What was answered.

        Returns
        -------
        dict of str to float or None
            None for a metric that the task does not have, or that is not defined here.
        """
        found = scores_of(self.metrics_for(task), target, prediction)
        return {name: found.get(name) for name in map(metric_name, self.scoring)}

    def covers(self, dataset: Dataset, method: str) -> bool:
        """Return whether a dataset has every column that a method selects.

        Parameters
        ----------
        dataset : Dataset
            One of the suite's datasets.
        method : str
            The name of one of the suite's methods.

        Returns
        -------
        bool
            Whether the method can be fitted on the dataset.
        """
        return set(self._columns[method]) <= set(dataset.modalities)

    def n_folds(self, dataset: Dataset) -> int:
        """Return the number of train/test splits of a dataset for one seed.

        Parameters
        ----------
        dataset : Dataset
            One of the suite's datasets.

        Returns
        -------
        int
            1 for a dataset with a split of its own.
        """
        if dataset.has_split:
            return 1
        return self.cv if isinstance(self.cv, int) else int(self.cv.get_n_splits())

    def trials(self) -> Iterator[Trial]:
        """Yield every trial of the suite, without loading any data."""
        for dataset in self.datasets:
            for seed in self.seeds:
                for fold in range(self.n_folds(dataset)):
                    for method in self.methods:
                        if self.covers(dataset, method):
                            yield Trial(
                                dataset=dataset.name,
                                method=method,
                                fold=fold,
                                seed=seed,
                            )

    def with_methods(self, globs: Sequence[str]) -> Suite:
        """Return the suite with only the methods that match one of the patterns.

        Parameters
        ----------
        globs : sequence of str
            Names or shell patterns such as ``"late_*"``; upper and lower case differ.

        Returns
        -------
        Suite
            A copy, its methods in their order.

        Raises
        ------
        UsageError
            When a pattern matches no method.
        """
        for glob in globs:
            if not any(fnmatchcase(name, glob) for name in self.methods):
                near = get_close_matches(glob, self.methods, n=1)
                hint = f"did you mean {near[0]!r}? There" if near else "there"
                raise UsageError(
                    f"no method of suite {self.name!r} matches {glob!r}; {hint} are: "
                    f"{', '.join(self.methods)}."
                )
        chosen = {
            name: method
            for name, method in self.methods.items()
            if any(fnmatchcase(name, glob) for glob in globs)
        }
        return replace(self, methods=chosen)


def metric_name(metric: Any) -> str:
    """Return the name of a metric, given by name, as it is, or as a scorer.

    Parameters
    ----------
    metric : str, Metric or scorer
        As ``Suite.scoring`` takes it.

    Returns
    -------
    str
        Of a scorer, the name of its score function.
    """
    if isinstance(metric, str):
        return metric
    named = metric.name if isinstance(metric, Metric) else metric._score_func.__name__
    return str(named)


def _scoring_for(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """Return the default metrics of the datasets' tasks, each once."""
    tasks = {dataset.task.name: dataset.task for dataset in datasets}
    ordered = [tasks[name] for name in sorted(tasks)]
    return tuple(dict.fromkeys(n for task in ordered for n in task.default_scoring))
