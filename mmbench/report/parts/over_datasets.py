"""What holds over all datasets of a run."""

from __future__ import annotations

from collections.abc import Iterator

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
            f"{ranks.n_left_out} methods are not ranked on every dataset and are left "
            "out: no rank is taken over unequal sets of datasets."
        )
        blocks.append(Paragraph([(text,)]))
    if drawing := critical_difference_figure(ranks, content.names):
        blocks.append(Figures(ALL, "all datasets", [drawing]))
    yield Part(title="All datasets", slug="all-datasets", blocks=blocks)


def _table(ranks: Ranks) -> Table:
    better = ranks.column.greater_is_better
    return Table(
        name="Methods over all datasets",
        caption=f"Methods over all datasets: average rank and {ranks.column.label}",
        legend="; † not significantly worse than the best",
        headings=[
            Heading("method", is_number=False),
            Heading("fusion", is_number=False, is_aside=True),
            Heading("average rank", greater_is_better=False),
            *(Heading(name, greater_is_better=better) for name in ranks.datasets),
        ],
        rows=[_row(ranks, row, place) for place, row in enumerate(ranks.rows)],
    )


def _row(ranks: Ranks, row: RankRow, place: int) -> list[Cell]:
    is_tied = place > 0 and ranks.is_with_the_best(place)
    return [
        Cell(Name(row.method), row.method),
        Cell(row.fusion or "none", row.fusion, fusion=row.fusion),
        Cell(f"{row.rank:.2f}", row.rank, is_best=place == 0, is_tied=is_tied),
        *(Cell(ranks.column.text(score), score) for score in row.scores),
    ]
