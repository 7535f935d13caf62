"""``mmbench merge``: several results folders as one."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say

_PATH = click.Path(path_type=Path)


@click.command("merge")
@click.argument("runs", type=_PATH, metavar="OUT...", nargs=-1, required=True)
@click.option(
    "--out", type=_PATH, required=True, metavar="DIR", help="The new results folder."
)
def command(runs: tuple[Path, ...], *, out: Path) -> None:
    """Merge runs of other methods, seeds, datasets or machines into one folder.

    OUT are folders that 'mmbench run' wrote, or files that 'mmbench pack' did; of one
    alone, this unpacks it. Metrics, splits, datasets and methods of one name have to be
    the same. Where runs have different answers to the same trial, the first counts, and
    a message says so.

    \b
    Examples:
      mmbench merge texts/ images/ --out all/
      mmbench merge theirs.mmbench.xz --out theirs/
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.report.make import report_of
    from mmbench.sharing import merge_runs, opened_runs

    with opened_runs(runs) as stores:
        notes = merge_runs(stores, out)
    for note in notes:
        say(note, err=True)
    say(report_of(out).path)
