"""The results of a run on the terminal: verdicts, the best methods, or all as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.ranking import print_ranking
from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.make import Made
from mmbench.report.method_names import MethodNames
from mmbench.report.tables.methods import MethodRow

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_results", "print_results_as_json"]

_MOST_VERDICTS = 3
_READABLE = 80


def print_results(console: Console, made: Made, *, out_dir: Path) -> None:
    """Print the verdicts, three at most, and the best methods on each dataset.

    Parameters
    ----------
    console : Console
        Where to.
    made : Made
        The report.
    out_dir : Path
        The results folder, which has the rest.
    """
    names = made.content.names
    for sentence in made.content.answers[:_MOST_VERDICTS]:
        text = _plain(sentence, names)
        console.print(text, width=min(console.width, _READABLE), style="bold")
    if n_more := len(made.content.answers[_MOST_VERDICTS:]):
        console.print(f"... {n_more} more in the report")
    if made.content.answers:
        console.print()
    people = {section.name: section.people for section in made.content.sections}
    print_ranking(console, made.run, names, out_dir=out_dir, people=people)


def print_results_as_json(made: Made) -> None:
    """Print verdicts and leaderboards as JSON.

    Parameters
    ----------
    made : Made
        The report.
    """
    run, content = made.run, made.content
    people = {section.name: section.people for section in content.sections}
    results = {
        "suite": content.suite,
        "report": str(made.path),
        "trials": made.trials,
        "verdicts": [_plain(sentence) for sentence in content.answers],
        "datasets": {
            name: {
                "ranked_by": here.leaderboard.leading.metric.name,
                "leaderboard": [
                    {"rank": rank, **_numbers(row)}
                    for rank, row in here.leaderboard.ranked
                ],
                "unranked": [_numbers(row) for row in here.leaderboard.unranked],
                "people": [_numbers(row) for row in people[name]],
            }
            for name, here in run.datasets.items()
        },
    }
    click.echo(json.dumps(results, indent=1))


def _numbers(row: MethodRow) -> dict[str, Any]:
    return {name: _known(value) for name, value in row._asdict().items()}


def _known(value: Any) -> Any:
    """Return a value as JSON has it: no number is None."""
    if isinstance(value, Mapping):
        return {name: _known(each) for name, each in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _plain(sentence: Sentence, names: MethodNames | None = None) -> str:
    return "".join(
        names(part) if names and isinstance(part, Name) else part for part in sentence
    )
