"""What a report says of each dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import isnan

from mmbench.presentation.drawing import Drawing
from mmbench.presentation.numbers import NOTHING, count_text, percent_text, score_text
from mmbench.presentation.sentences import Name, capital
from mmbench.report.content import Content
from mmbench.report.document import (
    Block,
    Bullets,
    Cell,
    Code,
    FactList,
    Figures,
    Fold,
    Heading,
    Paragraph,
    Part,
    Table,
)
from mmbench.report.figures.differences import dataset_differences, main_question
from mmbench.report.figures.methods import scores_figure, throughput_figure
from mmbench.report.figures.missing import missing_figure
from mmbench.report.judging.modality_importance import (
    ModalityImportance,
    ModalityImportanceRow,
)
from mmbench.report.parts.learning_curves import curve_blocks
from mmbench.report.parts.method_tables import ranked_table, unranked_table
from mmbench.report.parts.mistakes import mistake_blocks
from mmbench.report.parts.pairs import pair_blocks
from mmbench.report.parts.queries import query_blocks
from mmbench.report.parts.slices import slice_blocks
from mmbench.report.parts.strips import strip_blocks
from mmbench.report.parts.tuning import tuning_blocks
from mmbench.report.sections import Section

__all__ = ["BLOCKS", "dataset_parts"]


def dataset_parts(content: Content) -> Iterator[Part]:
    """Show all that is known of each dataset.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        One per dataset.
    """
    for section in content.sections:
        found = ((title, [*make(section, content)]) for title, make in BLOCKS)
        slug = f"dataset-{section.slug}"
        parts = [
            Part(title=title, slug=f"{slug}-{number}", blocks=blocks)
            for number, (title, blocks) in enumerate(found)
            if blocks
        ]
        about = ", ".join(filter(None, (section.title, section.size)))
        yield Part(title=section.name, slug=slug, about=about, parts=parts)


def _summary(section: Section, content: Content) -> Iterator[Block]:
    """Name the best method, unless the main results do."""
    if len(content.sections) > 1 and content.answers:
        yield Paragraph(section.sentences)


def _verdicts(section: Section, _: Content) -> Iterator[Block]:
    if section.verdicts:
        yield Bullets(section.verdicts)


def _methods(section: Section, _: Content) -> Iterator[Block]:
    if section.leaderboard.ranked:
        yield ranked_table(section)
    if section.leaderboard.unranked:
        text = (
            "The methods below lack some of their trials. The missing trials may be "
            "the hardest, so these methods are not ranked; their numbers are means "
            "over the trials that are ok."
        )
        yield Paragraph([(text,)])
        yield unranked_table(section)


def _figures(section: Section, content: Content) -> Iterator[Block]:
    found, names = section.leaderboard, content.names
    drawn: list[Drawing | None] = [
        scores_figure(found, names),
        throughput_figure(found, names),
        _differences(section, content),
        missing_figure(section.importance, names),
    ]
    pooled, told = section.judgement.pooled, _best_and_baseline(section)
    if pooled and told:
        known = {names(name): said for name, said in pooled.methods.items()}
        renamed = replace(pooled, methods=known)
        drawn += section.on_dataset.shown.figures(renamed, [*map(names, told)])
    shown = [drawing for drawing in drawn if drawing is not None]
    # Of several datasets, a page would become too long to find anything.
    n_open = len(shown) if len(content.sections) == 1 else _OPEN_FIGURES
    if shown:
        yield Figures(section.slug, section.name, shown[:n_open])
    if more := shown[n_open:]:
        title = capital(count_text(len(more), "further figure"))
        yield Fold(title, [Figures(section.slug, section.name, more)])


_OPEN_FIGURES = 2


def _differences(section: Section, content: Content) -> Drawing | None:
    """Draw all comparisons, unless the main results show them already."""
    every, metric = section.judgement.comparisons, section.on_dataset.compared_by
    if len(content.sections) == 1 and len(main_question(every)) == len(every):
        return None
    return dataset_differences(every, metric, content.names)


def _best_and_baseline(section: Section) -> list[str]:
    """Return the best method, and the best that sees one modality alone.

    Those without predictions are left out.
    """
    best = section.leaderboard.best(lambda row: not row.is_floor)
    single = section.leaderboard.best(lambda row: row.is_single)
    names = dict.fromkeys(row.method for row in (best, single) if row is not None)
    pooled = section.judgement.pooled
    return [name for name in names if pooled and name in pooled.methods]


def _controls(section: Section, _: Content) -> Iterator[Block]:
    """Show what is left of the best methods when a modality is that of other rows."""
    named, found = section.on_dataset.shown.controls, section.importance
    rows = [] if found is None else found.of(found.leaders)
    shown = [row for row in rows if row.modality in named and not isnan(row.shuffled)]
    if not shown:
        return
    score = section.leaderboard.leading.label
    yield Table(
        name=f"Controls on {section.name}",
        caption=f"{capital(score)} of the best method of each kind of fusion, as test "
        "rows are and with what belongs to other rows",
        legend=": mean over shuffles, and the middle 95 % of them",
        headings=[
            Heading("method", is_number=False),
            Heading("control", is_number=False),
            Heading("score", greater_is_better=True),
            Heading("over shuffles", is_number=False),
        ],
        rows=[
            cells
            for row in shown
            for cells in (
                _control(row, "none", row.intact, ""),
                _control(row, named[row.modality], row.shuffled, _ends(row)),
            )
        ],
    )


def _control(
    row: ModalityImportanceRow, name: str, score: float, ends: str
) -> list[Cell]:
    return [
        Cell(Name(row.method), row.method),
        Cell(name, name),
        Cell(score_text(score), score),
        Cell(ends, ends),
    ]


def _ends(row: ModalityImportanceRow) -> str:
    return f"{score_text(row.shuffled_low)} to {score_text(row.shuffled_high)}"


_IMPORTANCE = (
    ("intact", "all modalities as they are", True),
    ("without it", "the modality missing from every row", False),
    ("only it", "all other modalities missing from every row", True),
    ("shuffled", "the modality shuffled among the rows: mean over shuffles", False),
    ("Shapley value", "its mean gain over the orders of adding modalities", True),
    ("share", "of the sum of Shapley values", True),
)


def _importance(section: Section, content: Content) -> Iterator[Block]:
    found = section.importance
    if found is None:
        return
    table = _importance_table(section, found)
    is_one = len(content.sections) == 1
    yield table if is_one else Fold("Scores without a modality", [table])


def _importance_table(section: Section, found: ModalityImportance) -> Table:
    score = section.leaderboard.leading.label
    return Table(
        name=f"Modality importance on {section.name}",
        caption=f"{capital(score)} of the best method of each kind of fusion, on all "
        "test rows as they are and with a modality changed",
        headings=[
            Heading("method", is_number=False),
            Heading("modality", is_number=False),
            *(
                Heading(label, about, greater_is_better=better)
                for label, about, better in _IMPORTANCE
            ),
        ],
        rows=[_importance_row(row) for row in found.of(found.leaders)],
    )


def _importance_row(row: ModalityImportanceRow) -> list[Cell]:
    ends = _ends(row)
    shuffled = score_text(row.shuffled)
    return [
        Cell(Name(row.method), row.method),
        Cell(row.modality, row.modality),
        *(Cell(score_text(x), x) for x in (row.intact, row.without, row.alone)),
        Cell(shuffled, row.shuffled, about="" if shuffled == NOTHING else ends),
        Cell(score_text(row.shapley), row.shapley),
        Cell(percent_text(row.share), row.share),
    ]


def _failures(section: Section, _: Content) -> Iterator[Block]:
    for each in section.failures:
        folds = f"fold{'s' if len(each.folds) > 1 else ''} {', '.join(each.folds)}"
        status = each.status.replace("_", " ")
        yield Paragraph([(Name(each.method), f" {status} in {folds}: {each.reason}")])
        if each.traceback:
            yield Fold("Traceback", [Code(each.traceback)])


def _warned(section: Section, content: Content) -> Iterator[Block]:
    found = content.warned(section)
    if found:
        told = [
            (
                Name(each.method),
                f" in {each.n_trials} trial{'s' if each.n_trials != 1 else ''}: ",
                each.message,
            )
            for each in found
        ]
        yield Fold(f"Warnings of methods ({len(found)})", [Bullets(told)])


def _card(section: Section, _: Content) -> Iterable[Block]:
    return [Fold("Dataset card", [FactList(section.card)])] if section.card else []


BLOCKS: tuple[tuple[str, Callable[[Section, Content], Iterable[Block]]], ...] = (
    ("", _summary),
    ("Verdicts", _verdicts),
    ("Methods", _methods),
    ("", pair_blocks),
    ("Figures", _figures),
    ("Tuning", tuning_blocks),
    ("Learning curve", curve_blocks),
    ("Slices", slice_blocks),
    ("Controls", _controls),
    ("Modality importance", _importance),
    ("Mistakes", mistake_blocks),
    ("Queries", query_blocks),
    ("Key frames", strip_blocks),
    ("Trials that are not ok", _failures),
    ("", _warned),
    ("", _card),
)
"""What is shown of a dataset: a heading, and what makes its blocks."""
