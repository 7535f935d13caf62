"""``mmbench predict``: ask an exported model about new rows."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.console import say

_PATH = click.Path(path_type=Path)


@click.command("predict")
@click.argument("model", type=_PATH, metavar="MODEL")
@click.option(
    "--data",
    required=True,
    metavar="FILE|DIR",
    help="A table of new rows, as for 'mmbench run'.",
)
@click.option(
    "--out", type=_PATH, required=True, metavar="FILE", help="Output file, as CSV."
)
@click.option(
    "--image-root",
    type=_PATH,
    metavar="DIR",
    help="Image paths start here and stay inside.  [default: the folder of FILE]",
)
@click.option(
    "--trust",
    multiple=True,
    metavar="TYPE",
    help="Allow a type of your own in the model, by its full name (repeatable).",
)
def command(
    model: Path, data: str, out: Path, image_root: Path | None, trust: tuple[str, ...]
) -> None:
    """Predict new rows with an exported model.

    MODEL is the folder that 'mmbench export' wrote; its files are checked against their
    checksums, and nothing in them is executed. FILE needs the model's columns, no
    label. Each of its rows becomes a row of predictions: its number (row), and label
    or number; proba_CLASS for each class where the method gives probabilities.

    \b
    Examples:
      mmbench predict model/ --data new.csv --out predictions.csv
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.progress import waiting
    from mmbench.export import load_model
    from mmbench.presentation.csv_files import csv_text
    from mmbench.results import write_text

    with waiting("loading the model"):
        loaded = load_model(model, trusted=trust)
    with waiting("predicting"):
        found = loaded.predict(data, image_root=image_root)
    columns = [found.index.tolist(), *(found[name].tolist() for name in found)]
    text = csv_text(["row", *found], zip(*columns, strict=True))
    write_text(out, text)
    say(f"{len(found):,} rows: {out}")
