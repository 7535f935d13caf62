"""What a report concludes: verdicts as sentences, and the numbers under them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmbench.presentation.sentences import Sentence
from mmbench.report.cautions import dataset_cautions
from mmbench.report.comparisons import Comparison, compared, corrected
from mmbench.report.oof_predictions import read_pooled
from mmbench.report.run import OnDataset, Run
from mmbench.report.scoring import Scores
from mmbench.report.speeds import predict_rates
from mmbench.report.verdict_words import comparison_sentence, throughput_sentence
from mmbench.tasks import PooledPredictions

__all__ = ["Judgement", "judge"]


@dataclass(frozen=True)
class Judgement:
    """What can be concluded about one dataset.

    Parameters
    ----------
    comparisons : tuple of Comparison
        Fusion over single modalities, ensembles over their bases.
    verdicts : tuple of Sentence
        The conclusions, the main one first.
    cautions : tuple of Sentence
        What to know before believing them.
    pooled : PooledPredictions or None
        What the methods predicted; None where that is not kept.
    scores : Scores or None
        The methods' pooled scores with their resamples; None without predictions or a
        metric with an interval.
    """

    comparisons: tuple[Comparison, ...]
    verdicts: tuple[Sentence, ...]
    cautions: tuple[Sentence, ...]
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
        By dataset. P-values are corrected for all comparisons of the run.
    """
    drafts = {name: _drafted(run, here) for name, here in run.datasets.items()}
    together = corrected([c for draft in drafts.values() for c in draft.comparisons])
    return {
        name: _told(
            draft,
            [each for each in together if each.dataset == name],
            run.datasets[name],
        )
        for name, draft in drafts.items()
    }


def _drafted(run: Run, here: OnDataset) -> Judgement:
    """Judge one dataset, before p-values are corrected for the other ones."""
    complete = [row for row in here.rows if row.is_complete]
    rates = predict_rates(complete, run.measured.get(here.name, {}))
    names = [row.method for row in complete]
    pooled = read_pooled(here.task, here.trials, names, run.predictions, here.metrics)
    scores, metric = None, here.compared_by
    if pooled is not None and metric is not None:
        shown = [column.metric for column in here.standings.scores]
        scores = Scores(pooled, metric, shown, here.test_share)
    contenders = [row.method for row in here.standings.contenders]
    own = here.shown.sentences(pooled, contenders) if pooled else ()
    fast = throughput_sentence(here.standings, rates)
    return Judgement(
        comparisons=tuple(
            compared(here.name, complete, scores, rates) if scores else ()
        ),
        verdicts=(*((fast,) if fast else ()), *own),
        cautions=tuple(dataset_cautions(here.entry, here.rows, pooled, here.shown)),
        pooled=pooled,
        scores=scores,
    )


def _told(
    draft: Judgement, comparisons: Sequence[Comparison], here: OnDataset
) -> Judgement:
    metric = here.compared_by
    sentences = (
        comparison_sentence(each, metric, here.shown.answer, _beside(each, here))
        for each in comparisons
        if metric
    )
    return replace(
        draft,
        comparisons=tuple(comparisons),
        verdicts=(*sentences, *draft.verdicts),
    )


def _beside(found: Comparison, here: OnDataset) -> str:
    """Say what two methods score in the target's own unit, where that is shown."""
    rows = {row.method: row for row in here.rows}
    words = [
        f" Their {column.label} is {' and '.join(column.text(x) for x in values)}."
        for column in here.standings.beside
        if not column.metric.is_share
        for values in [[column.value(rows[m]) for m in (found.first, found.second)]]
        if not any(math.isnan(x) for x in values)
    ]
    return "".join(words)
