"""A suite: datasets x methods x folds x seeds, and the trials that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mmbench.errors import UsageError
from mmbench.fusion import columns_of

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

    from mmbench.datasets import Dataset

__all__ = ["DEFAULT_SCORING", "MULTILABEL_SCORING", "Suite", "Trial"]

DEFAULT_SCORING = (
    "accuracy",
    "balanced_accuracy",
    "precision_macro",
    "recall_macro",
    "f1_macro",
    "f1_weighted",
    "log_loss",
    "roc_auc_ovr",
)
"""The metrics of data with one label a sample."""

MULTILABEL_SCORING = (
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
)
"""The metrics of data with several labels a sample."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One dataset x method x fold x seed: the unit that is scored and resumed."""

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
    methods : mapping of str to scikit-learn classifier
        Name to classifier over ``X``. A method is tried on the datasets that have all
        the columns it selects.
    cv : int or scikit-learn splitter, default=5
        The number of stratified, shuffled folds (group-aware where a dataset has
        groups), or a splitter. A dataset's official split replaces it.
    scoring : sequence of str, optional
        Names of metrics; by default :data:`DEFAULT_SCORING`,
        :data:`MULTILABEL_SCORING`, or both, as the datasets have one label a sample or
        several.
    seeds : sequence of int, default=(0,)
        Each seed draws the folds anew and is given to every ``random_state`` that is
        None, so several seeds are repeated cross-validation.

    Raises
    ------
    UsageError
        When a part is empty, a name occurs twice, or a method selects columns that no
        dataset has.

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
    methods: Mapping[str, ClassifierMixin]
    cv: Any = 5
    # What the default is, the datasets say: it is never None afterwards.
    scoring: Sequence[str] = None  # type: ignore[assignment]
    seeds: Sequence[int] = (0,)
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

    def covers(self, dataset: Dataset, method: str) -> bool:
        """Return whether a dataset has every column that a method selects."""
        return set(self._columns[method]) <= set(dataset.modalities)

    def n_folds(self, dataset: Dataset) -> int:
        """Return the number of train/test splits of a dataset under one seed."""
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
        return Suite(
            name=self.name,
            datasets=self.datasets,
            methods=chosen,
            cv=self.cv,
            scoring=self.scoring,
            seeds=self.seeds,
        )


def _scoring_for(datasets: Sequence[Dataset]) -> tuple[str, ...]:
    """Return the metrics that say something of any of the datasets."""
    of_kind = {False: DEFAULT_SCORING, True: MULTILABEL_SCORING}
    kinds = sorted({dataset.is_multilabel for dataset in datasets})
    return tuple(dict.fromkeys(name for kind in kinds for name in of_kind[kind]))
