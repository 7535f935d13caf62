"""``mmbench report``: make the report of a results folder again."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say
from mmbench.cli.run_options import rope_option


@click.command("report")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    help="Leave out the warnings of a check, too (repeatable); see: "
    "mmbench list checks.",
)
@rope_option
def command(out: Path, ignore: tuple[str, ...], rope: float | None) -> None:
    """Make the report of a results folder again.

    OUT is the folder that 'mmbench run' wrote. Its records and predictions are all that
    is read: neither the dataset nor a model is needed. What the run ignored stays
    ignored.

    \b
    Examples:
      mmbench report reports/quick
      mmbench report reports/quick --ignore MM404
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.report import make_report

    say(make_report(out, ignore=ignore, rope=rope))
