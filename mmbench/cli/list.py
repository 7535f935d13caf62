"""``mmbench list``: what there is to choose from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

KINDS = (
    "datasets",
    "extractors",
    "classifiers",
    "regressors",
    "fusions",
    "suites",
    "metrics",
    "checks",
)

_WIDE = 100


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def command(kind: str | None, as_json: bool) -> None:
    """List what there is to choose from.

    KIND is datasets, extractors, classifiers, regressors, fusions, suites, metrics or
    checks; without it, all kinds are listed by name. The names are those that methods
    are put together from, as in --method 'text+image/tfidf+hog/early/*', and those of
    checks what --ignore takes.

    \b
    Examples:
      mmbench list
      mmbench list classifiers
      mmbench list suites --json
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.catalogue import CATALOGUE

    if kind:
        rows = CATALOGUE[kind]()
        click.echo(json.dumps(rows, indent=1)) if as_json else _print_rows(rows)
        return
    everything = {kind: CATALOGUE[kind]() for kind in KINDS}
    if as_json:
        click.echo(json.dumps(everything, indent=1))
    else:
        _print_names(everything)


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    from mmbench.cli.console import stdout
    from mmbench.cli.table import print_table

    console = stdout()
    # Where there is little room, what a class does says more than its name.
    hidden = {"docs"} if console.width >= _WIDE else {"docs", "class"}
    header = [name for name in rows[0] if name not in hidden]
    print_table(
        console,
        header,
        [[_cell(row[name]) for name in header] for row in rows],
        right=frozenset(name for name in header if isinstance(rows[0][name], int)),
        flexible=header[-1],
    )


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def _print_names(everything: dict[str, list[dict[str, Any]]]) -> None:
    for kind, rows in everything.items():
        click.secho(f"{len(rows)} {kind}", bold=True)
        names = ", ".join(str(row["name"]) for row in rows)
        click.echo(click.wrap_text(names, 78, "  ", "  "))
    click.echo("\nMore about one kind: mmbench list KIND")
