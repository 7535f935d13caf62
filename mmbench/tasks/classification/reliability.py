"""Reliability curves: how often an answer is right, by how sure its method is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    finish,
    label_axes,
    part_id,
    printable,
)
from mmbench.presentation.palette import MUTED, fusion_tone
from mmbench.presentation.svg import figure_style
from mmbench.stats import ReliabilityCurve, expected_calibration_error

__all__ = ["ReliabilityWords", "reliability_figure"]

_SIZE = 3.0
_TONES = ("early", "late")
_MARKERS = "os"


class ReliabilityWords(NamedTuple):
    """What the axes and the figure are called.

    Attributes
    ----------
    x, y : str
        Labels of the axes.
    caption : str
        The figure's caption.
    """

    x: str
    y: str
    caption: str


def reliability_figure(
    curves: Mapping[str, ReliabilityCurve], words: ReliabilityWords
) -> Drawing:
    """Draw the reliability curves of one method or two.

    Parameters
    ----------
    curves : mapping of str to ReliabilityCurve
        By method.
    words : ReliabilityWords
        What they are curves of.

    Returns
    -------
    Drawing
    """
    from matplotlib.figure import Figure

    hints, height = {}, _SIZE + 0.95
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        box = (0.75 / WIDTH, 0.9 / height, _SIZE / WIDTH, _SIZE / height)
        axes = figure.add_axes(box)
        axes.plot([0, 1], [0, 1], color=MUTED.light, lw=1, ls=(0, (4, 3)))
        for position, (name, curve) in enumerate(curves.items()):
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
        label_axes(axes, x=words.x, y=words.y)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)
        figure.legend(loc="lower left", fontsize=8.5, borderaxespad=0)
        image = finish(figure)
    return Drawing("calibration", image, words.caption, hints)
