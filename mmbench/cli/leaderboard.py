"""``mmbench leaderboard``: methods over the datasets of many runs."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say

_PATH = click.Path(path_type=Path)
_FORMATS = ("html", "md", "csv", "json", "bencheval")


@click.command("leaderboard")
@click.argument("runs", type=_PATH, metavar="OUT...", nargs=-1, required=True)
@click.option(
    "--out", type=_PATH, metavar="FILE", help="Output file.  [default: print it]"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="A sortable page, Markdown, CSV, JSON, or bencheval's format.  [default: by "
    "FILE's suffix, or a table]",
)
def command(runs: tuple[Path, ...], *, out: Path | None, form: str | None) -> None:
    """Rank methods over the datasets of many runs.

    OUT are folders that 'mmbench run' wrote, or files that 'mmbench pack' did. Methods
    with all their trials on every dataset are ranked, by mean rank, with win rate,
    improvability and 95 % intervals over datasets; the others stand below with their
    coverage. Names of methods say the kinds of columns in place of the columns' names,
    so that methods of datasets with other columns meet.

    \b
    Examples:
      mmbench leaderboard r8/ mr/ easy_vqa/
      mmbench leaderboard reports/* theirs.mmbench.xz --out board.html
      mmbench leaderboard reports/* --format bencheval --out results.csv
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.errors import UsageError
    from mmbench.results import write_text
    from mmbench.sharing import board_of, opened_runs
    from mmbench.sharing.board_tables import FORMATS

    if out is not None and form is None:
        form = out.suffix.removeprefix(".").replace("markdown", "md")
        if form not in FORMATS:
            raise UsageError(
                f"--out {out}: say with --format what to write: {', '.join(FORMATS)}."
            )
    with opened_runs(runs) as stores:
        board = board_of(stores)
    if form is None:
        _print(board)
    elif out is None:
        click.echo(FORMATS[form](board), nl=False)
    else:
        write_text(out, FORMATS[form](board))
        for note in board.notes:
            say(note, err=True)
        say(out)


def _print(board: object) -> None:
    from mmbench.cli.console import stdout
    from mmbench.cli.table import print_table
    from mmbench.sharing import Board
    from mmbench.sharing.board_tables import board_header, board_rows

    assert isinstance(board, Board)  # noqa: S101 - imported here, for --help's sake
    header = board_header(board)
    right = frozenset(header[1:])
    print_table(stdout(), header, board_rows(board), right=right, flexible="method")
    for note in board.notes:
        say(note)
