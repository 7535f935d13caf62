"""Reliability curves: how often an answer is right, by how sure its method is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mmbench.report.answers import Answers
from mmbench.report.drawing import (
    WIDTH,
    Drawing,
    finish,
    label_axes,
    part_id,
    printable,
)
from mmbench.report.palette import MUTED, fusion_tone
from mmbench.report.svg import figure_style
from mmbench.stats import expected_calibration_error

__all__ = ["reliability_figure"]

_SIZE = 3.2
_TONES = ("early", "late")
_MARKERS = "os"


class _Words(NamedTuple):
    x: str
    y: str
    caption: str


# By whether a sample may have several labels.
_WORDS = {
    False: _Words(
        "confidence",
        "share that is right",
        "How often answers are right, by how sure the method is of them, over all "
        "folds, in 15 bins. On the dashed line, confidence is what it says; below it, "
        "it is too high.",
    ),
    True: _Words(
        "probability of a label",
        "share that has it",
        "How often samples have a label, by how probable the method calls it, over all "
        "folds and labels, in 15 bins. On the dashed line, a probability is what it "
        "says; below it, it is too high.",
    ),
}


def reliability_figure(
    answers: Answers | None, methods: Sequence[str]
) -> Drawing | None:
    """Draw the reliability curves of one method or two.

    Parameters
    ----------
    answers : Answers or None
        What the methods answered.
    methods : sequence of str
        The best and the baseline; those that give labels alone are left out.

    Returns
    -------
    Drawing or None
    """
    from matplotlib.figure import Figure

    known = [name for name in methods if answers and name in answers.probabilities]
    if answers is None or not known:
        return None
    hints, height = {}, _SIZE + 0.55
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        box = (0.75 / WIDTH, 0.5 / height, _SIZE / WIDTH, _SIZE / height)
        axes = figure.add_axes(box)
        axes.plot([0, 1], [0, 1], color=MUTED.light, lw=1, ls=(0, (4, 3)))
        for position, name in enumerate(known):
            curve = answers.probabilities[name].curve
            error = expected_calibration_error(curve)
            axes.plot(
                curve.confidence,
                curve.accuracy,
                marker=_MARKERS[position],
                markersize=5,
                color=fusion_tone(_TONES[position]).light,
                label=f" {printable(name)}: ECE {error:.3f}",
                gid=part_id(position),
            )
            hints[part_id(position)] = f"{name}: expected calibration error {error:.3f}"
        words = _WORDS[answers.is_multilabel]
        label_axes(axes, x=words.x, y=words.y)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)
        axes.legend(loc="upper left", bbox_to_anchor=(1.03, 1.0), fontsize=8.5)
        image = finish(figure)
    return Drawing("calibration", image, words.caption, hints)
