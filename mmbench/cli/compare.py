"""``mmbench compare``: whether a run is worse than an earlier one."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from mmbench.report.run_comparison import Change, Changes, Lost

_HEADINGS = {"worse": "Worse", "better": "Better", "unclear": "No significant change"}
_MOST_UNCLEAR = 10
_NUMBERS = frozenset({"base", "new", "change", "95 % interval", "p"})


def _drops(
    _ctx: click.Context, _param: click.Parameter, given: Sequence[str]
) -> dict[str, float]:
    drops = {}
    for text in given:
        metric, _, drop = text.partition("=")
        try:
            drops[metric] = float(drop)
        except ValueError:
            raise click.BadParameter(
                f"{text!r} is not METRIC=DROP, such as f1_macro=0.01."
            ) from None
    return drops


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path), metavar="BASE")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW")
@click.option(
    "--max-drop",
    multiple=True,
    metavar="METRIC=DROP",
    callback=_drops,
    help="Compare this metric; a significant drop that may exceed DROP is a "
    "regression (repeatable).  [default: any drop of the metric that ranks]",
)
@click.option(
    "--max-slowdown",
    type=float,
    default=1.2,
    show_default=True,
    metavar="TIMES",
    help="A slowdown beyond this factor is a regression.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    base: Path,
    new: Path,
    max_drop: dict[str, float],
    max_slowdown: float,
    as_json: bool,
) -> None:
    """Check whether a run is worse than an earlier one.

    BASE and NEW are folders that 'mmbench run' wrote, or files that
    'pytest --benchmark-json' wrote. Answers are compared on the same samples, speeds
    apart from them. Only significant changes count.

    \b
    Exit code: 0 nothing got worse; 1 something got worse, failed or is missing;
               2 nothing is comparable, or bad usage or input.

    \b
    Examples:
      mmbench compare reports/quick out/
      mmbench compare old/ new/ --max-drop f1_macro=0.01 --max-slowdown 1.5
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.console import stdout
    from mmbench.report.run_comparison import compare_runs

    changes = compare_runs(
        base, new, max_drop=max_drop or None, max_slowdown=max_slowdown
    )
    if as_json:
        click.echo(json.dumps(_as_json(changes), indent=1, allow_nan=False))
    else:
        _print(stdout(), changes)
    ctx.exit(changes.exit_code)


def _as_json(changes: Changes) -> dict[str, Any]:
    return {
        "exit_code": changes.exit_code,
        "regressed": changes.exit_code == 1,
        "quality": [_plain(change._asdict()) for change in changes.quality],
        "speed": [_plain(change._asdict()) for change in changes.speed],
        "lost": [each._asdict() for each in changes.lost],
        "notes": list(changes.notes),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(v, float) and not math.isfinite(v) else v
        for name, v in values.items()
    }


def _print(console: Console, changes: Changes) -> None:
    from mmbench.report.run_comparison.words import detectable_sentences

    if changes.lost:
        _print_lost(console, changes.lost)
    for outcome, heading in _HEADINGS.items():
        found = [each for each in changes.all if each.outcome == outcome]
        if found:
            console.print(f"{heading} ({len(found)})", style="bold")
            shown = found[:_MOST_UNCLEAR] if outcome == "unclear" else found
            _print_changes(console, shown)
            if len(shown) < len(found):
                console.print(f"... {len(found) - len(shown)} more; see --json")
            console.print()
    n_same = sum(each.outcome == "same" for each in changes.all)
    if n_same:
        console.print(f"Identical in both runs: {n_same} of {len(changes.all)} numbers")
    for note in (*detectable_sentences(changes), *changes.notes):
        console.print(note)
    if not changes.all:
        console.print("nothing could be compared", style="bold")
    elif not changes.lost and not any(
        each.outcome in ("worse", "better") for each in changes.all
    ):
        console.print("no change")


def _print_lost(console: Console, lost: Sequence[Lost]) -> None:
    """Print what the new run lacks."""
    from mmbench.cli.console import one_line
    from mmbench.cli.table import print_table

    console.print(f"Missing from NEW ({len(lost)})", style="bold")
    rows = [
        (
            each.dataset,
            each.method or "all methods",
            f"{each.n_base} -> {each.n_new}",
            one_line(each.reason),
        )
        for each in lost
    ]
    header = ("dataset", "method", "trials ok", "why")
    print_table(console, header, rows, flexible="why")
    console.print()


def _print_changes(console: Console, changes: Iterable[Change]) -> None:
    """Print a table for each dataset and number, narrow enough for 80 columns."""
    from mmbench.cli.table import print_table

    def key(change: Change) -> tuple[str, str, str]:
        return change.dataset, change.what, change.how

    for (dataset, what, how), group in groupby(sorted(changes, key=key), key):
        console.print(f"{dataset + ': ' if dataset else ''}{what}, {how}")
        header = ("method", "base", "new", "change", "95 % interval", "p")
        print_table(
            console, header, map(_row, group), right=_NUMBERS, flexible="method"
        )


def _row(change: Change) -> tuple[str, ...]:
    from mmbench.presentation.numbers import number_text, p_text

    number = _TIMES.get(change.what)
    p_value = p_text(change.p_value).removeprefix("p ").removeprefix("= ")
    if number is not None:
        return (
            change.method,
            number(change.base),
            number(change.new),
            f"{change.change:.2f}x",
            f"{change.low:.2f}x to {change.high:.2f}x",
            p_value,
        )
    return (
        change.method,
        number_text(change.base),
        number_text(change.new),
        f"{change.change:+.4f}",
        f"{change.low:+.4f} to {change.high:+.4f}",
        p_value,
    )


def _seconds(value: float) -> str:
    from mmbench.presentation.numbers import seconds_text

    return seconds_text(value)


def _rate(value: float) -> str:
    from mmbench.presentation.numbers import rate_text

    return f"{rate_text(value)}/s"


_TIMES = {
    "processor time": _seconds,
    "throughput": _rate,
    "time": _seconds,
}
