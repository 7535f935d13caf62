"""What a report concludes: verdicts as sentences, and the numbers under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mmbench.report.answers import Answers, read_answers
from mmbench.report.calibrations import CalibrationRow, calibration_rows
from mmbench.report.cautions import dataset_cautions
from mmbench.report.comparisons import Comparison, compared, corrected
from mmbench.report.scoring import Scores
from mmbench.report.sentences import Sentence
from mmbench.report.speeds import predict_rates
from mmbench.report.standings import Standings, standings
from mmbench.report.tables import MethodRow, multilabel_datasets
from mmbench.report.verdict_words import (
    calibration_sentence,
    comparison_sentence,
    throughput_sentence,
)
from mmbench.results import Predictions, Record
from mmbench.stats import LABEL_SCORES

__all__ = ["Judgement", "held_out_share", "judge"]


@dataclass(frozen=True)
class Judgement:
    """What can be concluded about one dataset.

    Parameters
    ----------
    comparisons : tuple of Comparison
        Fusion over single modalities, ensembles over their bases.
    calibrations : tuple of CalibrationRow
        One a method that gives probabilities.
    verdicts : tuple of Sentence
        The conclusions, the main one first.
    cautions : tuple of Sentence
        What to know before believing them.
    scores : Scores or None
        The methods' pooled scores with their resamples; None without predictions.
    """

    comparisons: tuple[Comparison, ...]
    calibrations: tuple[CalibrationRow, ...]
    verdicts: tuple[Sentence, ...]
    cautions: tuple[Sentence, ...]
    scores: Scores | None


def judge(
    plan: Mapping[str, Any],
    records: Mapping[str, Record],
    rows: Sequence[MethodRow],
    read: Callable[[str], Predictions],
    measured: Mapping[str, Mapping[str, Any]],
) -> dict[str, Judgement]:
    """Draw the conclusions of a run.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    records : mapping of str to Record
        The last record of each key.
    rows : sequence of MethodRow
        What `method_rows` made of both.
    read : callable
        Returns the predictions of a key.
    measured : mapping
        What ``throughput.json`` holds.

    Returns
    -------
    dict of str to Judgement
        By dataset. P-values are corrected for all comparisons of the run.
    """
    names = sorted({row.dataset for row in rows})
    of_sets = multilabel_datasets(plan)
    drafts = {}
    for name in names:
        here = [row for row in rows if row.dataset == name]
        standing = standings(here, is_multilabel=name in of_sets)
        trials = [trial for trial in plan["trials"] if trial["dataset"] == name]
        complete = [row.method for row in here if row.is_complete]
        answers = read_answers(trials, complete, read)
        share = held_out_share(trials, records)
        drafts[name] = replace(
            _drafted(here, standing, answers, measured.get(name, {}), share),
            cautions=tuple(dataset_cautions(plan["datasets"][name], here, answers)),
        )
    together = corrected([c for draft in drafts.values() for c in draft.comparisons])
    return {
        name: _told(draft, [each for each in together if each.dataset == name])
        for name, draft in drafts.items()
    }


def _drafted(
    rows: Sequence[MethodRow],
    standing: Standings,
    answers: Answers | None,
    measured: Mapping[str, Any],
    test_share: float,
) -> Judgement:
    """Judge one dataset, before p-values are corrected for the other ones."""
    name, complete = rows[0].dataset, [row for row in rows if row.is_complete]
    rates = predict_rates(complete, measured)
    calibrations = calibration_rows(name, answers) if answers else []
    real = {row.method for row in complete if not row.is_dummy}
    best = standing.best(lambda row: not row.is_dummy)
    others = (
        throughput_sentence(standing, rates),
        calibration_sentence(
            [c for c in calibrations if c.method in real],
            best,
            is_multilabel=standing.is_multilabel,
        ),
    )
    leading = standing.leading.metric
    metric = leading if leading in LABEL_SCORES else "f1_macro"
    scores = Scores(answers, metric, test_share) if answers else None
    return Judgement(
        comparisons=tuple(compared(name, complete, scores, rates) if scores else ()),
        calibrations=tuple(calibrations),
        verdicts=tuple(sentence for sentence in others if sentence),
        cautions=(),
        scores=scores,
    )


def _told(draft: Judgement, comparisons: Sequence[Comparison]) -> Judgement:
    of_sets = draft.scores is not None and draft.scores.answers.is_multilabel
    sentences = (
        comparison_sentence(each, is_multilabel=of_sets) for each in comparisons
    )
    return replace(
        draft,
        comparisons=tuple(comparisons),
        verdicts=(*sentences, *draft.verdicts),
    )


def held_out_share(
    trials: Sequence[Mapping[str, Any]], records: Mapping[str, Record]
) -> float:
    """Return the test rows over the training rows of a fold; 0 where not known."""
    shares = [
        record.n_test / record.n_train
        for trial in trials
        if (record := records.get(trial["key"])) and record.n_train and record.n_test
    ]
    return float(np.mean(shares)) if shares else 0.0
