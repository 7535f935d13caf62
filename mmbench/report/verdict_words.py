"""Verdicts in plain sentences, with interval, p-value and cost."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mmbench.presentation.numbers import count_text, p_text, rate_text
from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.comparisons import ENSEMBLE, KIND, Comparison
from mmbench.report.differences import difference_text, signed_text
from mmbench.report.standings import Standings
from mmbench.tasks import Metric

__all__ = ["comparison_sentence", "throughput_sentence"]

_RATES = (10, 100, 1_000, 10_000, 100_000)


def comparison_sentence(
    found: Comparison, metric: Metric, answer: str, beside: str = ""
) -> Sentence:
    """Say what one side adds to the other, takes from it, or can't be told to do.

    Parameters
    ----------
    found : Comparison
        What was compared.
    metric : Metric
        By what.
    answer : str
        What one prediction is called.
    beside : str, default=""
        What to say of the two best methods' other scores.

    Returns
    -------
    Sentence
    """
    how = _how(found, answer, beside)
    subject, reference = _sides(found)
    size = difference_text(metric, abs(found.estimate))
    evidence = _evidence(found, metric)
    if found.is_gain or found.is_loss:
        verb, between = _verb(metric, size, is_gain=found.is_gain)
        return (*subject, verb, between, *reference, f" {evidence}.", *how)
    is_more = (found.estimate >= 0) == metric.greater_is_better
    rest = f": {size} of {metric.label} {'more' if is_more else 'less'} {evidence}."
    return (*subject, " can't be told from ", *reference, rest, *how)


def _verb(metric: Metric, size: str, *, is_gain: bool) -> tuple[str, str]:
    """Return what a side does, and what stands before the other side."""
    if not metric.greater_is_better:
        verb = "lowers" if is_gain else "raises"
        return f" {verb} {metric.label}", f" by {size} against "
    if is_gain:
        return " adds", f" {size} of {metric.label} over "
    return " loses", f" {size} of {metric.label} to "


def throughput_sentence(
    standings: Standings, rates: Mapping[str, float]
) -> Sentence | None:
    """Say which method to take at which speed; None where no speed is known."""
    rows = standings.contenders
    best: dict[str, int] = {}
    for needed in _RATES:
        able = (row for row in rows if rates.get(row.method, math.nan) >= needed)
        if (row := next(able, None)) is not None:
            best[row.method] = needed
    if not best:
        return None
    chosen = [(row, best[row.method]) for row in rows if row.method in best]
    words: list[str] = []
    for row, needed in chosen:
        start = "; for up to" if words else "For up to"
        words += [f"{start} {needed:,} samples a second, take ", Name(row.method)]
        score = standings.leading.text(standings.leading.value(row))
        speed = rate_text(rates[row.method])
        words.append(f" ({standings.leading.label} {score}, {speed} samples/s)")
    return (*words, ". Each is the best that is fast enough, on these folds.")


def _sides(found: Comparison) -> tuple[Sentence, Sentence]:
    if found.question != ENSEMBLE:
        return (found.subject.capitalize(),), (found.reference,)
    if found.n_second == 1:
        return (Name(found.first),), (f"{found.reference} ", Name(found.second))
    return (Name(found.first),), (f"{found.reference}, ", Name(found.second))


def _evidence(found: Comparison, metric: Metric) -> str:
    """Return the interval, the p-value and the cost."""
    low, high = found.low, found.high
    # A sentence that says "loses" or "raises" gives what is lost or raised; one of no
    # difference gives the score's own.
    turned = found.is_loss or not (found.is_gain or metric.greater_is_better)
    if turned:
        low, high = -high, -low
    how = f", Holm over {found.n_compared}" if found.n_compared > 1 else ""
    ends = (signed_text(metric, end) for end in (low, high))
    interval = f"95 % CI {' to '.join(ends)}"
    text = f"({interval}, {p_text(found.p_adjusted)}{how})"
    if math.isnan(found.cost_ratio):
        return text
    return f"{text} at {_times(found.cost_ratio)} the predict cost"


def _how(found: Comparison, answer: str, beside: str) -> Sentence:
    """Say who stood for each side, and how the choice was corrected for."""
    if found.question == KIND:
        return ()
    won = beside
    if found.n_better is not None:
        won += (
            f" {count_text(found.n_better, answer)} only the first gets right, "
            f"{found.n_worse:,} only the second."
        )
    if found.question == ENSEMBLE:
        return (won,) if found.n_second == 1 else (won, _corrected(found))
    return (
        " The best of each are ",
        Name(found.first),
        " and ",
        Name(found.second),
        f".{won}",
        _corrected(found),
    )


def _corrected(found: Comparison) -> str:
    if found.n_first == found.n_second == 1:
        return ""
    several = count_text(found.n_first, "method")
    others = f"all {found.n_second}" if found.n_second > 1 else "the one"
    return (
        f" {several} against {others} of the other side; what luck adds to the best of "
        "several is taken off."
    )


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 9.95 else f"{ratio:.2g}x"
