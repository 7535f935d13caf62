"""Whether answers got better or worse, on the same samples."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mmbench.errors import AlteredError, StoreError
from mmbench.report.plan_reading import metrics_of, task_of
from mmbench.report.run_comparison.change import Change, Outcome
from mmbench.report.run_comparison.pairing import Place, Side, shared_predictions
from mmbench.results import Record
from mmbench.stats import (
    Estimates,
    Resamples,
    corrected_resampled_ttest,
    detectable_difference,
)
from mmbench.tasks import Metric, Task, sums_of

__all__ = ["quality_changes"]

_LEVEL = 0.05
_DIGITS = 9


class _Draft(NamedTuple):
    """A difference before it is corrected for how many there are.

    Attributes
    ----------
    pair : (str, str)
        The dataset and the method.
    metric : Metric
        What differs.
    base, new : float
        The scores.
    error, df : float
        The standard error of their difference, and its degrees of freedom.
    n_units : int
        Units that were compared; 0 for folds.
    is_same : bool
        Whether nothing differs at all.
    how : str
        How they were compared.
    """

    pair: tuple[str, str]
    metric: Metric
    base: float
    new: float
    error: float
    df: float
    n_units: int
    is_same: bool
    how: str


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
        fold. Intervals and p-values are corrected for how many methods' answers differ
        at all, by a metric.

    Notes
    -----
    Bonferroni's correction, without the comparisons that could not be significant
    whatever the truth [1]_: where not one answer differs.

    References
    ----------
    .. [1] R. E. Tarone (1990). A modified Bonferroni method for discrete data.
       Biometrics 46, 515-522.
    """
    changes: list[Change] = []
    tasks = {name: task_of(name, base.plan["datasets"][name]) for name, _ in pairs}
    for name, allowed in max_drop.items():
        found = []
        for pair in pairs:
            metric = _metric(base, tasks[pair[0]], name)
            if name in compared[pair[0]] and metric is not None:
                draft = _draft(base, new, pair, metric, tasks[pair[0]])
                found += [draft] if draft else []
        n_moving = max(1, sum(not draft.is_same for draft in found))
        changes += [_change(draft, n_moving, allowed) for draft in found]
    return changes


def _metric(side: Side, task: Task, name: str) -> Metric | None:
    """Return a metric of a task, or one that is known from the records only."""
    recorded = {metric.name: metric for metric in metrics_of(side.plan, task)}
    return {**recorded, **task.metrics_by_name}.get(name)


def _draft(
    base: Side, new: Side, pair: tuple[str, str], metric: Metric, task: Task
) -> _Draft | None:
    trials, others = base.trials(*pair), new.trials(*pair)
    by_fold = _by_fold(pair, metric, trials, others)
    found: _Draft | None = None
    why = "it is not a sum over samples"
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
    if found.is_same and by_fold and not by_fold.is_same:
        why = "the answers are the same, their recorded scores are not"
        return by_fold._replace(how=f"{by_fold.how}: {why}")
    return found


def _by_sample(
    pair: tuple[str, str], metric: Metric, counted: tuple[Any, Any], units: Any
) -> _Draft | None:
    """Compare what both runs answered; None where a score is not finite."""
    base, new = counted
    _, value = metric.as_sums
    resamples = Resamples(units, n_resamples=1)
    try:
        found = Estimates.of(value, [resamples.by_block(each) for each in (new, base)])
    except ValueError:
        return None
    return _Draft(
        pair,
        metric,
        base=float(value(sums_of(base))),
        new=float(value(sums_of(new))),
        error=float(found.errors[0, 1]),
        df=found.df,
        n_units=found.n_units,
        is_same=not len((new - base).nonzero()[0]),
        how=f"paired over {found.n_units:,} samples",
    )


def _by_fold(
    pair: tuple[str, str],
    metric: Metric,
    trials: Mapping[Place, Record],
    others: Mapping[Place, Record],
) -> _Draft | None:
    """Compare recorded scores of the same folds; None where none has one."""
    found = []
    for place in trials.keys() & others.keys():
        values = [side[place].scores.get(metric.name) for side in (trials, others)]
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
    base = float(table[:, 0].mean())
    return _Draft(
        pair,
        metric,
        base=base,
        new=base + result.estimate,
        error=result.error,
        df=result.df,
        n_units=0,
        is_same=not differences.any(),
        how=f"by fold, over {len(found)}",
    )


def _test_share(trials: Iterable[Record]) -> float:
    shares = [t.n_test / t.n_train for t in trials if t.n_test and t.n_train]
    return float(np.mean(shares)) if shares else 0.0


def _change(draft: _Draft, n: int, allowed: float) -> Change:
    """Correct a difference for how many there are, and judge it."""
    from scipy.special import stdtr, stdtrit

    difference = 0.0 if draft.is_same else draft.new - draft.base
    reach, p_value = math.nan, math.nan
    if draft.df > 0:
        reach = float(stdtrit(draft.df, 1 - _LEVEL / n / 2)) * draft.error
        away = abs(difference) / draft.error if draft.error else math.inf
        p_value = min(1.0, n * 2 * float(stdtr(draft.df, -away))) if difference else 1.0
    found = Change(
        *draft.pair,
        what=draft.metric.name,
        base=draft.base,
        new=draft.base + difference,
        change=difference,
        low=difference - reach,
        high=difference + reach,
        p_value=p_value,
        detectable=_detectable(draft, n),
        outcome="same" if draft.is_same else "unclear",
        how=draft.how,
    )
    return found._replace(outcome=_outcome(found, draft.metric, allowed))


def _detectable(draft: _Draft, n: int) -> float:
    """Return the smallest change that four of five comparisons find."""
    if not draft.df > 0:
        return math.nan
    found = detectable_difference(draft.error, draft.df, level=1 - _LEVEL / n)
    if not draft.n_units:
        return found if draft.error else math.nan
    if not draft.metric.is_share:
        return math.nan if draft.is_same else found
    # Fewer answers than this are not significant even if all change in one direction.
    fewest = math.floor(math.log2(2 * n / _LEVEL)) + 1
    return max(found, fewest / draft.n_units)


def _outcome(change: Change, metric: Metric, allowed: float) -> Outcome:
    if change.outcome == "same" or not change.p_value < _LEVEL:
        return change.outcome
    sign = 1.0 if metric.greater_is_better else -1.0
    if sign * change.change > 0:
        return "better"
    # A drop that is surely smaller than what is allowed is let through.
    most = -change.low if sign > 0 else change.high
    return "worse" if most >= allowed else "unclear"
