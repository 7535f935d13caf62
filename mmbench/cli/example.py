"""``mmbench example``: the data that the documentation's commands run on."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("example")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Write a small table with pictures to DIR, to try mmbench on.

    160 characters of four scripts: DIR/letters.csv with their names, pictures and
    scripts, DIR/images with a folder for each script, DIR/suite.py with a suite.

    \b
    Examples:
      mmbench example letters
      mmbench datasets inspect letters/letters.csv
      mmbench run quick --data letters/letters.csv --auto
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.console import say
    from mmbench.datasets.example import write_example

    table = write_example(folder)
    say(f"written: {table}\nrun it: mmbench run quick --data {table} --auto")
