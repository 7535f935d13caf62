"""Power: the smallest difference that a design can be expected to show."""

from __future__ import annotations

import math

__all__ = ["detectable_difference"]


def detectable_difference(
    error: float, df: float, *, level: float = 0.95, power: float = 0.8
) -> float:
    """Return the smallest true difference that a comparison is likely to find.

    Parameters
    ----------
    error : float
        The standard error of the difference, as a `Claim` has it.
    df : float
        Its degrees of freedom.
    level : float in (0, 1), default=0.95
        Of the two-sided test.
    power : float in (0, 1), default=0.8
        The chance to find it.

    Returns
    -------
    float
        NaN where the error is.

    Examples
    --------
    Two groups of 64 have a standard error of 1 / sqrt(32); Cohen's example is half a
    standard deviation at a power of .80.

    >>> round(detectable_difference(32**-0.5, 126), 2)
    0.5
    """
    from scipy.special import nctdtrinc, stdtrit

    if math.isnan(error):
        return math.nan
    # Beyond this many, t is as good as normal, and its inverse is not reliable.
    df = min(df, 1e4)
    limit = float(stdtrit(df, (1 + level) / 2))
    return float(nctdtrinc(df, 1 - power, limit)) * error
