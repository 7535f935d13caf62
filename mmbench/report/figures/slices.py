"""The scores of slices as bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mmbench.presentation.bars import Bar, bars_drawing
from mmbench.presentation.numbers import number_text, score_text

if TYPE_CHECKING:
    from mmbench.presentation.drawing import Drawing
    from mmbench.report.judging.slices import SliceRow
    from mmbench.tasks import Metric

__all__ = ["slices_figure"]

_MOST_SLICES = 30


def slices_figure(
    rows: Sequence[SliceRow], metric: Metric, number: int, names: Callable[[str], str]
) -> Drawing | None:
    """Draw how well the best method does on the values of a column, beside a rival.

    Parameters
    ----------
    rows : sequence of SliceRow
        Those of one column; the first method is the best, and the last one the best
        that sees one modality alone.
    metric : Metric
        What they are scored by.
    number : int
        Tells the figure from those of other columns.
    names : callable
        Returns a method's display name.

    Returns
    -------
    Drawing or None
        None of a single value. Of many, those with most samples are drawn.
    """
    methods = list(dict.fromkeys(row.method for row in rows))
    shown = list(dict.fromkeys([methods[0], methods[-1]]))
    sizes = {row.slice: row.n_samples for row in rows if row.method == methods[0]}
    if len(sizes) < 2:
        return None
    kept = sorted(sizes, key=lambda name: -sizes[name])[:_MOST_SLICES]
    found = {(row.method, row.slice): Bar(row.score, row.low, row.high) for row in rows}
    column = rows[0].column
    some = f" Of {len(sizes)}, the {len(kept)} with most samples are shown."
    return bars_drawing(
        f"slices-{number}",
        [f"{name} ({sizes[name]:,})" for name in kept],
        {names(m): [found.get((m, name)) for name in kept] for m in shown},
        x=f"{metric.label} by {column}",
        caption=f"{metric.label} by {column}, with how many samples were scored. Lines "
        "are intervals that hold for all values of the column together."
        f"{some if len(kept) < len(sizes) else ''}",
        text=score_text if metric.is_share else number_text,
    )
