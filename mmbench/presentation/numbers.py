"""Numbers as text: as many digits as say something, with their unit."""

from __future__ import annotations

import math

__all__ = [
    "NOTHING",
    "bytes_text",
    "count_text",
    "number_text",
    "p_text",
    "percent_text",
    "rate_text",
    "score_text",
    "seconds_text",
]

NOTHING = "\N{EN DASH}"
"""Fills a cell that has no value."""


def score_text(value: float) -> str:
    """Return a score with three decimals, which is what folds can tell apart.

    Parameters
    ----------
    value : float
        A score; NaN where there is none.

    Returns
    -------
    str
        The number, or a dash where it is not finite.

    Examples
    --------
    >>> score_text(0.90599), score_text(float("nan")) == NOTHING
    ('0.906', True)
    """
    # What rounds to nothing has no sign.
    return f"{value:z.3f}" if math.isfinite(value) else NOTHING


def number_text(value: float) -> str:
    """Return a number of any unit with as many digits as say something.

    Parameters
    ----------
    value : float
        A number; NaN where there is none.

    Returns
    -------
    str
        The number with thousands separated, or a dash where it is not finite.

    Examples
    --------
    >>> [number_text(value) for value in (1.0889, 0.0, 1234.5, 0.000123, -31.4159)]
    ['1.089', '0.000', '1,234', '0.000123', '-31.42']
    """
    if not math.isfinite(value):
        return NOTHING
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}" if size >= 1000 else f"{value:.1f}"
    if size >= 10:
        return f"{value:.2f}"
    return f"{value:.3g}" if 0 < size < 0.001 else f"{value:.3f}"


def seconds_text(value: float) -> str:
    """Return a duration in the unit that suits it.

    Parameters
    ----------
    value : float
        Seconds, at least 0; NaN where unknown.

    Returns
    -------
    str
        Milliseconds, seconds, minutes or hours, or a dash where the value is not
        finite.

    Examples
    --------
    >>> [seconds_text(value) for value in (0.00042, 0.0317, 1.234, 75.0, 9000.0)]
    ['0.420 ms', '31.7 ms', '1.23 s', '1 min 15 s', '2 h 30 min']
    """
    if not math.isfinite(value):
        return NOTHING
    if value < 0.9995:
        return f"{_three_digits(value * 1000)} ms"
    if value < 59.95:
        return f"{_three_digits(value)} s"
    seconds = round(value)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    minutes = round(value / 60)
    return f"{minutes // 60:,} h {minutes % 60} min"


def rate_text(value: float) -> str:
    """Return a rate with three significant digits.

    Parameters
    ----------
    value : float
        Any rate, such as rows per second; NaN where unknown.

    Returns
    -------
    str
        The number without its unit, or a dash where it is not finite.

    Examples
    --------
    >>> [rate_text(value) for value in (0.0512, 3.14159, 12345.6)]
    ['0.0512', '3.14', '12,300']
    """
    return _three_digits(value) if math.isfinite(value) else NOTHING


def bytes_text(value: float) -> str:
    """Return a size with three significant digits, in the unit that suits it.

    Parameters
    ----------
    value : float
        Bytes, at least 0; NaN where unknown.

    Returns
    -------
    str
        Bytes, KiB, MiB or GiB, or a dash where the value is not finite.

    Examples
    --------
    >>> [bytes_text(value) for value in (812, 374_712, 187_310_080, 5 * 2**30)]
    ['812 B', '366 KiB', '179 MiB', '5.00 GiB']
    """
    if not math.isfinite(value):
        return NOTHING
    size, unit = value, "B"
    for larger in ("KiB", "MiB", "GiB"):
        if size >= 1000:
            size, unit = size / 1024, larger
    return f"{size:.0f} B" if unit == "B" else f"{_three_digits(size)} {unit}"


def count_text(n: int, noun: str) -> str:
    """Return a count and its noun, in the plural where it must be.

    Parameters
    ----------
    n : int
        The count, at least 0.
    noun : str
        In the singular, with a regular plural.

    Returns
    -------
    str
        The count, thousands separated, and the noun.

    Examples
    --------
    >>> count_text(1, "fold"), count_text(2670, "sample"), count_text(3, "class")
    ('1 fold', '2,670 samples', '3 classes')
    """
    ending = "" if n == 1 else "es" if noun.endswith("s") else "s"
    return f"{n:,} {noun}{ending}"


def p_text(value: float) -> str:
    """Return a p-value with two digits that say something, without the zero in front.

    Parameters
    ----------
    value : float in [0, 1]
        The p-value; NaN where there is none.

    Returns
    -------
    str
        ``p = `` or ``p < `` and the number, or a dash where it is not finite.

    Examples
    --------
    >>> [p_text(value) for value in (0.00004, 0.00041, 0.0123, 0.61, 1.0)]
    ['p < .0001', 'p = .0004', 'p = .012', 'p = .61', 'p = 1']
    """
    if not math.isfinite(value):
        return f"p {NOTHING}"
    if value < 0.0001:
        return "p < .0001"
    decimals = min(4, 1 - math.floor(math.log10(value)))
    text = f"{value:.{max(decimals, 2)}f}"
    return f"p = {'1' if float(text) >= 1 else text.removeprefix('0')}"


def percent_text(value: float) -> str:
    """Return a share in whole percent.

    Parameters
    ----------
    value : float
        A share, 1 being all; NaN where unknown.

    Returns
    -------
    str
        The percentage, or a dash where the value is not finite.

    Examples
    --------
    >>> percent_text(0.706) == "71\N{NO-BREAK SPACE}%"
    True
    """
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%" if math.isfinite(value) else NOTHING


def _three_digits(value: float) -> str:
    if value == 0:
        return "0"
    decimals = 2 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    # 9.999 becomes 10.00, which has a digit more before the point.
    decimals = 2 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(0, decimals)}f}"
