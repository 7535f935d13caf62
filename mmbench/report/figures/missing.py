"""How scores fall as a modality goes missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

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
from mmbench.report.judging.modality_importance import MissingCurve, ModalityImportance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["missing_figure"]

_HEIGHT = 2.6
_LINE = 0.2
_MARKERS = "oDs^vPX"


def missing_figure(
    found: ModalityImportance | None, names: Callable[[str], str] = str
) -> Drawing | None:
    """Draw the score of the leading methods against the rows that miss a modality.

    Parameters
    ----------
    found : ModalityImportance or None
        What each modality is to the methods.
    names : callable, default=str
        Returns a method's display name.

    Returns
    -------
    Drawing or None
        One panel per modality; None without curves.
    """
    from matplotlib.figure import Figure

    curves = found.curves_of(found.leaders) if found else []
    if found is None or not curves:
        return None
    label = found.metric.label
    modalities = list(dict.fromkeys(curve.modality for curve in curves))
    room = _LINE * len(found.leaders) + 0.6
    height = _HEIGHT + room
    hints = {}
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        panels = figure.subplots(1, len(modalities), sharey=True, squeeze=False)[0]
        figure.subplots_adjust(0.1, room / height, 0.98, 1 - 0.3 / height, wspace=0.08)
        for position, curve in enumerate(curves):
            order = found.leaders.index(curve.method)
            axes = panels[modalities.index(curve.modality)]
            _draw_curve(
                axes, curve._replace(method=names(curve.method)), order, position
            )
            hints[part_id(position)] = _hint(curve, label)
        for axes, name in zip(panels, modalities, strict=True):
            axes.set_title(printable(f"without {name}"), fontsize=9.5, loc="left")
            axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
            label_axes(axes, x="test rows without it")
        label_axes(panels[0], x="test rows without it", y=label)
        handles = {line.get_label(): line for axes in panels for line in axes.lines}
        figure.legend(
            handles=list(handles.values()),
            loc="lower left",
            fontsize=8.5,
            borderaxespad=0,
        )
        image = finish(figure)
    caption = (
        f"{label[:1].upper()}{label[1:]} of the best method of each kind of fusion as "
        "a modality is removed from more and more test rows. Models are not refitted."
    )
    return Drawing("missing", image, caption, hints)


def _draw_curve(axes: Axes, curve: MissingCurve, order: int, position: int) -> None:
    axes.plot(
        curve.shares,
        curve.scores,
        marker=_MARKERS[order % len(_MARKERS)],
        markersize=5,
        linewidth=1.6,
        color=fusion_tone(curve.fusion).light,
        # Matplotlib hides what starts with an underscore.
        label=f" {printable(curve.method)}",
        gid=part_id(position),
    )


def _hint(curve: MissingCurve, label: str) -> str:
    points = ", ".join(
        f"{100 * share:.0f} %: {score:.3f}"
        for share, score in zip(curve.shares, curve.scores, strict=True)
    )
    return f"{curve.method}: {label} with {curve.modality} missing from {points}"
