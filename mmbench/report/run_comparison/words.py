"""What a comparison of two runs could have found, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median

from mmbench.presentation.numbers import count_text, number_text
from mmbench.report.run_comparison.change import Changes

__all__ = ["detectable_sentences"]


def detectable_sentences(changes: Changes) -> Iterator[str]:
    """Say how small a change could have been found, by the number that changes.

    Parameters
    ----------
    changes : Changes
        What was compared.

    Yields
    ------
    str
        A sentence for scores of each metric and for speeds of each kind.
    """
    for found, noun, unit in ((changes.quality, "drop", ""), (changes.speed, "", "x")):
        for what in dict.fromkeys(each.what for each in found):
            known = [
                each.detectable
                for each in found
                if each.what == what and math.isfinite(each.detectable)
            ]
            if known:
                yield _sentence(known, what, noun or "slowdown", unit)


def _sentence(known: list[float], what: str, noun: str, unit: str) -> str:
    low, middle, high = (
        f"{each:.2f}x" if unit else number_text(each)
        for each in (min(known), median(known), max(known))
    )
    span = middle if low == high else f"{middle} (median; {low} to {high})"
    return (
        f"Smallest detectable {noun} in {what}, at 80 % power, over "
        f"{count_text(len(known), 'comparison')}: {span}."
    )
