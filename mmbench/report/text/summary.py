"""The summary of a report in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mmbench.presentation.numbers import count_text, seconds_text
from mmbench.presentation.sentences import Name, Sentence, capital
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.tables.costs import Ledger
from mmbench.report.tables.methods import NOT_RUN, MethodRow

__all__ = ["cost_sentence", "dataset_sentences", "trials_sentence"]

_STATUS_WORDS = {
    "failed": "failed",
    "timed_out": "ran out of time",
    "skipped": "skipped",
    NOT_RUN: "not run yet (the same command finishes them)",
}


def trials_sentence(counts: Mapping[str, int], seconds: float) -> Sentence:
    """Say how many trials ended how, and how long they took together.

    Parameters
    ----------
    counts : mapping of str to int
        The number of trials by status.
    seconds : float
        The sum of what trials took.

    Returns
    -------
    Sentence
        With every status that occurs.
    """
    total = sum(counts.values())
    took = f", in {seconds_text(seconds)} of computing" if seconds > 0 else ""
    if counts["ok"] == total:
        return (f"All {count_text(total, 'trial')} are ok{took}.",)
    rest = [f"{counts[status]:,} {words}" for status, words in _STATUS_WORDS.items()]
    told = [text for text in rest if not text.startswith("0 ")]
    ok = f"{counts['ok']:,} of {count_text(total, 'planned trial')} are ok{took}"
    return (f"{ok}; {', '.join(told)}.",)


def cost_sentence(ledger: Ledger) -> Sentence | None:
    """Say what the trials cost, and what sharing work saved; None without costs.

    Parameters
    ----------
    ledger : Ledger
        What trials cost, shared and by themselves.

    Returns
    -------
    Sentence or None
        With both times and the share that was saved.
    """
    if math.isnan(ledger.saved):
        return None
    shared, alone = map(seconds_text, (ledger.shared_s, ledger.standalone_s))
    # Something is always left to pay, so nothing is ever saved whole.
    percent = min(99, round(100 * ledger.saved))
    text = (
        f"{count_text(ledger.n_trials, 'trial')} took {shared} of computing; "
        f"run separately, the methods would have taken {alone}: sharing saved "
        f"{percent}\N{NO-BREAK SPACE}%."
    )
    return (text,)


def dataset_sentences(leaderboard: Leaderboard) -> list[Sentence]:
    """Say what is best, what the best single modality does, and what the dummy does.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods of one dataset.

    Returns
    -------
    list of Sentence
        One to three.
    """
    best = next(iter(leaderboard.contenders), None)
    if best is None:
        return [("No method has all its trials ok, so none is ranked.",)]
    first = (
        "The best method is ",
        Name(best.method),
        f" with {_score(leaderboard, best)}.",
    )
    sentences: list[Sentence] = [first]
    single = leaderboard.best(lambda row: row.is_single)
    joined = leaderboard.best(lambda row: row.is_multimodal)
    if best.is_multimodal and single is not None:
        sentences.append(_single_sentence(leaderboard, best, single))
    elif best.is_single and joined is not None:
        sentences.append(_joined_sentence(leaderboard, best, joined))
    dummy = leaderboard.best(lambda row: row.is_floor)
    if dummy is not None:
        sentences.append(_dummy_sentence(leaderboard, dummy))
    return sentences


def _single_sentence(
    leaderboard: Leaderboard, best: MethodRow, single: MethodRow
) -> Sentence:
    return (
        f"The best single-modality method ({single.modalities}) is ",
        Name(single.method),
        f" with {_score(leaderboard, single)}, {_gap(leaderboard, best, single)}.",
    )


def _joined_sentence(
    leaderboard: Leaderboard, best: MethodRow, joined: MethodRow
) -> Sentence:
    return (
        f"It sees {best.modalities} only; ",
        "the best fusion is ",
        Name(joined.method),
        f" with {_score(leaderboard, joined)}, {_gap(leaderboard, best, joined)}.",
    )


def _dummy_sentence(leaderboard: Leaderboard, dummy: MethodRow) -> Sentence:
    merit = leaderboard.leading.merit
    n_below = sum(merit(row) <= merit(dummy) for row in leaderboard.contenders)
    score = _score(leaderboard, dummy)
    name = capital(dummy.floor_name)
    start = f"{name}, which {leaderboard.shown.floor}, reaches {score}"
    if not n_below:
        return (f"{start}.",)
    verb = "is" if n_below == 1 else "are"
    return (f"{start}; {count_text(n_below, 'method')} {verb} no better.",)


def _score(leaderboard: Leaderboard, row: MethodRow) -> str:
    leading = leaderboard.leading
    # A line must not end between a number and its deviation.
    number = leading.show(row).replace(" ", "\N{NO-BREAK SPACE}")
    text = f"{leading.label} {number}"
    beside = [
        f"{column.label} {column.text(column.value(row))}"
        for column in leaderboard.beside
        if not math.isnan(column.value(row))
    ]
    return f"{text} ({', '.join(beside)})" if beside else text


def _gap(leaderboard: Leaderboard, best: MethodRow, other: MethodRow) -> str:
    leading = leaderboard.leading
    gap = abs(leading.value(best) - leading.value(other))
    if leading.text(gap) == leading.text(0.0):
        return "equal to three digits"
    return f"{leading.text(gap)} {'less' if leading.greater_is_better else 'more'}"
