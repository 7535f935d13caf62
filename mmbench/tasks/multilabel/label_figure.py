"""Which label is found how well, by the best method and by what it has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.presentation.drawing import (
    WIDTH,
    Drawing,
    distinct,
    finish,
    label_axes,
    name_lines,
    part_id,
    printable,
)
from mmbench.presentation.label_placement import text_size
from mmbench.presentation.numbers import score_text
from mmbench.presentation.palette import MUTED, fusion_tone
from mmbench.presentation.svg import figure_style
from mmbench.stats import Interval, bootstrap_interval
from mmbench.tasks.classification.metrics import LabelCounts, f1_of_classes
from mmbench.tasks.multilabel.metrics import count_label_sets

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mmbench.tasks.pooled import PooledPredictions

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


def labels_figure(pooled: PooledPredictions, methods: Sequence[str]) -> Drawing:
    """Draw the F1 score of every label for one method or two.

    Parameters
    ----------
    pooled : PooledPredictions
        What the methods predict.
    methods : sequence of str
        The best and the baseline.

    Returns
    -------
    Drawing
        Of many labels, the most frequent ones.
    """
    from matplotlib.figure import Figure

    classes = pooled.target.schema["classes"]
    shares = (pooled.target.scored != 0).mean(axis=0)
    order = np.argsort(-shares, kind="stable")[:_MOST_LABELS].tolist()
    labels = distinct([str(classes[i]) for i in order], _LONGEST)
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
        for number, method in enumerate(methods):
            found = _f1_of_labels(pooled, method)
            lines = [(name, found[i]) for name, i in zip(names, order, strict=True)]
            shift = _APART * (2 * number - (len(methods) - 1))
            hints |= _draw_method(axes, number, method, lines, shift)
        axes.set_xlim(-0.02, 1.02)
        name_lines(axes, names, size=_NAME_SIZE)
        label_axes(axes, x="F1 of the label")
        figure.legend(loc="upper left", bbox_to_anchor=(left, 1.0), fontsize=8.5)
        image = finish(figure)
    return Drawing("labels", image, _caption(len(classes)), hints)


def _f1_of_labels(pooled: PooledPredictions, method: str) -> list[Interval]:
    """Return the F1 score of every label, with its 95 % interval."""
    found = f1_of_classes(pooled.sums(method, count_label_sets))
    drawn = f1_of_classes(pooled.resampled_sums(method, count_label_sets))
    n_true = LabelCounts(pooled.sums(method, count_label_sets)).support
    return [
        bootstrap_interval(f1, values, n_outcomes=max(int(n), 1))
        for f1, values, n in zip(found, drawn, n_true, strict=True)
    ]


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
