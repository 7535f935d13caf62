"""``mmbench datasets``: a dataset's card, and whether its data is as the card says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mmbench.errors import DataError

if TYPE_CHECKING:
    from mmbench.datasets import Card, Dataset


@click.group("datasets")
def command() -> None:
    """Show or verify a dataset that comes with mmbench.

    \b
    Examples:
      mmbench list datasets
      mmbench datasets show glyphs
      mmbench datasets verify glyphs
    """  # noqa: D301 - click reads \b as "keep these lines"


@command.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show the card of dataset NAME."""
    from rich.table import Table
    from rich.text import Text

    from mmbench.cli.console import stdout
    from mmbench.datasets import get_dataset

    card = get_dataset(name).card
    if card is None:
        raise DataError(f"dataset {name!r} has no card.")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for label, value in _lines(card):
        table.add_row(label, Text(value))
    console = stdout()
    console.print(Text(card.title, style="bold"))
    console.print(table)


@command.command("verify")
@click.argument("name")
@click.pass_context
def verify_command(ctx: click.Context, name: str) -> None:
    """Load dataset NAME and check it against its card.

    \b
    Exit code: 0 the data is what the card says; 1 it is not; 2 there is no such
               dataset.
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.datasets import get_dataset

    dataset = get_dataset(name)
    try:
        found = verify(dataset)
    except DataError as error:
        click.echo(f"{name} does not hold: {error}", err=True)
        ctx.exit(1)
    click.echo(f"{name} holds: {found}")


def verify(dataset: Dataset) -> str:
    """Load a dataset and compare it with its card.

    Returns
    -------
    str
        What was found.

    Raises
    ------
    DataError
        When the checksum or a number is another than the card's.
    """
    import numpy as np

    samples = dataset.load()
    found = {"n_samples": len(samples.y), "n_classes": len(np.unique(samples.y))}
    for field, number in found.items():
        expected = getattr(dataset.card, field, number)
        if number != expected:
            raise DataError(f"{field} should be {expected:,}, got {number:,}.")
    return (
        f"version {dataset.version}, {found['n_samples']:,} samples, "
        f"{found['n_classes']} classes, {dataset.checksum[:19]}..."
    )


def _lines(card: Card) -> list[tuple[str, str]]:
    columns = ", ".join(f"{name} ({kind})" for name, kind in card.columns.items())
    lines = [
        ("name", card.name),
        ("version", card.version),
        ("task", f"{card.task} of {card.target}"),
        ("size", f"{card.n_samples:,} samples, {card.n_classes} classes"),
        ("columns", columns),
        ("licence", card.licence),
        ("source", card.source),
        ("citation", card.citation),
        ("checksum", card.checksum),
        ("notes", card.notes or ""),
        *(("trap", trap) for trap in card.traps),
        *(
            ("published", f"{p.metric} {p.value:g} by {p.method} ({p.source})")
            for p in card.published
        ),
    ]
    return [(label, " ".join(value.split())) for label, value in lines if value]
