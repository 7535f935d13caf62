"""``mmbench errors``: what methods get wrong, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmbench.cli.console import say
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from mmbench.report.mistakes import MistakeRow

_PATH = click.Path(path_type=Path)


@click.command("errors")
@click.argument("out", type=_PATH, metavar="OUT")
@click.option("--dataset", metavar="NAME", help="Only this dataset.  [default: all]")
@click.option(
    "--method", metavar="NAME", help="The errors of this method.  [default: the best]"
)
@click.option(
    "--versus", metavar="NAME", help="Only samples that this other method gets right."
)
@click.option("--class", "label", metavar="CLASS", help="Only samples of this class.")
@click.option(
    "--slice",
    "part",
    metavar="COL=VALUE",
    help="Only samples of this slice, for a run with --slice COL.",
)
@click.option(
    "-n",
    "n_most",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many samples of each kind.",
)
@click.option(
    "--csv", "file", type=_PATH, metavar="FILE", help="Write the list to FILE."
)
def command(
    out: Path,
    *,
    dataset: str | None,
    method: str | None,
    versus: str | None,
    label: str | None,
    part: str | None,
    n_most: int,
    file: Path | None,
) -> None:
    """List what a method of a run gets wrong.

    OUT is the folder that 'mmbench run' wrote. Listed are the errors that the method is
    surest of; labels that are probably wrong themselves (confident learning on answers
    to rows that were not fitted); and the samples that methods disagree about most.
    With each stands what the best method of every modality alone says.

    \b
    Examples:
      mmbench errors reports/quick --dataset glyphs
      mmbench errors out/ --method early/logistic --versus text/tfidf/logistic
      mmbench errors out/ --class Watches -n 500 --csv watches.csv
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.errors import UnknownNameError
    from mmbench.presentation.csv_files import csv_text
    from mmbench.report.mistakes import MISTAKE_COLUMNS, Only, find_mistakes
    from mmbench.report.run import Run
    from mmbench.results import ResultStore, write_text

    only = Only(label=label, slice=_pair(part), versus=versus)
    run = Run.read(ResultStore(out))
    if dataset is not None and dataset not in run.datasets:
        raise UnknownNameError("dataset", dataset, run.datasets)
    rows = [
        row
        for name, here in run.datasets.items()
        if dataset in (None, name)
        for row in find_mistakes(run, here, method=method, only=only, n_most=n_most)
    ]
    if file is not None:
        write_text(file, csv_text(MISTAKE_COLUMNS, rows))
        say(f"{len(rows):,} rows: {file}")
        return
    if not rows:
        say("No errors: predictions are not kept, or every answer is right.")
    _print(rows)


def _pair(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    column, is_pair, value = text.partition("=")
    if not (column and is_pair):
        raise UsageError(f"--slice must be COL=VALUE, got {text!r}.")
    return column, value


def _print(rows: Sequence[MistakeRow]) -> None:
    from mmbench.cli.console import stdout
    from mmbench.cli.table import print_table

    console = stdout()
    for kind in dict.fromkeys((row.dataset, row.kind, row.method) for row in rows):
        own = [row for row in rows if (row.dataset, row.kind, row.method) == kind]
        name, what, method = kind
        heading = f"\n{what.capitalize()}s on {name}, {method}:"
        console.print(heading, highlight=False, markup=False)
        columns = {
            "#": [str(row.rank) for row in own],
            "sample": [row.sample for row in own],
            "true": [row.truth for row in own],
            "answer": [row.answer for row in own],
            "score": [f"{row.score:.3g}" for row in own],
            "rather": [row.rather for row in own],
            "others": [row.others for row in own],
        }
        if not any(columns["rather"]):
            del columns["rather"]
        cells = [list(row) for row in zip(*columns.values(), strict=True)]
        right = frozenset({"#", "score"})
        print_table(console, list(columns), cells, right=right, flexible="others")
