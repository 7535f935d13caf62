"""Ensembles of all methods of a suite, made after its run.

They are methods like any other, selected in each trial by what their members answer out
of fold inside its training rows, so that no test answer takes part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sklearn.base import clone

from mmbench.errors import UsageError
from mmbench.fusion import CLASS_SCORES, GreedyEnsembleClassifier, stacked_layers
from mmbench.suite import Suite
from mmbench.suites.kinds import PredictorKind, kind_of

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from mmbench.tasks import Metric

__all__ = [
    "BAGGED",
    "DEFAULTS",
    "ENSEMBLES",
    "LAYERS",
    "can_be_members",
    "with_ensembles",
    "with_metrics",
    "with_recorded",
]

_GREEDY: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "ensemble/greedy": MappingProxyType({}),
        "ensemble/portfolio-of-3": MappingProxyType({"replace": False, "n_rounds": 3}),
        "ensemble/greedy-bagged": MappingProxyType({"bagged": True}),
    }
)
LAYERS = "ensemble/stacked-2"
"""What the stack of two layers is called."""

ENSEMBLES = (*_GREEDY, LAYERS)
"""What all ensembles are called."""

DEFAULTS = ENSEMBLES[:2]
"""Those that are made unless others are asked for, too."""

BAGGED = ENSEMBLES[2]
"""What the ensemble of bags of folds is called."""

_UPPER = ("extra_trees", "xgboost")


def can_be_members(suite: Suite) -> list[str]:
    """Return the methods of a suite that an ensemble may be made of.

    Parameters
    ----------
    suite : Suite
        That of a run.

    Returns
    -------
    list of str
        Those that look at something, run on every dataset, and whose answers can be
        combined.
    """
    task = suite.datasets[0].task
    return [
        name
        for name, method in suite.methods.items()
        if name not in (*task.answers.floors(), *ENSEMBLES)
        and task.answers.combines([method])
        and all(suite.covers(dataset, name) for dataset in suite.datasets)
    ]


def with_ensembles(
    suite: Suite, members: Sequence[str], names: Sequence[str] = DEFAULTS
) -> Suite:
    """Return a suite with ensembles of some of its methods.

    Parameters
    ----------
    suite : Suite
        That of a run.
    members : sequence of str
        At least two of its methods.
    names : sequence of str, default=DEFAULTS
        Some of :data:`ENSEMBLES`.

    Returns
    -------
    Suite
        A copy with these ensembles at its end.

    Raises
    ------
    UsageError
        When there are fewer than two members.
    """
    if len(members) < 2:
        raise UsageError(
            "an ensemble needs two methods that have all their trials, use some "
            "modality, run on every dataset and give probabilities; got "
            f"{', '.join(members) or 'none'}."
        )
    kind = kind_of(suite.datasets[0].task)
    # A double underscore parts the names of parameters.
    voters = [(n.replace("__", "_"), suite.methods[n]) for n in members]
    scoring = _scoring(suite)
    made: dict[str, BaseEstimator] = {
        name: kind.greedy(voters, cv=kind.few, **_GREEDY[name], **scoring)
        if name in _GREEDY
        else _layers(kind, voters)
        for name in names
    }
    return replace(suite, methods={**suite.methods, **made})


def with_metrics(suite: Suite, scoring: Sequence[str | Metric]) -> Suite:
    """Return a suite that is scored by other metrics.

    Parameters
    ----------
    suite : Suite
        Methods and datasets.
    scoring : sequence of str or Metric
        The first one ranks.

    Returns
    -------
    Suite
        A copy, whose greedy ensembles select by what ranks, if they can.
    """
    suite = replace(suite, scoring=tuple(scoring))
    how = _scoring(suite)
    methods = {
        name: _selecting(method, how) if how else method
        for name, method in suite.methods.items()
    }
    return replace(suite, methods=methods)


def _selecting(method: BaseEstimator, how: Mapping[str, str]) -> BaseEstimator:
    """Return a method whose greedy ensembles select by another score."""
    if isinstance(method, GreedyEnsembleClassifier):
        return clone(method).set_params(**how)
    return method


def _layers(kind: PredictorKind, voters: list[tuple[str, Any]]) -> BaseEstimator:
    """Return two layers, and what learns how to combine the upper one."""
    upper = [("linear", kind.make_final())]
    upper += [(name, kind.make_preset(name)) for name in _UPPER]
    return stacked_layers(voters, [upper], kind.make_final(), cv=kind.few)


def with_recorded(suite: Suite, plan: Mapping[str, Any]) -> Suite:
    """Return a suite with the ensembles that were added to its run.

    Parameters
    ----------
    suite : Suite
        That of a run.
    plan : mapping
        What ``plan.json`` holds.

    Returns
    -------
    Suite
        Without those whose members are not all methods of the suite.
    """
    for name in ENSEMBLES:
        members = plan["methods"].get(name, {}).get("members")
        if members is not None and set(members) <= suite.methods.keys():
            suite = with_ensembles(suite, members, [name])
    return suite


def _scoring(suite: Suite) -> dict[str, str]:
    """Return what is maximised, if it is what ranks and there is a choice."""
    task = suite.datasets[0].task
    metric = suite.ranked_by(suite.datasets[0])
    names = [name for name in (metric, f"neg_{metric}") if name in CLASS_SCORES]
    return {"scoring": names[0]} if task.answers.is_classifier and names else {}
