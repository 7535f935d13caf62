"""``mmbench compare``: tell whether a run is worse than an earlier one."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from mmbench.report.run_comparison import Change, Changes

_HEADINGS = {"worse": "Worse", "better": "Better", "unclear": "Can't be told"}
_MOST_UNCLEAR = 10


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
    help="Compare this metric; a drop that may be this large is a regression "
    "(repeatable).  [default: any drop of the metric that ranks]",
)
@click.option(
    "--max-slowdown",
    type=float,
    default=1.2,
    show_default=True,
    metavar="TIMES",
    help="More times slower than this is a regression.",
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
    """Tell whether a run is worse than an earlier one.

    BASE and NEW are folders that 'mmbench run' wrote, or files that
    'pytest --benchmark-json' wrote. Answers are compared on the same samples and speeds
    apart from them; a change counts when it is beyond the noise that the runs show.

    \b
    Exit code: 0 nothing got worse; 1 something did; 2 bad usage or input.

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
    ctx.exit(1 if changes.regressions else 0)


def _as_json(changes: Changes) -> dict[str, Any]:
    def plain(change: Change) -> dict[str, Any]:
        return {
            name: None if isinstance(v, float) and not math.isfinite(v) else v
            for name, v in change._asdict().items()
        }

    return {
        "regressed": bool(changes.regressions),
        "quality": [plain(change) for change in changes.quality],
        "speed": [plain(change) for change in changes.speed],
        "notes": list(changes.notes),
    }


def _print(console: Console, changes: Changes) -> None:
    from mmbench.cli.table import print_table

    for outcome, heading in _HEADINGS.items():
        found = [each for each in changes.all if each.outcome == outcome]
        if not found:
            continue
        shown = found[:_MOST_UNCLEAR] if outcome == "unclear" else found
        console.print(f"{heading} ({len(found)})", style="bold")
        print_table(
            console,
            ("dataset", "method", "what", "base", "new", "change", "between", "how"),
            [_row(change) for change in shown],
            right=frozenset({"base", "new", "change", "between"}),
            flexible="method",
        )
        if len(shown) < len(found):
            console.print(f"... {len(found) - len(shown)} more; see --json")
        console.print()
    n_same = sum(each.outcome == "same" for each in changes.all)
    if n_same:
        console.print(f"The same in both: {n_same} of {len(changes.all)} numbers")
    for note in changes.notes:
        console.print(note, soft_wrap=True)
    if not any(each.outcome in ("worse", "better") for each in changes.all):
        console.print("no change")


def _row(change: Change) -> tuple[str, ...]:
    from mmbench.presentation.numbers import p_text

    if math.isnan(change.p_value) and change.what in _TIMES:
        number = _TIMES[change.what]
        span = f"{change.low:.2f}x to {change.high:.2f}x"
        values = (
            number(change.base),
            number(change.new),
            f"{change.change:.2f}x the time",
        )
        return (*change[:3], *values, span, change.how)
    values = f"{change.base:.4f}", f"{change.new:.4f}", f"{change.change:+.4f}"
    span = f"{change.low:+.4f} to {change.high:+.4f}"
    return (*change[:3], *values, span, f"{change.how}, {p_text(change.p_value)}")


def _seconds(value: float) -> str:
    from mmbench.presentation.numbers import seconds_text

    return seconds_text(value)


def _rate(value: float) -> str:
    from mmbench.presentation.numbers import rate_text

    return f"{rate_text(value)}/s"


_TIMES = {
    "fit time": _seconds,
    "predict time": _seconds,
    "all work": _seconds,
    "throughput": _rate,
    "time": _seconds,
}
