"""``mmbench datasets``: the catalogue, and the data that it tells of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.console import say
from mmbench.cli.output_options import json_option
from mmbench.errors import DataError

if TYPE_CHECKING:
    from mmbench.datasets import Dataset

_data_dir: Callable[[Any], Any] = click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where datasets are installed.  [default: the user's data folder]",
)


@click.group("datasets")
def command() -> None:
    """List, show, get, verify or inspect datasets.

    \b
    Examples:
      mmbench datasets list
      mmbench datasets show easy_vqa
      mmbench datasets inspect products.csv
      mmbench datasets fetch fashion_mnist
      mmbench datasets fetch easy_vqa --from easy_vqa.tar.gz
      mmbench datasets verify easy_vqa
      mmbench run fusion --data easy_vqa
    """  # noqa: D301 - click reads \b as "keep these lines"


@command.command("list")
@json_option
@click.option("--markdown", is_flag=True, help="Print a Markdown table only.")
@_data_dir
def list_command(as_json: bool, markdown: bool, data_dir: Path | None) -> None:
    """List every dataset with a card, and whether it is there."""
    import json

    from mmbench.cli.cards import markdown_table, rows
    from mmbench.cli.console import stdout
    from mmbench.cli.table import print_table

    if markdown:
        click.echo(markdown_table(), nl=False)
        return
    found = rows(data_dir)
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    header = ["name", "state", "samples", "classes", "title"]
    print_table(
        stdout(),
        header,
        [[_cell(row[name]) for name in header] for row in found],
        right=frozenset({"samples", "classes"}),
        flexible="title",
    )


@command.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show the card of dataset NAME."""
    import json

    from rich.table import Table
    from rich.text import Text

    from mmbench.cli.cards import facts
    from mmbench.cli.console import stdout
    from mmbench.datasets import load_card

    card = load_card(name)
    if as_json:
        click.echo(json.dumps(card.model_dump(mode="json"), indent=1))
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for label, value in facts(card):
        table.add_row(label, Text(value))
    console = stdout()
    console.print(Text(card.title, style="bold"))
    console.print(table)


@command.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--target", metavar="COL", help="The column to predict.")
@click.option(
    "--image-root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Image paths start here and stay inside.  [default: the folder of FILE]",
)
@json_option
def inspect_command(
    file: Path, target: str | None, image_root: Path | None, as_json: bool
) -> None:
    """Say what the columns of FILE look like, and how to run on it.

    FILE is a table, or a folder with one subfolder of files for each class. Columns
    that are suspicious are pointed out: ids, leaks of the target, values that can't be
    used.
    """
    import json

    from mmbench.cli import inspection
    from mmbench.cli.console import stdout
    from mmbench.cli.progress import waiting
    from mmbench.datasets import inspect_table

    with waiting("looking at the data"):
        found = inspect_table(str(file), target=target, image_root=image_root)
    options = inspection.command_options(file, found.roles, found.min_class_size)
    words = ["mmbench", "run", "quick", *options]
    if as_json:
        click.echo(json.dumps(inspection.as_json(found, words), indent=1))
    else:
        inspection.print_inspection(stdout(), found, words)


@command.command("fetch")
@click.argument("name")
@click.option(
    "--from",
    "sources",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Install from a folder, an archive or files that you have (repeatable).",
)
@click.option("--yes", is_flag=True, help="Don't ask whether the licence is accepted.")
@_data_dir
def fetch_command(
    name: str, sources: tuple[Path, ...], yes: bool, data_dir: Path | None
) -> None:
    """Install dataset NAME: download it, or take what you have.

    Shows the licence first, and asks before anything is downloaded. What is damaged,
    hostile, or not what the card says is refused, and nothing is left of it. A download
    that was stopped goes on when the same command is given again.
    """
    from mmbench.datasets import load_card
    from mmbench.datasets.fetching import fetch
    from mmbench.datasets.install import data_home, install
    from mmbench.suites import SUITES

    card = load_card(name)
    if card.reader is None:
        raise click.UsageError(f"dataset {name!r} comes with mmbench; just use it.")
    home = data_home(data_dir)
    say(f"{card.title}\nlicence: {card.licence}\nsource: {card.source}")
    if sources:
        root = install(card, sources, home)
    else:
        if card.downloads and not yes:
            click.confirm("Download it under this licence?", abort=True)
        root = fetch(card, home, _shown_progress())
    own = (n for n, suite in SUITES.items() if suite.task == card.task_name)
    say(f"installed: {root}\nrun it: mmbench run {next(own, 'quick')} --data {name}")


