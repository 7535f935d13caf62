"""What ensembles of a run's methods add over the best of their members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmbench.presentation.sentences import Sentence
from mmbench.report.judging.comparisons import compared
from mmbench.report.judging.questions import ENSEMBLE, Ask
from mmbench.report.judging.verdicts import judge
from mmbench.report.run import Run
from mmbench.report.text.verdict_words import comparison_sentence

__all__ = ["ensemble_gains"]


def ensemble_gains(
    run: Run, ensembles: Sequence[str], members: Sequence[str]
) -> Iterator[Sentence]:
    """Say on each dataset what each ensemble adds over the best of its members.

    Parameters
    ----------
    run : Run
        What the results folder holds.
    ensembles : sequence of str
        The ensembles, each of the same members.
    members : sequence of str
        The methods that they are made of.

    Yields
    ------
    Sentence
        With interval and p-value, which are corrected for choosing the best member and
        for all ensembles and datasets; then the ensemble's rank.
    """
    judgements = judge(run)
    for name, here in run.datasets.items():
        scores, metric = judgements[name].scores, here.compared_by
        if scores is None or metric is None:
            continue
        rows = [row for row in here.rows if row.is_complete]
        known = [each for each in members if each in scores.of]
        asks = [
            Ask(ENSEMBLE, each, "the best of its members", [each], known)
            for each in ensembles
            if each in scores.of and known
        ]
        families = {ENSEMBLE: len(run.datasets)}
        found = compared(name, rows, scores, families, rope=run.rope, asks=asks)
        ranks = {row.method: rank for rank, row in here.leaderboard.ranked}
        for each in found:
            said = comparison_sentence(each, metric, here.shown.answer)
            rank = f" It ranks {ranks[each.first]} of {len(ranks)}."
            yield (f"{name}: ", *said, rank)
