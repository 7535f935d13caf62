"""Which methods are not significantly worse than the best, by each score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.scoring import Scores
from mmbench.report.tables.columns import ScoreColumn
from mmbench.results import Record
from mmbench.stats import corrected_resampled_ttest, holm, indistinguishable_from_best
from mmbench.tasks import Metric

__all__ = ["FoldScores", "fold_scores", "tied_with_best"]

FoldScores = Mapping[str, Mapping[str, Sequence[float | None]]]
"""Method to metric to the scores of its trials, in one order for all methods."""


def fold_scores(
    trials: Sequence[Mapping[str, Any]],
    records: Mapping[str, Record],
    metrics: Iterable[str],
) -> FoldScores:
    """Gather the scores of every trial on one dataset.

    Parameters
    ----------
    trials : sequence of mapping
        The dataset's, as ``plan.json`` lists them.
    records : mapping of str to Record
        The last record of each key.
    metrics : iterable of str
        Which scores, by name.

    Returns
    -------
    dict
        Method to metric to one score per trial, by seed and fold; None where a trial
        has none.
    """
    names = [*metrics]
    found: dict[str, dict[str, list[float | None]]] = defaultdict(dict)
    for trial in sorted(trials, key=lambda trial: (trial["seed"], trial["fold"])):
        record = records.get(trial["key"])
        scores = record.scores if record is not None else {}
        for name in names:
            of_metric = found[trial["method"]].setdefault(name, [])
            of_metric.append(scores.get(name))
    return found


def tied_with_best(
    leaderboard: Leaderboard,
    scores: Scores | None,
    folds: FoldScores,
    test_share: float,
) -> dict[str, frozenset[str]]:
    """Return, by the field of each score, the methods not worse than the best.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods; only ranked ones are compared, and no floor.
    scores : Scores or None
        Their pooled scores with resamples; None without predictions.
    folds : mapping
        Their scores by trial.
    test_share : float
        Test rows over training rows of a fold.

    Returns
    -------
    dict of str to frozenset of str
        A score with an interval is compared sample by sample, if there are predictions,
        by multiple comparisons with the best. Any other score is compared over folds:
        each method with the best by the corrected resampled t-test, and Holm's
        correction. A score with neither has no entry.
    """
    names = [row.method for row in leaderboard.contenders]
    found = {}
    for column in leaderboard.scores:
        if scores is not None and column.metric.name in scores.metrics:
            tied = _by_samples(names, scores, column.metric)
        else:
            tied = _by_folds(names, column, folds, test_share)
        if tied:
            found[column.field] = frozenset(tied)
    return found


def _by_samples(names: Sequence[str], scores: Scores, metric: Metric) -> list[str]:
    if not scores.by(metric):
        return []
    known, estimates = scores.estimates(metric)
    at = [number for number, name in enumerate(known) if name in names]
    if not at:
        return []
    are_tied = indistinguishable_from_best(estimates.take(at))
    return [known[i] for i, is_tied in zip(at, are_tied, strict=True) if is_tied]


def _by_folds(
    names: Sequence[str],
    column: ScoreColumn,
    folds: FoldScores,
    test_share: float,
) -> list[str]:
    known = {
        name: np.array(values, dtype=np.float64)
        for name in names
        if (values := folds.get(name, {}).get(column.metric.name))
        and None not in values
    }
    if not known or min(map(len, known.values())) < 2:
        return []
    sign = 1 if column.greater_is_better else -1
    best = max(known, key=lambda name: sign * float(known[name].mean()))
    others = [n for n in known if n != best and len(known[n]) == len(known[best])]
    adjusted = holm(
        [
            corrected_resampled_ttest(
                known[best] - known[name], test_share=test_share
            ).p_value
            for name in others
        ]
    )
    return [best, *(n for n, p in zip(others, adjusted, strict=True) if p >= 0.05)]
