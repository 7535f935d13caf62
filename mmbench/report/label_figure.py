"""Which label is found how well, by the best method and by what it has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.report.drawing import (
    WIDTH,
    Drawing,
    distinct,
    finish,
    label_axes,
    name_lines,
    part_id,
    printable,
)
from mmbench.report.labels import text_size
from mmbench.report.numbers import score_text
from mmbench.report.palette import MUTED, fusion_tone
from mmbench.report.scoring import Scores
from mmbench.report.svg import figure_style
from mmbench.stats import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["labels_figure"]

_MOST_LABELS = 40
_NAME_SIZE = 8.5
_LONGEST = 32
_LINE = 0.3
_FOOT = 0.55
_HEAD = 0.75
# The methods' lines lie beside each other, not on top.
_APART = 0.17
_TONES = ("early", "late")
_MARKERS = "os"


def labels_figure(scores: Scores | None, methods: Sequence[str]) -> Drawing | None:
    """Draw the F1 score of every label for one method or two.

    Parameters
    ----------
    scores : Scores or None
        The scores of the methods on a dataset.
    methods : sequence of str
        The best and the baseline; those without answers are left out.

    Returns
    -------
    Drawing or None
        None where samples have one class each. Of many labels, the most frequent ones.
    """
    from matplotlib.figure import Figure

    known = [name for name in methods if scores and name in scores.of]
    if scores is None or not scores.answers.is_multilabel or not known:
        return None
    shares = scores.answers.y.mean(axis=0)
    order = np.argsort(-shares, kind="stable")[:_MOST_LABELS].tolist()
    labels = distinct([scores.answers.classes[i] for i in order], _LONGEST)
    names = [
        _named(label, float(shares[i])) for label, i in zip(labels, order, strict=True)
    ]
    height = _LINE * len(order) + _FOOT + _HEAD
    hints: dict[str, str] = {}
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        longest = max(text_size(name, _NAME_SIZE)[0] for name in names) / 72
        left = min(longest + 0.2, WIDTH * 0.45) / WIDTH
        box = (left, _FOOT / height, 0.97 - left, 1 - (_FOOT + _HEAD) / height)
        axes = figure.add_axes(box)
        _draw_blind(axes, [float(shares[i]) for i in order])
        for number, method in enumerate(known):
            found = scores.f1_of_classes(method)
            lines = [(name, found[i]) for name, i in zip(names, order, strict=True)]
            shift = _APART * (2 * number - (len(known) - 1))
            hints |= _draw_method(axes, number, method, lines, shift)
        axes.set_xlim(-0.02, 1.02)
        name_lines(axes, names, size=_NAME_SIZE)
        label_axes(axes, x="F1 of the label")
        figure.legend(loc="upper left", bbox_to_anchor=(left, 1.0), fontsize=8.5)
        image = finish(figure)
    return Drawing("labels", image, _caption(scores.answers.n_classes), hints)


def _named(label: str, share: float) -> str:
    """Return a label with the share of the samples that have it."""
    percent = "<0.1" if share < 0.0005 else f"{100 * share:.{1 if share < 0.1 else 0}f}"
    return f"{label} ({percent} %)"


def _draw_blind(axes: Axes, shares: Sequence[float]) -> None:
    """Mark what is scored by giving every sample the label."""
    axes.plot(
        [2 * share / (1 + share) for share in shares],
        range(len(shares)),
        linestyle="none",
        marker="|",
        markersize=13,
        markeredgewidth=1.4,
        color=MUTED.light,
        label=" every sample given the label",
    )


def _draw_method(
    axes: Axes,
    number: int,
    method: str,
    lines: Sequence[tuple[str, Interval]],
    shift: float,
) -> dict[str, str]:
    """Draw one method's scores with their intervals; return the hints over them."""
    color = fusion_tone(_TONES[number]).light
    hints = {}
    for line, (name, each) in enumerate(lines):
        part, y = part_id(number * len(lines) + line), line + shift
        axes.plot([each.low, each.high], [y, y], color=color, lw=1.6, alpha=0.6)
        axes.plot(
            [each.estimate],
            [y],
            marker=_MARKERS[number],
            markersize=5,
            linestyle="none",
            color=color,
            gid=part,
            label=None if line else f" {printable(method)}",
        )
        numbers = (score_text(value) for value in each)
        hints[part] = "{}, {}: F1 {} ({} to {})".format(name, method, *numbers)
    return hints


def _caption(n_labels: int) -> str:
    text = (
        "F1 of each label over all folds with its 95 % interval, the most frequent "
        "label first, with the share of samples that have it. The grey mark is what "
        "giving the label to every sample would score."
    )
    if n_labels <= _MOST_LABELS:
        return text
    return f"{text} Of {n_labels} labels, the {_MOST_LABELS} most frequent are shown."
