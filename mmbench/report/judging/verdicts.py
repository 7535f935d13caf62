"""What a report concludes: verdicts as sentences, and the numbers under them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmbench.checks import Finding
from mmbench.checks.catalogue import NO_NETWORK
from mmbench.presentation.sentences import Sentence
from mmbench.report.judging.comparisons import Comparison, compared
from mmbench.report.judging.floors import above_floor, floor_sentence
from mmbench.report.judging.oof_predictions import read_pooled
from mmbench.report.judging.questions import families_of
from mmbench.report.judging.scoring import Scores
from mmbench.report.judging.trained_anew import trained_anew
from mmbench.report.run import OnDataset, Run
from mmbench.report.tables.methods import MethodRow
from mmbench.report.text.caveats import dataset_caveats
from mmbench.report.text.scopes import scope_sentence
from mmbench.report.text.verdict_words import (
    comparison_answer,
    comparison_sentence,
    throughput_sentence,
)
from mmbench.tasks import PooledPredictions

__all__ = ["Judgement", "judge"]


@dataclass(frozen=True)
class Judgement:
    """What can be concluded about one dataset.

    Parameters
    ----------
    comparisons : tuple of Comparison
        Fusion over single modalities, ensembles over their bases.
    answer : Sentence or None
        The main conclusion in one sentence; None where nothing was compared.
    verdicts : tuple of Sentence
        The conclusions, the main one first.
    caveats : tuple of Finding
        What to know before believing them.
    pooled : PooledPredictions or None
        What the methods predicted; None where that is not kept.
    scores : Scores or None
        The methods' pooled scores with their resamples; None without predictions or a
        metric with an interval.
    """

    comparisons: tuple[Comparison, ...]
    answer: Sentence | None
    verdicts: tuple[Sentence, ...]
    caveats: tuple[Finding, ...]
    pooled: PooledPredictions | None
    scores: Scores | None


def judge(run: Run) -> dict[str, Judgement]:
    """Draw the conclusions of a run.

    Parameters
    ----------
    run : Run
        What its folder holds.

    Returns
    -------
    dict of str to Judgement
        By dataset. Intervals and p-values are corrected for all comparisons of the run
        that answer the same question.
    """
    drafts = {name: _drafted(run, here) for name, here in run.datasets.items()}
    families = Counter(
        family
        for name, draft in drafts.items()
        if draft.scores is not None
        for family in families_of(_complete(run.datasets[name]), draft.scores.of)
    )
    return {
        name: _compared(draft, run, run.datasets[name], families)
        for name, draft in drafts.items()
    }


def _drafted(run: Run, here: OnDataset) -> Judgement:
    """Judge one dataset, before methods are compared."""
    complete = _complete(here)
    names = [row.method for row in complete]
    pooled = read_pooled(here.task, here.trials, names, run.predictions, here.metrics)
    scores, metric = None, here.compared_by
    if pooled is not None and metric is not None:
        shown = [column.metric for column in here.leaderboard.scores]
        retrained = trained_anew(run.retrainings, here, run.plan)
        scores = Scores(pooled, metric, shown, here.test_share, retrained)
        # What scored then may need something that is not installed here.
        scores = scores if scores.of else None
    above = above_floor(here.leaderboard, scores)
    contenders = [r.method for r in here.leaderboard.contenders if r.method in above]
    own = here.shown.sentences(pooled, contenders) if pooled and contenders else ()
    fast = throughput_sentence(
        here.leaderboard, above, are_timed_alone=here.are_timed_alone
    )
    return Judgement(
        comparisons=(),
        answer=None,
        verdicts=(*((fast,) if fast else ()), *own),
        caveats=tuple(dataset_caveats(here.entry, here.rows, pooled, here.shown)),
        pooled=pooled,
        scores=scores,
    )


def _compared(
    draft: Judgement, run: Run, here: OnDataset, families: Mapping[str, int]
) -> Judgement:
    """Compare methods, and put what follows before all other verdicts."""
    scores, rows = draft.scores, _complete(here)
    above = above_floor(here.leaderboard, scores)
    none = floor_sentence(here.leaderboard, above)
    found: Sequence[Comparison] = ()
    if scores is not None:
        found = compared(here.name, rows, scores, families, rope=run.rope)
    return replace(
        draft,
        comparisons=tuple(found),
        answer=none or _answer(found, here),
        verdicts=(
            *((none,) if none else ()),
            *(
                (
                    *comparison_sentence(
                        each, here.compared_by, here.shown.answer, _beside(each, here)
                    ),
                    *(_features(here) if i == 0 else ()),
                )
                for i, each in enumerate(found)
                if here.compared_by
            ),
            *((_scope(run, here, scores),) if found else ()),
            *draft.verdicts,
        ),
    )


def _answer(found: Sequence[Comparison], here: OnDataset) -> Sentence | None:
    if not found or not here.compared_by:
        return None
    return (*comparison_answer(found[0], here.compared_by), *_features(here))


def _features(here: OnDataset) -> Sentence:
    """Warn that no network looked at images, where none did."""
    if NO_NETWORK.code not in (here.entry.get("notice_codes") or ()):
        return ()
    return (" Images are HOG and colour features: no pretrained network was there.",)


def _scope(run: Run, here: OnDataset, scores: Scores | None) -> Sentence:
    """Say what the comparisons on a dataset are about."""
    retrained = None if scores is None else scores.retrained
    return scope_sentence(retrained, run.retrainings.reason(here.name))


def _complete(here: OnDataset) -> list[MethodRow]:
    return [row for row in here.rows if row.is_complete]


def _beside(found: Comparison, here: OnDataset) -> str:
    """Say what two methods score in the target's own unit, where that is shown."""
    rows = {row.method: row for row in here.rows}
    words = [
        f" Their {column.label} is {' and '.join(column.text(x) for x in values)}."
        for column in here.leaderboard.beside
        if not column.metric.is_share
        for values in [[column.value(rows[m]) for m in (found.first, found.second)]]
        if not any(math.isnan(x) for x in values)
    ]
    return "".join(words)
