"""Whether answers got better or worse, on the same samples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from mmbench.errors import AlteredError, StoreError
from mmbench.report.changes.change import Change, Outcome
from mmbench.report.changes.pairing import Place, SharedAnswers, Side, shared_answers
from mmbench.results import Record
from mmbench.stats import (
    LABEL_SCORES,
    Resamples,
    corrected_t,
    holm,
    label_counts,
    label_score,
    paired_difference,
    scores_for,
)

__all__ = ["quality_changes"]

_SMALLER_IS_BETTER = frozenset({"log_loss"})
_LEVEL = 0.05
_DIGITS = 9


def quality_changes(
    base: Side,
    new: Side,
    pairs: Sequence[tuple[str, str]],
    max_drop: Mapping[str, float],
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

    Returns
    -------
    list of Change
        Paired by sample where both runs kept predictions of the same samples, else by
        fold. P-values are corrected for how many there are of a metric.
    """
    changes: list[Change] = []
    for metric, allowed in max_drop.items():
        found = [_change(base, new, pair, metric) for pair in pairs]
        known = [change for change in found if change is not None]
        adjusted = holm([change.p_value for change in known])
        for change, p_value in zip(known, adjusted.tolist(), strict=True):
            told = change._replace(p_value=p_value)
            changes.append(told._replace(outcome=_outcome(told, metric, allowed)))
    return changes


def _change(base: Side, new: Side, pair: tuple[str, str], metric: str) -> Change | None:
    trials, others = base.trials(*pair), new.trials(*pair)
    by_fold = _by_fold(pair, metric, trials, others)
    why = "it is no score of labels"
    if metric in LABEL_SCORES and trials and others:
        try:
            answers = shared_answers(base, new, trials, others)
        except AlteredError:
            raise
        except StoreError:
            why = "predictions are missing"
        else:
            if answers is None:
                why = "no sample is in both"
            elif metric not in scores_for(answers.y):
                return None
            elif by_fold is None or by_fold.outcome == "same":
                return _by_sample(pair, metric, answers)
            elif np.array_equal(answers.base, answers.new):
                why = "the answers are the same, their recorded scores are not"
            else:
                return _by_sample(pair, metric, answers)
    return by_fold and by_fold._replace(how=f"{by_fold.how}: {why}")


def _by_sample(pair: tuple[str, str], metric: str, answers: SharedAnswers) -> Change:
    found = paired_difference(
        metric,
        answers.y,
        answers.new,
        answers.base,
        n_classes=answers.n_classes,
        resamples=Resamples(answers.units),
    )
    counts = label_counts(answers.y, answers.base, answers.n_classes)
    score = float(label_score(metric, counts))
    return Change(
        *pair,
        what=metric,
        base=score,
        new=score + found.estimate,
        change=found.estimate,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        outcome="same" if np.array_equal(answers.base, answers.new) else "unclear",
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
    result = corrected_t(differences, test_share=_test_share(trials.values()))
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


def _outcome(change: Change, metric: str, allowed: float) -> Outcome:
    if change.outcome == "same" or not change.p_value < _LEVEL:
        return change.outcome
    sign = -1.0 if metric in _SMALLER_IS_BETTER else 1.0
    if sign * change.change > 0:
        return "better"
    # A drop that is surely smaller than what is allowed is let through.
    most = -change.low if sign > 0 else change.high
    return "worse" if most >= allowed else "unclear"
