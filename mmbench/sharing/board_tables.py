"""A leaderboard as a page, as tables, and as other tools read it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mmbench.presentation.csv_files import csv_text
from mmbench.presentation.numbers import NOTHING, count_text
from mmbench.presentation.sentences import Name
from mmbench.report.document import (
    Bullets,
    Cell,
    Document,
    Heading,
    Part,
    Table,
)
from mmbench.report.method_names import MethodNames
from mmbench.report.render.html import html_report
from mmbench.report.render.markdown import markdown_report
from mmbench.results.strict_json import dump_strict
from mmbench.sharing.leaderboard import Board, Place, Scored
from mmbench.stats import Average

__all__ = ["FORMATS", "board_header", "board_rows"]

BENCHEVAL = ("method", "task", "seed", "metric_error", "time_train_s", "time_infer_s")
_FEW_DATASETS = 4
_MEASURES = ("mean_rank", "win_rate", "improvability")
_ABOUT = {
    "mean_rank": "1 is the best on a dataset; ties share the mean of their ranks",
    "win_rate": "the share of other methods that it beats; a tie is half a win",
    "improvability": "the share of its error that the best method avoids",
}


def board_header(board: Board) -> list[str]:
    """Return the columns of a leaderboard as it is printed.

    Parameters
    ----------
    board : Board
        The leaderboard.

    Returns
    -------
    list of str
        The method, its coverage, the three measures, and a column for each of a few
        datasets.
    """
    measures = [m.replace("_", " ") for m in _shown(board)]
    return ["method", "coverage", *measures, *(d.name for d in _printed(board))]


def board_rows(board: Board) -> Iterator[list[str]]:
    """Yield the rows of a leaderboard as they are printed.

    Parameters
    ----------
    board : Board
        The leaderboard.

    Yields
    ------
    list of str
        A cell for each column of `board_header`.
    """
    n_columns = len(board_header(board))
    for cells in _cells(board):
        yield [cell.text for cell in cells[:n_columns]]


def _printed(board: Board) -> tuple[Scored, ...]:
    """Return the datasets whose scores there is room for."""
    return board.datasets if len(board.datasets) <= _FEW_DATASETS else ()


def _shown(board: Board) -> list[str]:
    """Return the measures that there are."""
    if board.averages is None:
        return []
    return [m for m in _MEASURES if m != "improvability" or board.has_improvability]


def _cells(board: Board) -> Iterator[list[Cell]]:
    for number, place in enumerate(board.places):
        yield [
            Cell(Name(place.method), place.method),
            Cell(board.coverage(place), len(place.scores)),
            *(_measured(board, measure, number) for measure in _shown(board)),
            *_scores(board, place),
        ]


def _measured(board: Board, measure: str, number: int) -> Cell:
    if number >= board.n_ranked:
        return Cell(NOTHING, math.nan)
    average: Average = getattr(board.averages, measure)
    estimate, low, high = (float(each[number]) for each in average)
    scale, form = (1, "{:.2f}") if measure == "mean_rank" else (100, "{:.0f}")
    unit = "" if measure == "mean_rank" else " %"
    text = form.format(scale * estimate) + unit
    if not math.isnan(low):
        low_text, high_text = (form.format(scale * each) for each in (low, high))
        text = f"{text} ({low_text} to {high_text})"
    return Cell(text, estimate, is_best=number == 0 and measure == "mean_rank")


def _scores(board: Board, place: Place) -> Iterator[Cell]:
    for dataset in board.datasets:
        score = place.scores.get(dataset.name, math.nan)
        text = NOTHING if math.isnan(score) else dataset.column.text(score)
        yield Cell(text, score)


def _document(board: Board) -> Document:
    n_methods = count_text(len(board.places), "method")
    datasets = count_text(len(board.datasets), "dataset")
    table = Table(
        name="Methods over all datasets",
        caption="Methods over all datasets",
        legend="; intervals: 95 %, bootstrap over datasets; a dataset's own column is "
        "what ranks methods on it",
        headings=[
            Heading("method", is_number=False),
            Heading("coverage", "datasets with all trials"),
            *(
                Heading(
                    measure.replace("_", " "),
                    _ABOUT[measure],
                    greater_is_better=measure == "win_rate",
                )
                for measure in _shown(board)
            ),
            *(
                Heading(
                    each.name,
                    each.column.label,
                    greater_is_better=each.column.greater_is_better,
                )
                for each in board.datasets
            ),
        ],
        rows=[*_cells(board)],
    )
    notes = [Bullets([(note,) for note in board.notes])] if board.notes else []
    return Document(
        title="Leaderboard",
        about=f"{n_methods} · {datasets}",
        parts=[Part(title="Leaderboard", slug="leaderboard", blocks=[*notes, table])],
        names=MethodNames(),
    )


def _html(board: Board) -> str:
    return html_report(_document(board))


def _markdown(board: Board) -> str:
    return markdown_report(_document(board))


def _numbers(board: Board) -> tuple[list[str], list[list[object]]]:
    """Return everything as numbers: each measure with its interval."""
    measures = _shown(board)
    header = ["method", "n_datasets"]
    header += [f"{m}{end}" for m in measures for end in ("", "_low", "_high")]
    header += [each.name for each in board.datasets]
    rows: list[list[object]] = []
    for number, place in enumerate(board.places):
        row: list[object] = [place.method, len(place.scores)]
        for measure in measures:
            average = getattr(board.averages, measure)
            ranked = number < board.n_ranked
            row += [float(a[number]) if ranked else math.nan for a in average]
        row += [place.scores.get(each.name, math.nan) for each in board.datasets]
        rows.append(row)
    return header, rows


def _csv(board: Board) -> str:
    return csv_text(*_numbers(board))


def _json(board: Board) -> str:
    header, rows = _numbers(board)
    places: list[Mapping[str, Any]] = [
        dict(zip(header, row, strict=True)) for row in rows
    ]
    return dump_strict({"places": places, "notes": list(board.notes)}, indent=1) + "\n"


def _bencheval(board: Board) -> str:
    """Write one row per trial, as bencheval's ``BenchmarkEvaluator`` reads them."""
    rows: list[tuple[object, ...]] = []
    for dataset in board.datasets:
        metric = dataset.column.metric.name
        for method, records in dataset.trials.items():
            # A seed redraws its folds, so each fold of each is a repeat of its own.
            ordered = sorted(records, key=lambda each: (each.seed, each.fold))
            for number, record in enumerate(ordered):
                score = record.scores[metric]
                error = None if score is None else dataset.error(score)
                times = record.fit_time_s, record.predict_time_s
                rows.append((method, dataset.name, number, error, *times))
    return csv_text(BENCHEVAL, rows)


FORMATS: Mapping[str, Callable[[Board], str]] = {
    "html": _html,
    "md": _markdown,
    "csv": _csv,
    "json": _json,
    "bencheval": _bencheval,
}
"""What a leaderboard can be written as; the page sorts by any column."""
