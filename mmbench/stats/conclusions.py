"""Conclusions in words that never contradict their interval or p-value."""

from __future__ import annotations

import math
from enum import StrEnum

__all__ = ["Conclusion", "conclude", "effect_words", "rope_on_scale"]

# Cohen's names, by what a standardised difference is below.
_EFFECTS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"))


class Conclusion(StrEnum):
    """What an interval of a difference says."""

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"
    INCONCLUSIVE = "no significant difference"


def conclude(estimate: float, low: float, high: float, *, rope: float) -> Conclusion:
    """State what a difference and its interval mean.

    Parameters
    ----------
    estimate, low, high : float
        The difference, positive where the first is better, and its interval.
    rope : float
        The region of practical equivalence: differences up to this don't matter.

    Returns
    -------
    Conclusion
        Better or worse where the interval excludes 0, however small the difference:
        the p-value is then below the level. Equivalent where it does not, but lies
        within the region. A greater region can only turn a difference that is not
        significant into equivalence. Nothing is concluded from an interval of NaN.

    Raises
    ------
    ValueError
        When the estimate is not within the interval, or the region is negative.

    Examples
    --------
    >>> str(conclude(0.02, 0.01, 0.03, rope=0.01))
    'better'
    >>> str(conclude(0.002, -0.004, 0.008, rope=0.01))
    'equivalent'
    >>> str(conclude(0.02, -0.01, 0.05, rope=0.01))
    'no significant difference'
    """
    if rope < 0:
        raise ValueError(f"rope must be at least 0, got {rope}.")
    if estimate < low or estimate > high:
        raise ValueError(
            f"estimate must lie within low to high, got {estimate} for {low} to {high}."
        )
    if low > 0:
        return Conclusion.BETTER
    if high < 0:
        return Conclusion.WORSE
    if -rope <= low and high <= rope:
        return Conclusion.EQUIVALENT
    return Conclusion.INCONCLUSIVE


def rope_on_scale(rope: float, *, is_share: bool, floor: float) -> float:
    """Return the region of practical equivalence on a metric's own scale.

    Parameters
    ----------
    rope : float
        For scores between 0 and 1; 0.01 is a point.
    is_share : bool
        Whether the metric is such a score.
    floor : float
        What the floor scores, such as predicting the prior or the mean; NaN if unknown.

    Returns
    -------
    float
        For losses without an upper end, such as log loss or RMSE, that share of the
        floor's loss: a point of the way from the floor to no loss. 0 if unknown.

    Examples
    --------
    >>> rope_on_scale(0.01, is_share=False, floor=0.69)
    0.0069
    """
    if is_share:
        return rope
    return 0.0 if math.isnan(floor) else rope * abs(floor)


def effect_words(size: float) -> str:
    """Return what Cohen calls a standardised difference of this size.

    Parameters
    ----------
    size : float
        In standard deviations of the paired differences; its sign doesn't matter.

    Returns
    -------
    str
        ``"negligible"``, ``"small"``, ``"medium"`` or ``"large"``.

    References
    ----------
    .. [1] J. Cohen (1988). Statistical power analysis for the behavioral sciences, 2nd
       edition. Erlbaum, section 2.2.

    Examples
    --------
    >>> effect_words(0.1), effect_words(-0.6), effect_words(0.8)
    ('negligible', 'medium', 'large')
    """
    return next((word for most, word in _EFFECTS if abs(size) < most), "large")
