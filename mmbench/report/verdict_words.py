"""Verdicts in plain sentences, with interval, p-value and cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from mmbench.report.calibrations import CalibrationRow
from mmbench.report.comparisons import ENSEMBLE, KIND, Comparison
from mmbench.report.numbers import count_text, p_text, points_text, rate_text
from mmbench.report.sentences import Name, Sentence
from mmbench.report.standings import Standings
from mmbench.report.tables import MethodRow

__all__ = [
    "SCORE_NAMES",
    "calibration_sentence",
    "comparison_sentence",
    "throughput_sentence",
]

SCORE_NAMES = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "f1_macro": "macro-F1",
    "f1_micro": "micro-F1",
    "f1_weighted": "weighted F1",
    "precision_macro": "macro-precision",
    "recall_macro": "macro-recall",
}
_RATES = (10, 100, 1_000, 10_000, 100_000)


def comparison_sentence(found: Comparison, *, is_multilabel: bool = False) -> Sentence:
    """Say what one side adds to the other, takes from it, or can't be told to do."""
    how = _how(found, "label set" if is_multilabel else "answer")
    subject, reference = _sides(found)
    points = points_text(abs(found.estimate))
    metric = SCORE_NAMES[found.metric]
    if found.is_gain:
        text = f" {points} of {metric} over "
        return (
            *subject,
            " adds",
            text,
            *reference,
            f" {_evidence(found)}.",
            *how,
        )
    if found.is_loss:
        text = f" {points} of {metric} to "
        return (
            *subject,
            " loses",
            text,
            *reference,
            f" {_evidence(found)}.",
            *how,
        )
    more = "more" if found.estimate >= 0 else "less"
    rest = f": {points} of {metric} {more} {_evidence(found)}."
    return (*subject, " can't be told from ", *reference, rest, *how)


def throughput_sentence(
    standings: Standings, rates: Mapping[str, float]
) -> Sentence | None:
    """Say which method to take at which speed; None where no speed is known."""
    rows = [row for row in standings.rows if not row.is_dummy]
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


def calibration_sentence(
    rows: Iterable[CalibrationRow],
    best: MethodRow | None,
    *,
    is_multilabel: bool = False,
) -> Sentence | None:
    """Say whose probabilities can be believed, and whether the best method's can."""
    known = sorted(rows, key=lambda row: row.ece)
    if not known:
        return None
    first = known[0]
    start: Sentence = (
        "Best calibrated is ",
        Name(first.method),
        f" ({_calibration(first)})",
    )
    of_best = next((r for r in known if best and r.method == best.method), None)
    if of_best is None or of_best is first:
        return (*start, ".")
    says, right = (round(100 * x) for x in (of_best.mean_confidence, of_best.accuracy))
    habit = (
        f", calls a label {says} % probable on average where {right} % hold "
        if is_multilabel
        else f", says {says} % on average and is right {right} % of the time "
    )
    name, numbers = Name(of_best.method), f"({_calibration(of_best)})."
    return (*start, "; the best-scoring, ", name, habit, numbers)


def _calibration(row: CalibrationRow) -> str:
    return f"ECE {row.ece:.3f}, Brier {row.brier:.3f}"


def _sides(found: Comparison) -> tuple[Sentence, Sentence]:
    if found.question != ENSEMBLE:
        return (found.subject.capitalize(),), (found.reference,)
    if found.n_second == 1:
        return (Name(found.first),), (f"{found.reference} ", Name(found.second))
    return (Name(found.first),), (f"{found.reference}, ", Name(found.second))


def _evidence(found: Comparison) -> str:
    """Return the interval, the p-value and the cost."""
    low, high = 100 * found.low, 100 * found.high
    if found.is_loss:
        low, high = -high, -low
    how = f", Holm over {found.n_compared}" if found.n_compared > 1 else ""
    interval = f"95 % CI {_signed(low)} to {_signed(high)}"
    text = f"({interval}, {p_text(found.p_adjusted)}{how})"
    if math.isnan(found.cost_ratio):
        return text
    return f"{text} at {_times(found.cost_ratio)} the predict cost"


def _how(found: Comparison, answer: str) -> Sentence:
    """Say who stood for each side, and how the choice was corrected for."""
    if found.question == KIND:
        return ()
    won = (
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


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "\N{MINUS SIGN}")


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 9.95 else f"{ratio:.2g}x"
