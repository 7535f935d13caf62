"""Retraining of methods, which shows how much training adds to chance.

Folds of one cross-validation share training rows and so can't show it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from mmbench.engine.after.contenders import contenders
from mmbench.engine.after.further_fits import FurtherFits, key_of_fit, left_of
from mmbench.engine.after.retraining_rows import Design, design_of, rows_of
from mmbench.engine.forecast import forecast
from mmbench.engine.plan import Plan
from mmbench.errors import DataError, UsageError
from mmbench.suite import Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mmbench.engine.cache.store import Cache
    from mmbench.engine.graph.values import Rows
    from mmbench.results import ResultStore

__all__ = [
    "RETRAIN",
    "Retrain",
    "Retrainings",
    "check_retrain",
    "designs_of",
    "planned_retrainings",
]

Retrain = Literal["auto", "none", "headline", "all"]
RETRAIN: tuple[Retrain, ...] = get_args(Retrain)
# By default nothing is retrained that would take longer than the trials did, or
# than this, in processor time.
AFFORDABLE_S = 30.0


def check_retrain(retrain: str) -> None:
    """Check which methods are to be retrained.

    Parameters
    ----------
    retrain : str
        What a user gave.

    Raises
    ------
    UsageError
        When it is none of :data:`RETRAIN`.
    """
    if retrain not in RETRAIN:
        raise UsageError(f"retrain must be one of {list(RETRAIN)}, got {retrain!r}.")


@dataclass(frozen=True, kw_only=True)
class Retrainings(FurtherFits):
    """The fits of methods that are retrained.

    The seed of each is the number of its part or bootstrap sample, over all draws.

    Parameters
    ----------
    suite : Suite
        What was run.
    samples : mapping of str to Samples
        The samples of each dataset, by the dataset's name.
    trials : mapping of str to Trial
        Key to fit.
    reasons : mapping of str to str
        Why the methods on a dataset are not retrained.
    designs : mapping of str to Design
        By dataset.
    """

    designs: Mapping[str, Design] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what the ``plan.json`` of retrainings holds."""
        designs = {name: each._asdict() for name, each in self.designs.items()}
        return {**super().as_json(), "designs": designs}

    def _groups(self, dataset: str) -> NDArray[Any] | None:
        groups = super()._groups(dataset)
        if groups is None and self.designs[dataset].kind == "bootstrap":
            # The copies of a row stay together in inner folds, too.
            return np.arange(len(self.samples[dataset].y))
        return groups


def relative_cost(plan: Plan, design: Design, n_methods: int, n_chosen: int) -> float:
    """Return what retraining some methods costs, in costs of a dataset's trials.

    Parameters
    ----------
    plan : Plan
        What is run.
    design : Design
        How they are retrained.
    n_methods, n_chosen : int
        All methods on the dataset, and those that are retrained.

    Returns
    -------
    float
        As if every method cost the same.
    """
    return n_chosen * design.n_draws / (n_methods * len(plan.suite.seeds))


def planned_retrainings(
    plan: Plan, store: ResultStore, retrain: Retrain, cache: Cache
) -> Retrainings:
    """Plan the retrainings of a run whose trials have ended.

    Parameters
    ----------
    plan : Plan
        What was run.
    store : ResultStore
        What it left.
    retrain : {"auto", "none", "headline", "all"}
        Which methods are retrained: those that the main comparison may name, by
        default only where that is affordable; or all.
    cache : Cache
        Knows what like work cost.

    Returns
    -------
    Retrainings
        With a reason for every dataset on which nothing is retrained.
    """
    found = _unpriced(
        plan, {} if retrain == "none" else contenders(plan, store, retrain)
    )
    if retrain != "auto" or not found.trials:
        return found
    left = left_of(found, store.retrainings)
    expected_s = sum(
        _expected_s(plan, found, name, left, cache=cache, store=store)
        for name in found.designs
    )
    spent_s = _spent_s(store)
    if expected_s <= max(spent_s, AFFORDABLE_S):
        return found
    how_long = f"about {expected_s / 60:,.0f} min"
    reason = (
        f"it would take {how_long} of processor time, more than the trials did; "
        "--retrain headline measures it anyway"
    )
    return Retrainings(
        suite=plan.suite,
        samples=plan.samples,
        trials={},
        reasons={**found.reasons, **dict.fromkeys(found.designs, reason)},
    )


def designs_of(plan: Plan) -> dict[str, Design | str]:
    """Return how methods would be retrained on every dataset.

    Parameters
    ----------
    plan : Plan
        What is run.

    Returns
    -------
    dict of str to (Design or str)
        By dataset; or the reason why they can't be.
    """
    found: dict[str, Design | str] = {}
    for name, samples in plan.samples.items():
        dataset = plan.datasets[name]
        try:
            found[name] = design_of(dataset, samples, plan.suite.n_folds(dataset))
        except DataError as error:
            found[name] = str(error).rstrip(".")
    return found


def _unpriced(plan: Plan, chosen: Mapping[str, Sequence[str]]) -> Retrainings:
    """Plan the retrainings of some methods, whatever they cost."""
    trials: dict[str, Trial] = {}
    designs: dict[str, Design] = {}
    reasons: dict[str, str] = {}
    rows: dict[tuple[str, int], list[Rows]] = {}
    for name, design in designs_of(plan).items() if chosen else ():
        if name not in chosen:
            continue
        if isinstance(design, str):
            reasons[name] = design
            continue
        try:
            drawn = rows_of(
                plan.datasets[name],
                plan.samples[name],
                plan.suite.cv,
                design,
                plan.suite.max_train_rows,
            )
        except DataError as error:
            reasons[name] = str(error).rstrip(".")
            continue
        designs[name] = design
        rows |= {(name, number): fits for number, fits in enumerate(drawn)}
        for seed, fits in enumerate(drawn):
            for fold, fit in enumerate(fits):
                for method in chosen[name]:
                    trial = Trial(dataset=name, method=method, fold=fold, seed=seed)
                    trials[key_of_fit(plan, trial, fit)] = trial
    return Retrainings(
        suite=plan.suite,
        samples=plan.samples,
        trials=trials,
        designs=designs,
        reasons=reasons,
        _found_folds=rows,
        # Features that treat each row by itself are those of the trials.
        _found_nodes=plan._found_nodes,
    )


def _expected_s(
    plan: Plan,
    found: Retrainings,
    name: str,
    left: Sequence[str],
    *,
    cache: Cache,
    store: ResultStore,
) -> float:
    """Return the processor time of retraining on a dataset."""
    ours = [key for key in left if found.trials[key].dataset == name]
    methods = {found.trials[key].method for key in ours}
    like = [k for k in plan.first_trials(name) if plan.trials[k].method in methods]
    ahead = forecast([*plan.roots(like).values(), *found.roots(ours).values()], cache)
    # Like work was done on all rows, not on those of a part.
    expected_s = ahead.expected_s
    if expected_s is None or ahead.known < 1:
        # Quick work is not kept: take what trials cost, as if they shared nothing.
        costs = defaultdict(list)
        for record in store.records().values():
            costs[record.method].append(sum(c.cpu_s for c in record.nodes.values()))
        expected_s = sum(fmean(costs[found.trials[key].method]) for key in ours)
    return expected_s / found.designs[name].n_parts


def _spent_s(store: ResultStore) -> float:
    """Return the processor time of the trials, each piece of work counted once."""
    nodes = {
        k: c for record in store.records().values() for k, c in record.nodes.items()
    }
    return sum(cost.cpu_s for cost in nodes.values())
