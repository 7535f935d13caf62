"""Differences with their intervals: what one side adds to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    finish,
    label_axes,
    name_lines,
    part_id,
    printable,
)
from mmbench.presentation.label_placement import text_size
from mmbench.presentation.numbers import p_text
from mmbench.presentation.palette import MUTED, fusion_tone
from mmbench.presentation.svg import figure_style
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.judging.questions import ENSEMBLE, FAMILIES, FUSION, KIND, PAIR
from mmbench.report.text.differences import axis_text, scaled, unit_text
from mmbench.tasks import Metric

__all__ = ["dataset_differences", "fusion_gains_figure", "main_question"]

_NAME_SIZE = 8.5
_LINE = 0.27
_FOOT = 0.62
_MOST = 24


def _forest(
    comparisons: Sequence[Comparison],
    labels: Sequence[str],
    name: str,
    metric: Metric | None,
) -> Drawing | None:
    """Draw a forest plot: one difference per line, with its interval.

    Parameters
    ----------
    comparisons : sequence of Comparison
        From the top down.
    labels : sequence of str
        What each line is called.
    name : str
        Of the drawing.
    metric : Metric or None
        What is compared.

    Returns
    -------
    Drawing or None
        None of nothing.
    """
    from matplotlib.figure import Figure

    if not comparisons or metric is None:
        return None
    names = [printable(each) for each in labels]
    height = _LINE * (len(names) + 1) + _FOOT
    with figure_style():
        longest = max(text_size(each, _NAME_SIZE)[0] for each in names) / 72
        left = min(longest + 0.2, WIDTH * 0.6) / WIDTH
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        box = (left, _FOOT / height, 0.97 - left, 1 - _FOOT / height)
        axes = figure.add_axes(box)
        axes.axvline(0, color=MUTED.light, lw=1)
        for position, each in enumerate(comparisons):
            color = _color(each)
            ends = [scaled(metric, end) for end in (each.low, each.high)]
            axes.plot(ends, [position] * 2, color=color, lw=1.8)
            axes.plot(
                [scaled(metric, each.estimate)],
                [position],
                marker="D",
                markersize=6,
                color=color,
                gid=part_id(position),
            )
        name_lines(axes, names, size=_NAME_SIZE)
        label_axes(axes, x=axis_text(metric))
        image = finish(figure)
    hints = {
        part_id(position): _hint(words, each, metric)
        for position, (words, each) in enumerate(zip(labels, comparisons, strict=True))
    }
    return Drawing(name, image, _CAPTION, hints)


def main_question(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons that answer the main question of a run.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those on one dataset, the main one first.

    Returns
    -------
    list of Comparison
        Those of the first one's family: fusion and each kind of it, all ensembles, or
        all pairs of methods.
    """
    family = FAMILIES[comparisons[0].question] if comparisons else ""
    return [each for each in comparisons if FAMILIES[each.question] == family]


def dataset_differences(
    comparisons: Sequence[Comparison],
    metric: Metric | None,
    names: Callable[[str], str] = str,
) -> Drawing | None:
    """Draw comparisons that were made on one dataset, fusion's first.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Comparisons on one dataset; past a limit the last are left out.
    metric : Metric or None
        What the differences are of; None where it is not known.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing or None
        None where there is nothing to draw.
    """
    order = [FUSION, KIND, ENSEMBLE, PAIR]
    shown = sorted(comparisons, key=lambda each: order.index(each.question))[:_MOST]
    labels = [
        f"{names(each.first)} over {each.second.rpartition('/')[2]}"
        if each.question == ENSEMBLE
        else f"{names(each.subject)} over {names(each.reference)}"
        for each in shown
    ]
    return _forest(shown, labels, "differences", metric)


def fusion_gains_figure(
    comparisons: Sequence[Comparison], metrics: Mapping[str, Metric]
) -> Drawing | None:
    """Draw what fusion adds over the best single modality, one line per dataset.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Those of all datasets.
    metrics : mapping of str to Metric
        What methods are compared by on each dataset.

    Returns
    -------
    Drawing or None
        None of fewer than two datasets, or where they are compared by several metrics.
    """
    shown = [each for each in comparisons if each.question == FUSION]
    names = [f"{each.dataset}: over {each.reference}" for each in shown]
    if len(shown) < 2 or len({each.metric for each in shown}) > 1:
        return None
    return _forest(shown, names, "gains", metrics[shown[0].dataset])


_CAPTION = (
    "Difference between the best methods of the two sides, with simultaneous 95 % "
    "intervals, corrected for selection. Grey lines are not significant."
)


def _color(each: Comparison) -> str:
    if each.is_gain:
        return fusion_tone("stacked").light
    return fusion_tone("late" if each.is_loss else "none").light


def _hint(words: str, each: Comparison, metric: Metric) -> str:
    ends = [scaled(metric, x) for x in (each.estimate, each.low, each.high)]
    digits = ".1f" if metric.is_share else ".4g"
    estimate, low, high = (f"{number:+{digits}}" for number in ends)
    unit = f" {unit_text(metric)}" if metric.is_share else ""
    return f"{words}: {estimate}{unit} ({low} to {high}), {p_text(each.p_value)}"
