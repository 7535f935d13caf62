"""Sentences on modality importance, and on robustness to missing modalities."""

from __future__ import annotations

import math

from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.judging.modality_importance import (
    MissingCurve,
    ModalityImportance,
    ModalityImportanceRow,
)
from mmbench.report.text.differences import difference_text, signed_text
from mmbench.tasks import Metric

__all__ = ["importance_sentence", "robustness_sentence"]

# A modality with less than this share of the gain does not dominate.
_DOMINATES = 0.6
# A half of the rows is what most curves have a point at.
_HALF = 0.5


def importance_sentence(found: ModalityImportance) -> Sentence:
    """Say which modality contributes most to the best fusion.

    Parameters
    ----------
    found : ModalityImportance
        What each modality is to the methods.

    Returns
    -------
    Sentence
        Modalities by their Shapley shares, and what shuffling each costs.
    """
    label = found.metric.label
    rows = sorted(found.of(found.leaders[:1]), key=lambda row: -row.shapley)
    first = rows[0]
    total = math.fsum(row.shapley for row in rows)
    if total <= 0:
        rest = (
            f" gains nothing from its inputs: its {label} is no lower with all missing."
        )
        return (Name(first.method), rest)
    parts = ", ".join(f"{row.modality} {100 * row.share:.0f} %" for row in rows)
    drawn = [row for row in rows if not math.isnan(row.shuffled)]
    shuffled = "; ".join(
        f"{row.modality} {_shuffled_text(found.metric, row)}" for row in drawn
    )
    costs = f" Shuffling a modality across rows costs: {shuffled}." if shuffled else ""
    gained = (
        f": its gain of {difference_text(found.metric, total)} of {label} over no "
        f"input splits into {parts} (Shapley shares).{costs}"
    )
    name = Name(first.method)
    if first.share >= _DOMINATES:
        return (f"{first.modality.capitalize()} contributes most to ", name, gained)
    return ("No single modality dominates ", name, gained)


def robustness_sentence(found: ModalityImportance) -> Sentence | None:
    """Say what it costs when a modality is missing from half of the rows or all.

    It speaks of the best method, and of the leading one that then stands best; None
    where nobody asked for a half.

    Parameters
    ----------
    found : ModalityImportance
        What each modality is to the methods.

    Returns
    -------
    Sentence or None
        The loss of each modality, in the metric's unit.
    """
    leader = found.leaders[0]
    curves = [c for c in found.curves_of([leader]) if not math.isnan(c.at(_HALF))]
    if not curves:
        return None
    told = [_loss_text(found.metric, curve) for curve in curves]
    start = f"With modalities missing, the {found.metric.label} of "
    sentence: Sentence = (start, Name(leader), f" falls by {'; '.join(told)}.")
    toughest = max(found.leaders, key=lambda name: _worst(found, name))
    if toughest == leader:
        return (
            *sentence,
            " It is the most robust of the best methods of each kind of fusion.",
        )
    worst, ours = _worst(found, toughest), _worst(found, leader)
    numbers = (
        f" ({worst:.3f} without its most important modality in half of the rows, "
        f"against {ours:.3f})."
    )
    return (*sentence, " Most robust to a missing modality: ", Name(toughest), numbers)


def _shuffled_text(metric: Metric, row: ModalityImportanceRow) -> str:
    ends = (row.intact - x for x in (row.shuffled_high, row.shuffled_low))
    low, high = (signed_text(metric, end) for end in ends)
    lost = difference_text(metric, row.intact - row.shuffled)
    return f"{lost} ({low} to {high} over shuffles)"


def _loss_text(metric: Metric, curve: MissingCurve) -> str:
    half, whole = (
        difference_text(metric, curve.at(0.0) - curve.at(x)) for x in (_HALF, 1.0)
    )
    return (
        f"{half} without {curve.modality} in half of the rows and {whole} without it "
        "in all"
    )


def _worst(found: ModalityImportance, method: str) -> float:
    known = [curve.at(_HALF) for curve in found.curves_of([method])]
    return min((x for x in known if not math.isnan(x)), default=-math.inf)
