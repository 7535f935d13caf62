"""What holds over all datasets of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mmbench.presentation.numbers import count_text
from mmbench.presentation.sentences import Name
from mmbench.report.content import Content
from mmbench.report.document import (
    Block,
    Cell,
    Figures,
    Heading,
    Paragraph,
    Part,
    Table,
)
from mmbench.report.figures.ranks import critical_difference_figure
from mmbench.report.judging.ranks import RankRow, Ranks
from mmbench.report.parts.main_results import ALL
from mmbench.stats import Average

__all__ = ["over_datasets"]


def over_datasets(content: Content) -> Iterator[Part]:
    """Rank methods over all datasets.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        Where methods are ranked on several datasets.
    """
    ranks = content.ranks
    if ranks is None:
        return
    blocks: list[Block] = [_table(ranks)]
    if ranks.n_left_out:
        text = (
            f"Left out: {count_text(ranks.n_left_out, 'method')} not ranked on every "
            f"dataset, since average ranks need equal sets of datasets."
        )
        blocks.append(Paragraph([(text,)]))
    if not ranks.is_conclusive:
        n = len(ranks.datasets)
        text = f"{n} datasets are too few to conclude anything about others."
        blocks.append(Paragraph([(text,)]))
    elif drawing := critical_difference_figure(ranks, content.names):
        blocks.append(Figures(ALL, "all datasets", [drawing]))
    yield Part(title="All datasets", slug="all-datasets", blocks=blocks)


def _table(ranks: Ranks) -> Table:
    better = ranks.column.greater_is_better
    return Table(
        name="Methods over all datasets",
        caption=f"Methods over all datasets: average rank and {ranks.column.label}",
        legend="; † not significantly worse than the best (Nemenyi's test); intervals: "
        "95 %, bootstrap over datasets and samples"
        if ranks.is_conclusive
        else "",
        headings=[
            Heading("method", is_number=False),
            Heading("fusion", is_number=False, is_aside=True),
            Heading("average rank", greater_is_better=False),
            *(
                [
                    Heading("win rate", greater_is_better=True),
                    Heading("improvability", greater_is_better=False),
                ]
                if ranks.averages
                else []
            ),
            *(Heading(name, greater_is_better=better) for name in ranks.datasets),
        ],
        rows=[_row(ranks, row, place) for place, row in enumerate(ranks.rows)],
    )


def _row(ranks: Ranks, row: RankRow, place: int) -> list[Cell]:
    is_tied = ranks.is_conclusive and place > 0 and ranks.is_with_the_best(place)
    averages = [] if ranks.averages is None else [*ranks.averages[1:]]
    return [
        Cell(Name(row.method), row.method),
        Cell(row.fusion or "none", row.fusion, fusion=row.fusion),
        Cell(f"{row.rank:.2f}", row.rank, is_best=place == 0, is_tied=is_tied),
        *(
            Cell(_with_interval(average, place), float(average.estimate[place]))
            for average in averages
        ),
        *(Cell(ranks.column.text(score), score) for score in row.scores),
    ]


def _with_interval(average: Average, place: int) -> str:
    """Write a share in per cent, with its interval where there is one."""
    estimate, low, high = (100 * float(each[place]) for each in average)
    text = f"{estimate:.0f} %"
    return text if math.isnan(low) else f"{text} ({low:.0f} to {high:.0f})"
