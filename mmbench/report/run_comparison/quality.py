"""Whether answers got better or worse, on the same samples."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mmbench.errors import AlteredError, StoreError
from mmbench.report.plan_reading import metrics_of, task_of
from mmbench.report.run_comparison.change import Change, Outcome
from mmbench.report.run_comparison.pairing import Place, Side, shared_predictions
from mmbench.results import Record
from mmbench.stats import Resamples, corrected_resampled_ttest, holm, paired_difference
from mmbench.tasks import Metric, Task, sums_of

__all__ = ["quality_changes"]

_LEVEL = 0.05
_DIGITS = 9


def quality_changes(
    base: Side,
    new: Side,
    pairs: Sequence[tuple[str, str]],
    max_drop: Mapping[str, float],
    compared: Mapping[str, Collection[str]],
) -> list[Change]:
    """Compare the answers of two runs.

    Parameters
    ----------
    base, new : Side
        The runs.
    pairs : sequence of (str, str)
        The datasets and methods that both ran.
    max_drop : mapping of str to float
        The metrics to compare, and the drop of each that is too much.
    compared : mapping of str to collection of str
        The metrics to compare on each dataset.

    Returns
    -------
    list of Change
        Paired by sample where both runs kept predictions of the same samples, else by
        fold. P-values are corrected for how many there are of a metric.
    """
    changes: list[Change] = []
    tasks = {name: task_of(name, base.plan["datasets"][name]) for name, _ in pairs}
    for name, allowed in max_drop.items():
        found = []
        for pair in pairs:
            metric = _metric(base, tasks[pair[0]], name)
            if name in compared[pair[0]] and metric is not None:
                change = _change(base, new, pair, metric, tasks[pair[0]])
                found += [(change, metric)] if change else []
        adjusted = holm([change.p_value for change, _ in found])
        for (change, metric), p_value in zip(found, adjusted.tolist(), strict=True):
            told = change._replace(p_value=p_value)
            changes.append(told._replace(outcome=_outcome(told, metric, allowed)))
    return changes


def _metric(side: Side, task: Task, name: str) -> Metric | None:
    """Return a metric of a task, or one that is known from the records only."""
    recorded = {metric.name: metric for metric in metrics_of(side.plan, task)}
    return {**recorded, **task.metrics_by_name}.get(name)


def _change(
    base: Side, new: Side, pair: tuple[str, str], metric: Metric, task: Task
) -> Change | None:
    trials, others = base.trials(*pair), new.trials(*pair)
    by_fold = _by_fold(pair, metric.name, trials, others)
    found: Change | None = None
    why = "it is no sum over samples"
    if metric.has_interval and trials and others:
        try:
            shared = shared_predictions(task, base, new, trials, others)
        except AlteredError:
            raise
        except StoreError:
            why = "predictions are missing"
        else:
            counted = shared.contributions(metric) if shared else None
            why = (
                "it is not defined for them"
                if shared
                else "no sample with the same target is in both"
            )
            if shared is not None and counted is not None:
                found = _by_sample(pair, metric, counted, shared.units)
    if found is None:
        return by_fold and by_fold._replace(how=f"{by_fold.how}: {why}")
    if found.outcome == "same" and by_fold and by_fold.outcome != "same":
        why = "the answers are the same, their recorded scores are not"
        return by_fold._replace(how=f"{by_fold.how}: {why}")
    return found


def _by_sample(
    pair: tuple[str, str], metric: Metric, counted: tuple[Any, Any], units: Any
) -> Change:
    base, new = counted
    _, value = metric.as_sums
    found = paired_difference(value, new, base, resamples=Resamples(units))
    score = float(value(sums_of(base)))
    is_same = not len((new - base).nonzero()[0])
    return Change(
        *pair,
        what=metric.name,
        base=score,
        new=score + found.estimate,
        change=found.estimate,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        outcome="same" if is_same else "unclear",
        how=f"paired over {found.n_units:,} samples",
    )


def _by_fold(
    pair: tuple[str, str],
    metric: str,
    trials: Mapping[Place, Record],
    others: Mapping[Place, Record],
) -> Change | None:
    """Compare recorded scores of the same folds; None where none has one."""
    found = []
    for place in trials.keys() & others.keys():
        values = [side[place].scores.get(metric) for side in (trials, others)]
        if None not in values:
            found.append(values)
    if not found:
        return None
    table = np.array(found, dtype=np.float64)
    # Summing gives a rounding error that is no change.
    differences = np.round(table[:, 1] - table[:, 0], _DIGITS)
    result = corrected_resampled_ttest(
        differences, test_share=_test_share(trials.values())
    )
    return Change(
        *pair,
        what=metric,
        base=float(table[:, 0].mean()),
        new=float(table[:, 1].mean()),
        change=result.estimate,
        low=result.low,
        high=result.high,
        p_value=result.p_value,
        outcome="unclear" if differences.any() else "same",
        how=f"by fold, over {len(found)}",
    )


def _test_share(trials: Iterable[Record]) -> float:
    shares = [t.n_test / t.n_train for t in trials if t.n_test and t.n_train]
    return float(np.mean(shares)) if shares else 0.0


def _outcome(change: Change, metric: Metric, allowed: float) -> Outcome:
    if change.outcome == "same" or not change.p_value < _LEVEL:
        return change.outcome
    sign = 1.0 if metric.greater_is_better else -1.0
    if sign * change.change > 0:
        return "better"
    # A drop that is surely smaller than what is allowed is let through.
    most = -change.low if sign > 0 else change.high
    return "worse" if most >= allowed else "unclear"
