"""``mmbench report``: make the report of a results folder again."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say


@click.command("report")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
def command(out: Path) -> None:
    """Make the report of a results folder again.

    OUT is the folder that 'mmbench run' wrote. Its records and predictions are all that
    is read: neither the dataset nor a model is needed.

    \b
    Example:
      mmbench report reports/quick
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.report import make_report

    say(make_report(out))
