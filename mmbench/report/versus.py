"""Two methods of a run head to head, on every dataset where both ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from mmbench.errors import UnknownNameError, UsageError
from mmbench.presentation.numbers import count_text, seconds_text
from mmbench.presentation.sentences import Sentence
from mmbench.report.judging.comparisons import Comparison, compared
from mmbench.report.judging.oof_predictions import read_pooled
from mmbench.report.judging.questions import PAIR, Ask
from mmbench.report.judging.scoring import Scores
from mmbench.report.judging.trained_anew import trained_anew
from mmbench.report.run import OnDataset, Run
from mmbench.report.tables.methods import MethodRow
from mmbench.report.text.scopes import scope_sentence
from mmbench.report.text.verdict_words import comparison_sentence

__all__ = ["HeadToHead", "head_to_head"]


class HeadToHead(NamedTuple):
    """Two methods on one dataset.

    Attributes
    ----------
    comparison : Comparison
        Difference, interval, p-value and what they mean.
    first, second : MethodRow
        Their scores and costs, over trials.
    scope : Sentence
        What the comparison is about.
    sentence : Sentence
        The comparison in words.
    n_both, n_neither : int or None
        Answers that both get right, and that neither does; None where an answer is not
        simply right or wrong.
    answer : str
        What one prediction is called.
    """

    comparison: Comparison
    first: MethodRow
    second: MethodRow
    scope: Sentence
    sentence: Sentence
    n_both: int | None
    n_neither: int | None
    answer: str

    @property
    def details(self) -> Iterator[str]:
        """Agreement and costs, a sentence each."""
        if self.n_both is not None:
            yield (
                f"Both are right on {count_text(self.n_both, self.answer)}, neither on "
                f"{self.n_neither:,}."
            )
        for what, field in (
            ("Fit", "fit_time_s_mean"),
            ("Predict", "predict_time_s_mean"),
        ):
            times = [getattr(row, field) for row in (self.first, self.second)]
            if np.isfinite(times).all():
                one, other = map(seconds_text, times)
                yield f"{what}: {one} and {other} per fold."


def head_to_head(run: Run, first: str, second: str) -> list[HeadToHead]:
    """Compare two methods on every dataset where all their trials are ok.

    Parameters
    ----------
    run : Run
        What a results folder holds.
    first, second : str
        The methods, by their full names or the short ones that tables show.

    Returns
    -------
    list of HeadToHead
        One per dataset; intervals and p-values are corrected for their number.

    Raises
    ------
    UnknownNameError
        When the run has no such method.
    UsageError
        When they are the same, or can't be compared anywhere.
    """
    known = list(run.plan["methods"])
    first, second = map(run.names.full, (first, second))
    for name in (first, second):
        if name not in known:
            raise UnknownNameError("method", name, known)
    if first == second:
        raise UsageError(f"choose two different methods, got {first!r} twice.")
    ready = {
        name: _scores(run, here, (first, second)) for name, here in run.datasets.items()
    }
    both = {name: scores for name, scores in ready.items() if scores is not None}
    if not both:
        raise UsageError(
            f"{first!r} and {second!r} can't be compared: on no dataset do both have "
            "all trials ok, their predictions, and a metric with an interval."
        )
    return [
        _on_dataset(run, run.datasets[name], scores, (first, second), len(both))
        for name, scores in both.items()
    ]


def _scores(run: Run, here: OnDataset, names: tuple[str, str]) -> Scores | None:
    complete = {row.method for row in here.rows if row.is_complete}
    metric = here.compared_by
    if metric is None or not complete.issuperset(names):
        return None
    # A loss is set beside the floor's.
    floors = (row.method for row in here.rows if row.is_floor and row.is_complete)
    asked = dict.fromkeys((*names, *floors))
    pooled = read_pooled(here.task, here.trials, asked, run.predictions, here.metrics)
    if pooled is None:
        return None
    retrained = trained_anew(run.retrainings, here, run.plan)
    scores = Scores(pooled, metric, (), here.test_share, retrained)
    return scores if set(names) <= scores.of.keys() else None


def _on_dataset(
    run: Run, here: OnDataset, scores: Scores, names: tuple[str, str], n_datasets: int
) -> HeadToHead:
    rows = {row.method: row for row in here.rows if row.method in scores.of}
    ask = Ask(PAIR, names[0], "", [names[0]], [names[1]])
    (found,) = compared(
        here.name,
        [*rows.values()],
        scores,
        {PAIR: n_datasets},
        rope=run.rope,
        asks=[ask],
    )
    one, other = (scores.pooled.methods[name].right for name in names)
    counts: list[int | None] = [None, None]
    if one is not None and other is not None:
        counts = [int(np.sum(one & other)), int(np.sum(~(one | other)))]
    return HeadToHead(
        comparison=found,
        first=rows[names[0]],
        second=rows[names[1]],
        scope=scope_sentence(scores.retrained, run.retrainings.reason(here.name)),
        sentence=comparison_sentence(found, scores.metric, here.shown.answer),
        n_both=counts[0],
        n_neither=counts[1],
        answer=here.shown.answer,
    )
