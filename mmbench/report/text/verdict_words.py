"""Verdicts in plain sentences, with interval, p-value and cost."""

from __future__ import annotations

import math
from collections.abc import Container

from mmbench.presentation.numbers import count_text, p_text, rate_text
from mmbench.presentation.sentences import Name, Sentence, capital
from mmbench.report.judging.comparisons import FITTED, RETRAINED, Comparison
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.questions import ENSEMBLE, KIND, PAIR
from mmbench.report.text.differences import difference_text, signed_text, unit_text
from mmbench.stats import Conclusion, effect_words
from mmbench.tasks import Metric

__all__ = ["comparison_answer", "comparison_sentence", "throughput_sentence"]

_RATES = (10, 100, 1_000, 10_000, 100_000)


def comparison_sentence(
    found: Comparison, metric: Metric, answer: str, beside: str = ""
) -> Sentence:
    """Say what one side adds to the other, and what that rests on.

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
        `comparison_answer`, and more.
    """
    how = (*comparison_answer(found, metric), *_how(found, answer, beside))
    is_open = found.conclusion == Conclusion.INCONCLUSIVE
    return (*how, *_power(found, metric)) if is_open else how


def comparison_answer(found: Comparison, metric: Metric) -> Sentence:
    """Say what one side adds to the other, or that no difference is shown.

    Parameters
    ----------
    found : Comparison
        What was compared.
    metric : Metric
        By what.

    Returns
    -------
    Sentence
        Its words are those of `found.conclusion`, so that they agree with the interval
        and the p-value that follow.
    """
    subject, reference = _sides(found)
    evidence = _evidence(found, metric)
    if found.is_gain or found.is_loss:
        size = difference_text(metric, abs(found.estimate))
        verb, between = _verb(metric, size, is_gain=found.is_gain)
        return _capital((*subject, verb, between, *reference, f" {evidence}."))
    own = found.estimate if metric.greater_is_better else -found.estimate
    size = f"{'+' if own > 0 else ''}{signed_text(metric, own)}"
    unit = f" {unit_text(metric)}" if metric.is_share else ""
    rest = f": {size}{unit} of {metric.label} {evidence}."
    if found.conclusion == Conclusion.EQUIVALENT:
        within = f" are equivalent within ±{difference_text(metric, found.rope)}"
        return _capital((*subject, " and ", *reference, within, rest))
    between = "No significant difference between "
    return (between, *subject, " and ", *reference, rest, *_not_yet(found))


def _not_yet(found: Comparison) -> Sentence:
    """Say that fitted models differ where that is not established for the methods."""
    if found.scope != RETRAINED or found.fitted_low <= 0 <= found.fitted_high:
        return ()
    return (" These fitted models differ; for the methods that is not established.",)


def _power(found: Comparison, metric: Metric) -> Sentence:
    """Say how large a difference a run like this can be expected to show."""
    if found.question == KIND or not math.isfinite(found.detectable):
        return ()
    size = difference_text(metric, found.detectable)
    return (f" Such a run detects a true difference of {size} with 80 % power.",)


def _capital(words: Sentence) -> Sentence:
    """Begin a sentence with a capital letter, unless with a name."""
    first, *rest = words
    return (first if isinstance(first, Name) else capital(first), *rest)


def _verb(metric: Metric, size: str, *, is_gain: bool) -> tuple[str, str]:
    """Return what a side does, and what stands before the other side."""
    if not metric.greater_is_better:
        verb = "lowers" if is_gain else "raises"
        return f" {verb} {metric.label}", f" by {size} against "
    if is_gain:
        return " adds", f" {size} of {metric.label} over "
    return " loses", f" {size} of {metric.label} to "


