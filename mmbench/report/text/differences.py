"""Differences of scores in words: in points where scores are shares."""

from __future__ import annotations

from mmbench.presentation.numbers import number_text
from mmbench.tasks import Metric

__all__ = ["axis_text", "difference_text", "scaled", "signed_text", "unit_text"]


def scaled(metric: Metric, difference: float) -> float:
    """Return a difference as it is shown: in points of a share, of which 1 has 100.

    Parameters
    ----------
    metric : Metric
        What the difference is of.
    difference : float
        In the metric's own unit.

    Returns
    -------
    float
        In points, or unchanged for metrics that are not shares.
    """
    return 100 * difference if metric.is_share else difference


def signed_text(metric: Metric, difference: float) -> str:
    """Return a difference with its sign, where it is negative, and without its unit.

    Parameters
    ----------
    metric : Metric
        What the difference is of.
    difference : float
        In the metric's own unit.

    Returns
    -------
    str
        One decimal for points; the minus sign is typographic, and zero has none.

    Examples
    --------
    >>> from mmbench.tasks import TASKS
    >>> accuracy = TASKS["classification"].metrics_by_name["accuracy"]
    >>> signed_text(accuracy, 0.031), signed_text(accuracy, -1e-9)
    ('3.1', '0.0')
    """
    shown = scaled(metric, difference)
    text = f"{shown:z.1f}" if metric.is_share else number_text(shown)
    return text.replace("-", "\N{MINUS SIGN}")


def difference_text(metric: Metric, difference: float) -> str:
    """Return a difference with its unit.

    Parameters
    ----------
    metric : Metric
        What the difference is of.
    difference : float
        In the metric's own unit.

    Returns
    -------
    str
        The number and, for shares, "points".

    Examples
    --------
    >>> from mmbench.tasks import TASKS
    >>> metrics = TASKS["classification"].metrics_by_name
    >>> difference_text(metrics["accuracy"], 0.031)
    '3.1 points'
    >>> difference_text(metrics["log_loss"], 0.031)
    '0.031'
    """
    unit = unit_text(metric)
    text = signed_text(metric, difference)
    return f"{text} {unit}" if unit else text


def unit_text(metric: Metric) -> str:
    """Return what differences are given in, nothing for plain numbers.

    Parameters
    ----------
    metric : Metric
        What the difference is of.

    Returns
    -------
    str
        ``"points"`` or empty.
    """
    return "points" if metric.is_share else ""


def axis_text(metric: Metric) -> str:
    """Return the name of an axis of differences, the better to the right.

    Parameters
    ----------
    metric : Metric
        What the differences are of.

    Returns
    -------
    str
        The axis's label.
    """
    better = "" if metric.greater_is_better else ", turned so that more is better"
    points = "points of " if metric.is_share else ""
    return f"difference in {points}{metric.label}{better}"
