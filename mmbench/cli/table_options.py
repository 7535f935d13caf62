"""The options of commands that describe a table."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.stacked_options import stacked

__all__ = ["table_options"]

_PATH = click.Path(path_type=Path)

table_options = stacked(
    click.option(
        "--data",
        type=_PATH,
        metavar="NAME|FILE|DIR",
        help="Run on an installed dataset (mmbench datasets list), on your own table "
        "(CSV, TSV, Parquet or JSON Lines, packed or not), on a folder with a "
        "subfolder of files for each class or with a card.toml, or on hf:NAME or "
        "openml:NAME.",
    ),
    click.option(
        "--data-dir",
        type=_PATH,
        metavar="DIR",
        help="Where datasets are installed.  [default: the user's data folder]",
    ),
    click.option(
        "--ignore-split",
        is_flag=True,
        help="Use folds in place of a dataset's official split.",
    ),
    click.option(
        "--target",
        multiple=True,
        metavar="COL",
        help="The column of labels; repeated, columns that mark a label with 1.",
    ),
    click.option(
        "--key",
        metavar="COL",
        help="Retrieval: equal cells are relevant to each other.  [default: the image]",
    ),
    click.option(
        "--gallery-size",
        type=click.IntRange(min=2),
        metavar="N",
        help="Retrieval: rank among N pictures at a time.  [default: those of all "
        "test rows]",
    ),
    click.option(
        "--answers",
        type=click.IntRange(min=2),
        metavar="K",
        help="Question answering: choose among the K commonest answers of the training "
        "rows.  [default: 1000]",
    ),
    click.option(
        "--text-target",
        multiple=True,
        metavar="COL",
        help="Captioning, translation: a column of texts to write, or of lists of them "
        "(repeatable: several texts about each row).",
    ),
    click.option(
        "--shot",
        metavar="COL",
        help="Summarisation: which shot of its video a row is of.",
    ),
    click.option(
        "--shot-length",
        type=click.IntRange(min=1),
        metavar="N",
        help="Summarisation: how many rows a shot has.  [default: 5]",
    ),
    click.option(
        "--task",
        metavar="NAME",
        help="The task, such as classification.  [default: guessed from the target]",
    ),
    click.option(
        "--log-target",
        is_flag=True,
        help="Fit methods to the logarithm of a numeric target.",
    ),
    click.option(
        "--label-separator",
        metavar="SEP",
        help="Target cells hold several labels, joined by SEP, such as '|'.",
    ),
    click.option(
        "--min-class-size",
        type=click.IntRange(min=1),
        metavar="N",
        help="Leave out classes that fewer than N samples have.",
    ),
    click.option(
        "--merge-rare",
        metavar="NAME",
        help="Merge such classes into one class NAME instead.",
    ),
    click.option(
        "--text", multiple=True, metavar="COL", help="A text column (repeatable)."
    ),
    click.option(
        "--image",
        multiple=True,
        metavar="COL",
        help="A column of image paths (repeatable).",
    ),
    click.option(
        "--numeric",
        multiple=True,
        metavar="COL",
        help="A column of numbers (repeatable).",
    ),
    click.option(
        "--categorical",
        multiple=True,
        metavar="COL",
        help="A column of categories (repeatable).",
    ),
    click.option(
        "--date",
        multiple=True,
        metavar="COL",
        help="A column of dates (2026-11-30 or 30.11.2026), which become numbers: "
        "year, month, weekday, day of the year (repeatable).",
    ),
    click.option(
        "--audio",
        multiple=True,
        metavar="COL",
        help="A column of paths of WAV files (repeatable).",
    ),
    click.option(
        "--video",
        multiple=True,
        metavar="COL",
        help="A column of paths of GIFs, videos, or folders of frames (repeatable).",
    ),
    click.option(
        "--view",
        multiple=True,
        metavar="NAME=GLOB",
        help="Numeric columns that form one view or embedding, such as 'v0_*', with a "
        "branch of its own (repeatable).",
    ),
    click.option(
        "--embedding",
        multiple=True,
        metavar="COL",
        help="A column of lists of numbers (Parquet, JSON Lines), with a branch of its "
        "own (repeatable).",
    ),
    click.option(
        "--group",
        metavar="COL",
        help="Rows of one group stay on one side of every split.",
    ),
    click.option(
        "--split",
        metavar="COL",
        help="The official split: 'train' or 'test' in each row.",
    ),
    click.option(
        "--sample-weight",
        metavar="COL",
        help="Sample weights above 0, used where methods are fitted.",
    ),
    click.option(
        "--image-root",
        type=_PATH,
        metavar="DIR",
        help="Image paths start here and stay inside.  [default: the folder of FILE]",
    ),
    click.option(
        "--auto",
        is_flag=True,
        help="Guess the use of columns that no option names (see: mmbench datasets "
        "inspect FILE).",
    ),
)