def throughput_sentence(
    leaderboard: Leaderboard, able: Container[str], *, are_timed_alone: bool
) -> Sentence | None:
    """Say which method to take at which speed; None where no speed is known.

    Parameters
    ----------
    leaderboard : Leaderboard
        The methods.
    able : container of str
        Those that may be recommended, being better than the floor.
    are_timed_alone : bool
        Whether their speeds were measured with the machine to itself.

    Returns
    -------
    Sentence or None
        The best method for each speed that some method reaches.
    """
    rows = [row for row in leaderboard.contenders if row.method in able]
    best: dict[str, int] = {}
    for needed in _RATES:
        fast = (row for row in rows if row.samples_per_s >= needed)
        if (row := next(fast, None)) is not None:
            best[row.method] = needed
    if not best:
        return None
    chosen = [(row, best[row.method]) for row in rows if row.method in best]
    words: list[str] = []
    for row, needed in chosen:
        start = "; for" if words else "If you need"
        words += [f"{start} {needed:,} samples/s, use ", Name(row.method)]
        score = leaderboard.leading.text(leaderboard.leading.value(row))
        speed = rate_text(row.samples_per_s)
        words.append(f" ({leaderboard.leading.label} {score}, {speed} samples/s)")
    each = "Each" if len(chosen) > 1 else "It"
    how = (
        "methods were timed one at a time"
        if are_timed_alone
        else "speeds are those of the trials"
    )
    return (*words, f". {each} scores best of those fast enough on these folds; {how}.")


def _sides(found: Comparison) -> tuple[Sentence, Sentence]:
    if found.question == PAIR:
        return (Name(found.first),), (Name(found.second),)
    if found.question != ENSEMBLE:
        return (found.subject,), (found.reference,)
    if found.n_second == 1:
        return (Name(found.first),), (f"{found.reference} ", Name(found.second))
    return (Name(found.first),), (f"{found.reference}, ", Name(found.second))


def _evidence(found: Comparison, metric: Metric) -> str:
    """Return the interval, the p-value and the cost."""
    n = found.n_compared
    how = f", corrected for {n} comparisons" if n > 1 else ""
    interval = _interval(found, metric, found.low, found.high)
    text = f"95 % CI {interval}, {p_text(found.p_value)}{how}"
    if found.scope == RETRAINED:
        fitted = _interval(found, metric, found.fitted_low, found.fitted_high)
        text = f"with retraining: {text}; {FITTED}: {fitted}"
    else:
        text = f"{FITTED}: {text}"
    if math.isnan(found.cost_ratio):
        return f"({text})"
    return f"({text}) at {_times(found.cost_ratio)} prediction cost"


def _interval(found: Comparison, metric: Metric, low: float, high: float) -> str:
    # A sentence that says "loses" or "raises" gives what is lost or raised; one of no
    # difference gives the score's own.
    turned = found.is_loss or not (found.is_gain or metric.greater_is_better)
    if turned:
        low, high = -high, -low
    return " to ".join(signed_text(metric, end) for end in (low, high))


def _how(found: Comparison, answer: str, beside: str) -> Sentence:
    """Name the best method of each side, and the correction for choosing it."""
    if found.question == KIND:
        return ()
    won = beside
    if found.n_better is not None:
        won += (
            f" The first method alone gets {count_text(found.n_better, answer)} right, "
            f"the second alone {found.n_worse:,}."
        )
    if found.question == PAIR:
        size = abs(found.effect_size)
        won += f" Effect size: d = {size:.2f} ({effect_words(size)})."
    if found.question in (ENSEMBLE, PAIR):
        return (won,)
    return (
        " The two methods are ",
        Name(found.first),
        " and ",
        Name(found.second),
        f".{won}",
        _corrected(found),
    )


def _corrected(found: Comparison) -> str:
    if found.n_first == found.n_second == 1:
        return ""
    sides = (
        f"best of {n} {many}" if n > 1 else f"one {one}"
        for n, one, many in (
            (found.n_first, "fusion", "fusions"),
            (found.n_second, "single-modality method", "single-modality methods"),
        )
    )
    return f" {capital(' against '.join(sides))}, corrected for the selection."


def _times(ratio: float) -> str:
    """Return a ratio of costs, to stand before what is compared."""
    if ratio >= 9.95:
        return f"{ratio:,.0f} times the"
    times = f"{ratio:.2g}"
    return "the same" if times == "1" else f"{times} times the"