@command.command("verify")
@click.argument("name")
@json_option
@_data_dir
@click.pass_context
def verify_command(
    ctx: click.Context, name: str, as_json: bool, data_dir: Path | None
) -> None:
    """Load dataset NAME, check it against its card, and look for leaks.

    NAME may also be a folder that holds a card.toml.

    \b
    Exit code: 0 the data is what the card says; 1 it is not; 2 there is no such
               dataset.
    """  # noqa: D301 - click reads \b as "keep these lines"
    import json

    from mmbench.checks import finding_of
    from mmbench.datasets import find_leaks, is_known, load_card, read_dataset
    from mmbench.datasets.catalogue import find_dataset

    try:
        if not is_known(name) and (Path(name) / "card.toml").is_file():
            dataset = read_dataset(Path(name))
        else:
            load_card(name)  # an unknown name is wrong usage
            dataset = find_dataset(name, data_dir)
        found = verify(dataset)
    except DataError as error:
        if as_json:
            told = {"name": name, "verified": False, "reason": str(error)}
            click.echo(json.dumps(told, indent=1))
        else:
            say(f"{name} failed verification: {error}", err=True)
        ctx.exit(1)
    leaks = find_leaks(dataset.task, dataset.load(), dataset.modalities)
    notices = [finding_of(each) for each in (*dataset.notices, *leaks)]
    if as_json:
        notes = [{"code": each.check.code, "text": str(each)} for each in notices]
        told = {
            "name": name,
            "verified": True,
            "version": dataset.version,
            "checksum": dataset.checksum,
            "notices": notes,
        }
        click.echo(json.dumps(told, indent=1))
        return
    say(f"{name} verified: {found}")
    for notice in notices:
        say(f"  note: {notice} ({notice.check.code})")


def verify(dataset: Dataset) -> str:
    """Load a dataset and compare it with its card.

    Parameters
    ----------
    dataset : Dataset
        An installed dataset, with a card or without one.

    Returns
    -------
    str
        What was found.

    Raises
    ------
    DataError
        When the checksum or a number differs from the card's.
    """
    samples = dataset.load()
    described = dataset.task.data.describe(dataset.target(samples))
    found = {"n_samples": len(samples.y), **described}
    for field, number in found.items():
        expected = getattr(dataset.card, field, None)
        if expected not in (None, number):
            raise DataError(f"{field} should be {expected:,}, got {number:,}.")
    size = dataset.task.data.size_text(dataset.target(samples))
    return (
        f"version {dataset.version}, {len(samples.y):,} samples, {size}, "
        f"{dataset.checksum[:19]}..."
    )


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def _shown_progress() -> Callable[[int, int | None], None]:
    """Return what tells how far a download is: a line that moves, or some lines."""
    from mmbench.cli.console import is_live, stderr
    from mmbench.cli.finding import size_text

    console = stderr()
    live = is_live(console)
    said = 0

    def tell(n_bytes: int, total: int | None) -> None:
        nonlocal said
        step = (total or 2**28) // (100 if live else 10)
        if n_bytes - said < step and n_bytes != total:
            return
        said = n_bytes
        whole = f" of {size_text(total)}" if total else ""
        end = "\r" if live and n_bytes != total else "\n"
        console.print(f"{size_text(n_bytes)}{whole}", end=end, soft_wrap=True)

    return tell
