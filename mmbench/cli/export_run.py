"""``mmbench export-run``: rankings for TREC's tools."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say

_PATH = click.Path(path_type=Path)


@click.command("export-run")
@click.argument("out", type=_PATH, metavar="OUT")
@click.option("--dataset", metavar="NAME", help="Only this dataset.  [default: all]")
@click.option(
    "--method", metavar="NAME", help="The rankings of this method.  [default: the best]"
)
@click.option(
    "--to",
    "folder",
    type=_PATH,
    metavar="DIR",
    help="The output folder.  [default: OUT/trec]",
)
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="How many items to write per ranking.",
)
def command(
    out: Path,
    *,
    dataset: str | None,
    method: str | None,
    folder: Path | None,
    depth: int,
) -> None:
    """Write rankings of a run of retrieval as TREC's tools read them.

    OUT is the folder that 'mmbench run retrieval' wrote. For each direction, a file
    .run holds what every query finds, and a file .qrels what it should find, so that
    trec_eval, ir_measures or ranx can check the scores.

    \b
    Examples:
      mmbench export-run reports/retrieval
      mmbench export-run out/ --method cca --to trec/ --depth 100
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.errors import UnknownNameError, UsageError
    from mmbench.report.run import Run
    from mmbench.report.trec_files import write_trec_files
    from mmbench.results import ResultStore

    run = Run.read(ResultStore(out))
    method = method and run.names.full(method)
    if dataset is not None and dataset not in run.datasets:
        raise UnknownNameError("dataset", dataset, run.datasets)
    for name, here in run.datasets.items():
        if dataset not in (None, name):
            continue
        known = [row.method for row in here.rows]
        if method is not None and method not in known:
            raise UnknownNameError("method", method, known)
        ranked = [row.method for row in here.leaderboard.contenders]
        if method is None and not ranked:
            raise UsageError(f"no method of {name!r} is ranked; name one (--method).")
        chosen = method or ranked[0]
        for path in write_trec_files(
            run, here, chosen, folder or out / "trec", depth=depth
        ):
            say(f"{name}, {chosen}: {path}")
