"""The matrix of every pair of the best methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mmbench.presentation.numbers import p_text
from mmbench.presentation.sentences import Name
from mmbench.report.content import Content
from mmbench.report.document import Block, Cell, Fold, Heading, Table
from mmbench.report.judging.pairs import PairRow
from mmbench.report.sections import Section
from mmbench.report.text.differences import scaled, signed_text, unit_text
from mmbench.stats import Conclusion
from mmbench.tasks import Metric

__all__ = ["pair_blocks"]

_WORDS = {Conclusion.BETTER: "win", Conclusion.WORSE: "loss"}
_LEGEND = (
    "; a win or a loss is significant, a tie is not (which does not prove equality). "
    "Differences of the fitted models, on all test rows together"
)


def pair_blocks(section: Section, _: Content) -> Iterator[Block]:
    """Show every pair of the best methods, folded.

    Parameters
    ----------
    section : Section
        What is said of a dataset.
    _ : Content
        All else that the report says.

    Yields
    ------
    Block
        None without at least three methods to compare.
    """
    metric = section.on_dataset.compared_by
    if metric is None or not section.pairs:
        return
    pairs = {(row.first, row.second): row for row in section.pairs}
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    unit = f" in points of {metric.label}" if metric.is_share else f" of {metric.label}"
    n = section.pairs[0].n_compared
    table = Table(
        name=f"Pairs of methods on {section.name}",
        caption=f"The method of the row against that of the column: difference{unit}, "
        f"corrected for all {n:,} pairs of ranked methods",
        legend=_LEGEND,
        headings=[
            Heading("#", greater_is_better=False),
            Heading("method", is_number=False),
            *(Heading(str(i), name) for i, name in enumerate(names, 1)),
        ],
        rows=[
            [
                Cell(str(place), place),
                Cell(Name(name), name),
                *(_cell(name, other, pairs, metric) for other in names),
            ]
            for place, name in enumerate(names, 1)
        ],
    )
    yield Fold(f"Every pair of the {len(names)} best methods", [table])


def _cell(
    name: str, other: str, pairs: Mapping[tuple[str, str], PairRow], metric: Metric
) -> Cell:
    if name == other:
        return Cell("")
    is_first = (name, other) in pairs
    row = pairs[(name, other) if is_first else (other, name)]
    sign = 1 if is_first else -1
    lead = sign * row.estimate
    low, high = sorted((sign * row.low, sign * row.high))
    word = _WORDS.get(Conclusion(row.conclusion), "tie")
    if not is_first:
        word = {"win": "loss", "loss": "win"}.get(word, word)
    unit = f" {unit_text(metric)}" if metric.is_share else ""
    about = (
        f"{_signed(metric, lead)}{unit}, 95 % CI {_signed(metric, low)} to "
        f"{_signed(metric, high)}, {p_text(row.p_value)}: {row.conclusion}; effect "
        f"size d = {abs(row.effect_size):.2f} ({row.effect})"
    )
    return Cell(f"{word} {_signed(metric, lead)}", scaled(metric, lead), about=about)


def _signed(metric: Metric, difference: float) -> str:
    """Return a lead with its sign."""
    text = signed_text(metric, difference)
    return f"+{text}" if difference > 0 and text.strip("0.") else text
