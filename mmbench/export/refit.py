"""A run's method, fitted again by plain scikit-learn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from mmbench.engine import Plan, make_plan
from mmbench.engine.graph.fewer_rows import at_most
from mmbench.errors import DataError, UsageError
from mmbench.spec import digest_of
from mmbench.suite import Suite, Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets import Dataset

__all__ = ["Refitted", "check_same", "narrowed", "refitted"]


@dataclass(frozen=True, kw_only=True)
class Refitted:
    """A fitted method, and on what it was fitted.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    plan : Plan
        Has the data.
    seed : int
        What its random states are.
    fold : int or None
        The fold whose training rows it was fitted to; None for all rows.
    n_train : int
        How many these are.
    """

    estimator: Any
    plan: Plan
    seed: int
    fold: int | None
    n_train: int


def narrowed(suite: Suite, dataset: str, method: str) -> Suite:
    """Return a suite of one dataset and one method.

    Parameters
    ----------
    suite : Suite
        That of the run.
    dataset, method : str
        Their names.

    Returns
    -------
    Suite

    Raises
    ------
    UsageError
        When the suite does not have them.
    """
    datasets = [each for each in suite.datasets if each.name == dataset]
    if not datasets or method not in suite.methods:
        lacking = "method" if datasets else "dataset"
        raise UsageError(
            f"suite {suite.name!r} has no {lacking} {method if datasets else dataset!r}"
            ", which the run has: give the suite and the options of that run."
        )
    return dataclasses.replace(
        suite,
        datasets=datasets,
        methods={method: suite.methods[method]},
        # A metric of another dataset's task is unknown here; the default will do.
        scoring=None,  # type: ignore[arg-type]
        slices=(),
    )


def check_same(plan: Mapping[str, Any], suite: Suite) -> None:
    """Check that a suite's dataset and method are those of a run.

    Parameters
    ----------
    plan : mapping
        The run's ``plan.json``.
    suite : Suite
        Of one dataset and one method.

    Raises
    ------
    DataError
        When the data are not those of the run.
    UsageError
        When the method is not.
    """
    dataset = suite.datasets[0]
    recorded = plan["datasets"][dataset.name].get("checksum")
    if recorded != dataset.checksum:
        raise DataError(
            f"dataset {dataset.name!r} is not the one of the run: its checksum is "
            f"{dataset.checksum}, and the run's {recorded}. Give the run's own data "
            "and the same column options."
        )
    for name, method in suite.methods.items():
        if plan["methods"][name].get("digest") != digest_of(method):
            raise UsageError(
                f"method {name!r} is not the one of the run: a parameter, its weights "
                "or the suite has changed. Give the options of that run, or run again."
            )


def refitted(suite: Suite, *, fold: int | None, seed: int) -> Refitted:
    """Fit a method on all rows, or as a trial did.

    Where the suite says to how many rows methods are fitted, that holds here, too.

    Parameters
    ----------
    suite : Suite
        Of one dataset and one method.
    fold : int or None
        A trial's fold, whose training rows are then fitted; None for all rows.
    seed : int
        Given to every ``random_state`` that is None.

    Returns
    -------
    Refitted

    Raises
    ------
    DataError
        When the data can't be loaded.
    UsageError
        When there is no such fold, or sample weights can't be handed to the method.
    """
    plan = make_plan(suite)
    dataset, method = suite.datasets[0], next(iter(suite.methods))
    trial = Trial(dataset=dataset.name, method=method, fold=fold or 0, seed=seed)
    n_folds = suite.n_folds(dataset)
    if fold is not None and not 0 <= fold < n_folds:
        raise UsageError(f"fold must be 0 to {n_folds - 1}, got {fold}.")
    rows = _all_rows(plan, dataset, seed) if fold is None else plan.train_rows(trial)
    estimator = plan.ready(trial, rows)
    samples, target = plan.samples[dataset.name], plan.targets[dataset.name].take(rows)
    how = {} if target.weight is None else _weights(estimator, target.weight)
    estimator.fit(samples.X.iloc[rows], target.y, **how)
    return Refitted(
        estimator=estimator, plan=plan, seed=seed, fold=fold, n_train=len(rows)
    )


def _all_rows(plan: Plan, dataset: Dataset, seed: int) -> NDArray[np.intp]:
    target, data = plan.targets[dataset.name], dataset.task.data
    rows = data.fitted_rows(target, np.arange(len(target.y)))
    most, samples = plan.suite.max_train_rows, plan.samples[dataset.name]
    return rows if most is None else at_most(most, rows, dataset, samples, [seed])


def _weights(estimator: Any, weight: NDArray[np.float64]) -> dict[str, Any]:
    """Return the arguments that hand sample weights to a method's ``fit``."""
    if has_fit_parameter(estimator, "sample_weight"):
        return {"sample_weight": weight}
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        return {f"{name}__{key}": each for key, each in _weights(last, weight).items()}
    raise UsageError(
        f"{type(estimator).__name__} takes no sample weights, which the run gave to "
        "the predictors inside it; a method that is one predictor behind its features "
        "can be exported."
    )
