"""``mmbench versus``: two methods of a run head to head."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.console import say
from mmbench.cli.run_options import rope_option

if TYPE_CHECKING:
    from mmbench.report.versus import HeadToHead


@click.command("versus")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@rope_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    out: Path, first: str, second: str, *, rope: float | None, as_json: bool
) -> None:
    """Compare two methods of a run head to head.

    OUT is the folder that 'mmbench run' wrote; A and B are names of methods in it. Says
    by how much A is better or worse than B on each dataset, with interval and p-value,
    on how many samples they disagree, and what each costs. The p-value is that of two
    methods chosen beforehand, not of the best pair of many.

    \b
    Examples:
      mmbench versus reports/quick early/logistic text/tfidf/logistic
      mmbench versus out/ mine theirs --rope 2 --json
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.report.run import Run
    from mmbench.report.versus import head_to_head
    from mmbench.results import ResultStore

    found = head_to_head(Run.read(ResultStore(out), rope=rope), first, second)
    if as_json:
        click.echo(json.dumps(list(map(_as_json, found)), indent=1, allow_nan=False))
        return
    for each in found:
        say(f"{each.comparison.dataset}: {''.join(each.sentence)}")
        for sentence in ("".join(each.scope), *each.details):
            say(f"  {sentence}")


def _as_json(found: HeadToHead) -> dict[str, Any]:
    values = found.comparison._asdict()
    values |= {"n_both": found.n_both, "n_neither": found.n_neither}
    for side, row in (("first", found.first), ("second", found.second)):
        values[f"{side}_score"] = row.scores.get(found.comparison.metric, math.nan)
        values[f"{side}_fit_time_s"] = row.fit_time_s_mean
        values[f"{side}_predict_time_s"] = row.predict_time_s_mean
    return {
        name: None if isinstance(v, float) and not math.isfinite(v) else v
        for name, v in values.items()
    }
