"""``mmbench report``: make the report of a results folder again."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say
from mmbench.cli.output_options import json_option, verbose_option
from mmbench.cli.run_options import rope_option


@click.command("report")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option(
    "--ignore",
    multiple=True,
    metavar="CODE",
    help="Leave out the warnings of this check as well (repeatable); see: mmbench "
    "list checks.",
)
@rope_option
@verbose_option("Print verdicts and the best methods, as mmbench run does.")
@json_option
def command(
    out: Path,
    ignore: tuple[str, ...],
    rope: float | None,
    *,
    verbose: bool,
    as_json: bool,
) -> None:
    """Make the report of a results folder again.

    OUT is the folder that 'mmbench run' wrote. Its records and predictions are all that
    is read: neither the dataset nor a model is needed. What the run ignored stays
    ignored.

    \b
    Examples:
      mmbench report reports/quick
      mmbench report reports/quick --ignore MM404
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.console import stdout
    from mmbench.cli.results import print_results, print_results_as_json
    from mmbench.report.make import report_of

    made = report_of(out, ignore=ignore, rope=rope)
    if as_json:
        print_results_as_json(made)
        return
    if verbose:
        print_results(stdout(), made, out_dir=out)
    say(made.path)
