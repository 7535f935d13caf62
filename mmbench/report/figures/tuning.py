"""How far searches for parameters came with each candidate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    finish,
    label_axes,
    part_id,
    printable,
)
from mmbench.presentation.palette import fusion_tone
from mmbench.presentation.svg import figure_style
from mmbench.report.judging.tuning import TuningCurve

__all__ = ["tuning_figure"]

_HEIGHT, _LINE = 2.6, 0.2
_MARKERS = "oDs^v<>P"


def tuning_figure(
    curves: Sequence[TuningCurve], names: Callable[[str], str] = str
) -> Drawing:
    """Draw the best inner score so far against the candidates tried.

    Parameters
    ----------
    curves : sequence of TuningCurve
        At least one.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing
        One line per method.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    room = _LINE * len(curves) + 0.6
    height = _HEIGHT + room
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        box = (0.11, room / height, 0.86, (_HEIGHT - 0.1) / height)
        axes = figure.add_axes(box)
        for position, curve in enumerate(curves):
            axes.plot(
                range(1, len(curve.gains) + 1),
                curve.gains,
                drawstyle="steps-post",
                marker=_MARKERS[position % len(_MARKERS)],
                markersize=3.5,
                linewidth=1.4,
                color=fusion_tone(curve.fusion).light,
                label=f" {printable(names(curve.method))}",
                gid=part_id(position),
            )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        label_axes(axes, x="candidates tried", y="gain in inner folds")
        figure.legend(loc="lower left", fontsize=8.5, borderaxespad=0)
        image = finish(figure)
    hints = {
        part_id(position): f"{curve.method}: +{curve.gains[-1]:.4f} after "
        f"{len(curve.gains)} candidates"
        for position, curve in enumerate(curves)
    }
    caption = (
        "Lead of the best candidate so far over the untuned method, "
        "in the inner folds that choose candidates: mean over trials. Tuning gains "
        "less on test rows, since the best of many candidates looks better than it is."
    )
    return Drawing("tuning", image, caption, hints)
