"""``mmbench pack``: a run as one small file."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say

_PATH = click.Path(path_type=Path)


@click.command("pack")
@click.argument("out", type=_PATH, metavar="OUT")
@click.option(
    "--to",
    "path",
    type=_PATH,
    metavar="FILE",
    help="Output file.  [default: OUT.mmbench.xz]",
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    metavar="GLOB",
    help="Only methods like 'text/*' (repeatable).",
)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="GLOB",
    help="Only datasets like this (repeatable).",
)
def command(
    out: Path, *, path: Path | None, methods: tuple[str, ...], datasets: tuple[str, ...]
) -> None:
    """Pack a run into one file of at most 1 MB, to share it.

    OUT is the folder that 'mmbench run' wrote. The file holds its plan, records and
    measurements with a checksum, and no predictions, so nothing of single samples.
    'mmbench leaderboard' and 'mmbench merge' read it.

    \b
    Examples:
      mmbench pack reports/quick
      mmbench pack out/ --method '*/early/*' --to early.mmbench.xz
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.quantities import readable
    from mmbench.results import ResultStore
    from mmbench.sharing.pack import SUFFIX, pack_run

    path = path or Path(f"{out.resolve().name}{SUFFIX}")
    packed = pack_run(ResultStore(out), path, methods=methods, datasets=datasets)
    for what in packed.left_out:
        say(f"left out, for the file to be small enough: {what}", err=True)
    say(f"{packed.path} ({readable(packed.n_bytes)})")
