"""Hit rates by how many of the first items are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

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

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["recall_figure"]

_SIZE = 3.0
_TONES = ("early", "late")
_MOST = 100
_DEPTHS = (1, 2, 5, 10, 20, 50, 100)


def recall_figure(
    ranks: Mapping[str, NDArray[Any]], asked: str, wanted: str
) -> Drawing:
    """Draw the share of queries whose first relevant item is among the first k.

    Parameters
    ----------
    ranks : mapping of str to ndarray of int, shape (n_queries,)
        By method, the rank of the first relevant item, from 1.
    asked, wanted : str
        What asks, and what is ranked.

    Returns
    -------
    Drawing
    """
    from matplotlib.figure import Figure

    depths, hints, height = np.arange(1, _MOST + 1), {}, _SIZE + 0.95
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        box = (0.75 / WIDTH, 0.9 / height, _SIZE / WIDTH, _SIZE / height)
        axes = figure.add_axes(box)
        for position, (name, found) in enumerate(ranks.items()):
            rates = np.searchsorted(np.sort(found), depths, side="right") / len(found)
            axes.plot(
                depths,
                rates,
                color=fusion_tone(_TONES[position]).light,
                label=f" {printable(name)}: {rates[0]:.3f} at 1, {rates[9]:.3f} at 10",
                gid=part_id(position),
            )
            hints[part_id(position)] = f"{name}: {rates[9]:.3f} at 10"
        axes.set_xscale("log")
        axes.set_xlim(1, _MOST)
        # By itself, a log scale writes powers in TeX, which no SVG text shows.
        axes.set_xticks(_DEPTHS, [str(depth) for depth in _DEPTHS])
        axes.minorticks_off()
        axes.set_ylim(0, 1.02)
        label_axes(axes, x="first k items", y="hit rate")
        figure.legend(loc="lower left", fontsize=8.5, borderaxespad=0)
        image = finish(figure)
    return Drawing(
        f"hits-{asked}-to-{wanted}",
        image,
        f"Queries by {asked}: the share of them with a relevant {wanted} among the "
        "first k, over all folds. Galleries are those of a fold.",
        hints,
    )
