"""The ranked table that a run ends with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mmbench.cli.table import print_table
from mmbench.presentation.numbers import count_text
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.method_names import MethodNames
from mmbench.report.run import Run
from mmbench.report.tables.columns import COLUMNS, Column
from mmbench.report.tables.methods import MethodRow

if TYPE_CHECKING:
    from rich.console import Console

MAX_ROWS = 10
_READABLE = 80

_HEADINGS = {"fit_time_s_mean": "fit", "samples_per_s": "rows/s"}


def print_ranking(
    console: Console,
    run: Run,
    names: MethodNames,
    *,
    out_dir: Path,
    people: Mapping[str, Sequence[MethodRow]] = MappingProxyType({}),
) -> None:
    """Print a table of the best methods for every dataset.

    Parameters
    ----------
    console : Console
        Where to.
    run : Run
        What was run.
    names : MethodNames
        Display names of the methods.
    out_dir : Path
        The results folder, which has the rest.
    people : mapping of str to sequence of MethodRow, default={}
        What people score on a dataset, where that is known.
    """
    for name in dict.fromkeys(row.dataset for row in run.rows):
        here = run.datasets[name]
        board = here.leaderboard
        chosen = telling(board.rows)
        trials = count_text(here.rows[0].n_planned, "trial")
        console.print(
            f"{name}, ranked by {board.leading.label} (mean ±std of {trials})",
            style="bold",
        )
        beside = people.get(name, ())
        _print_leaderboard(console, board, chosen, names, beside)
        n_more = len(board.rows) - len(chosen)
        if n_more:
            console.print(f"... {n_more} more in {out_dir / 'tables/methods.csv'}")
        console.print()
    if names.note:
        console.print(names.note, width=min(console.width, _READABLE))


def telling(rows: Sequence[MethodRow], max_rows: int = MAX_ROWS) -> list[int]:
    """Choose the rows to show: the top, and what the top must be read beside.

    Parameters
    ----------
    rows : sequence of MethodRow
        The methods of one dataset, the best first.
    max_rows : int, default=10
        How many to show.

    Returns
    -------
    list of int
        Positions in `rows`, ascending. The best method that sees a single modality
        and the best that looks at nothing are always among them.
    """
    singles = (i for i, row in enumerate(rows) if row.is_single)
    floors = (i for i, row in enumerate(rows) if row.is_floor)
    beside = {*itertools.islice(singles, 1), *itertools.islice(floors, 1)}
    top = (i for i in range(len(rows)) if i not in beside)
    return sorted([*beside, *itertools.islice(top, max(0, max_rows - len(beside)))])


def _print_leaderboard(
    console: Console,
    board: Leaderboard,
    chosen: Sequence[int],
    names: MethodNames,
    people: Sequence[MethodRow],
) -> None:
    numbered = [(str(board.ranked[i][0]), board.rows[i]) for i in chosen]
    numbered += [("", row) for row in people]
    numbered += [("", row) for row in board.unranked if row.n_ok]
    columns = _columns(board)
    headings = [_HEADINGS.get(column.field, column.label) for column in columns]
    print_table(
        console,
        ("#", "method", *headings),
        [
            (
                rank,
                _name(row, names),
                # Narrower by a blank, as a terminal is narrow.
                *(column.show(row).replace("± ", "±") for column in columns),
            )
            for rank, row in numbered
        ],
        right=frozenset({"#", *headings}),
        flexible="method",
    )


def _columns(board: Leaderboard) -> list[Column]:
    """Return the score that ranks, those beside it, and how long it takes."""
    times = [column for column in COLUMNS if column.field in _HEADINGS]
    return [board.leading, *board.beside, *times]


def _name(row: MethodRow, names: MethodNames) -> str:
    # A mean over fewer trials than planned says so where it stands.
    if row.is_complete:
        return names(row.method)
    return f"{names(row.method)} ({row.n_ok} of {row.n_planned} trials)"
