"""From a suite to its planned trials, with everything that identifies each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets import check_classes
from mmbench.fusion import describe
from mmbench.spec import digest_of, spec_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mmbench.datasets import Dataset, Samples
    from mmbench.suite import Suite, Trial

SCHEMA = 1


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

    def as_json(self) -> dict[str, Any]:
        """Return what ``plan.json`` holds."""
        suite = self.suite
        return {
            "schema": SCHEMA,
            "suite": suite.name,
            "scoring": list(suite.scoring),
            "cv": describe_cv(suite.cv),
            "seeds": list(suite.seeds),
            "datasets": {d.name: self._describe_dataset(d) for d in suite.datasets},
            "methods": {name: self._describe_method(name) for name in suite.methods},
            "trials": [
                {
                    "key": key,
                    "dataset": trial.dataset,
                    "method": trial.method,
                    "fold": trial.fold,
                    "seed": trial.seed,
                }
                for key, trial in self.trials.items()
            ],
        }

    def _describe_dataset(self, dataset: Dataset) -> dict[str, Any]:
        samples = self.samples[dataset.name]
        card = dataset.card.model_dump(mode="json") if dataset.card else {}
        return card | {
            "version": dataset.version,
            "source": dataset.source,
            "licence": dataset.licence,
            "checksum": dataset.checksum,
            "modalities": dict(dataset.modalities),
            "n_samples": len(samples.y),
            "n_classes": len(np.unique(samples.y)),
            "notices": list(dataset.notices),
        }

    def _describe_method(self, name: str) -> dict[str, Any]:
        method = self.suite.methods[name]
        covered = [d for d in self.suite.datasets if self.suite.covers(d, name)]
        parts = {d.name: describe(method, d.modalities) for d in covered}
        first = parts[covered[0].name]
        return {
            "digest": digest_of(method),
            "modalities": {dataset: part.modalities for dataset, part in parts.items()},
            "extractors": first.extractors,
            "fusion": first.fusion,
            "classifier": first.classifier,
            "repr": repr(method),
        }


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
        When a dataset can't be loaded, or a class has fewer samples than folds.
    UsageError
        When a method can't be named, such as one with a lambda in it.
    """
    samples = {dataset.name: dataset.load() for dataset in suite.datasets}
    for dataset in suite.datasets:
        if not dataset.has_split and isinstance(suite.cv, int):
            check_classes(samples[dataset.name], suite.cv)
    datasets = {
        d.name: digest_of(d.name, d.version, d.checksum) for d in suite.datasets
    }
    methods = {name: digest_of(method) for name, method in suite.methods.items()}
    common = digest_of(suite.cv, list(suite.scoring))
    trials = {
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
    return Plan(suite=suite, samples=samples, trials=trials)


def describe_cv(cv: Any) -> str:
    """Return the splits in words."""
    if isinstance(cv, int):
        return f"{cv} stratified folds, shuffled"
    spec = spec_of(cv)
    return f"{spec['class']}({spec['params']})"
