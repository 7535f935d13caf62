"""``mmbench plan``: what a run would do, without doing it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.console import one_line, say
from mmbench.cli.output_options import json_option, verbose_option
from mmbench.cli.run_options import (
    choice_options,
    retrain_option,
    split_options,
    train_sizes_option,
)
from mmbench.cli.table_options import table_options

if TYPE_CHECKING:
    from mmbench.engine.after.retraining import Retrain

_AHEAD = ("n_nodes", "n_pieces", "n_cached")


@click.command("plan")
@click.argument("suite")
@table_options
@choice_options
@split_options
@retrain_option
@train_sizes_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where results would go: what is finished there needs no work."
    "  [default: reports/<suite>]",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where intermediate results are kept.",
)
@verbose_option("Print the methods, too.")
@json_option
def command(
    suite: str,
    out: Path | None,
    cache: Path | None,
    retrain: Retrain,
    train_sizes: tuple[float, ...],
    *,
    verbose: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say what running SUITE would do: trials, shared work, expected time.

    Takes the options of mmbench run. The expected time comes from the costs of like
    work in the cache, so it is known after a first run.
    """
    from mmbench.cli.further_words import curve_lines, retraining_lines
    from mmbench.cli.inspection import with_columns
    from mmbench.cli.places import default_out
    from mmbench.cli.progress import waiting
    from mmbench.cli.request import Request
    from mmbench.cli.requested_suite import drafted
    from mmbench.engine import finished_trials, make_plan, n_cores
    from mmbench.engine.cache.store import Cache
    from mmbench.engine.execute import cache_at, cache_folder
    from mmbench.engine.forecast import forecast
    from mmbench.presentation.numbers import count_text
    from mmbench.results import ResultStore

    request = with_columns(Request(suite=suite, **asked))
    with waiting("reading the data"):
        draft = drafted(request)
        out = out or default_out(draft.suite.name)
        plan = make_plan(draft.complete())
        finished = finished_trials(plan, ResultStore(out))
        left = [key for key in plan.trials if key not in finished]
        skipped = plan.skipped(left)
        roots = list(plan.roots([key for key in left if key not in skipped]).values())
        ahead = forecast(roots, Cache(*cache_at(cache_folder(cache))))
    jobs = n_cores()
    expected_s = None if ahead.expected_s is None else ahead.expected_s / jobs
    if as_json:
        told = {
            "suite": plan.suite.name,
            "datasets": [each.name for each in plan.suite.datasets],
            "methods": list(plan.suite.methods),
            "n_trials": len(plan.trials),
            "n_finished": len(finished),
            **{name: getattr(ahead, name) for name in _AHEAD},
            "expected_s": expected_s,
        }
        click.echo(json.dumps(told, indent=1))
        return
    say(f"suite     {plan.suite.name}")
    say(f"datasets  {', '.join(d.name for d in plan.suite.datasets)}")
    say(f"methods   {len(plan.suite.methods):,}")
    done = f" ({len(finished):,} finished already in {out})" if finished else ""
    say(f"trials    {len(plan.trials):,}{done}")
    for reason, n_methods in Counter(plan.lacking.values()).items():
        say(f"skipped   {count_text(n_methods, 'method')}: {one_line(reason)}")
    say(
        f"nodes     {ahead.n_nodes:,} distinct pieces of work instead of "
        f"{ahead.n_pieces:,}: {ahead.shared:.0%} is shared"
    )
    say(f"cached    {ahead.n_cached:,} of them are in the cache")
    if expected_s is None:
        say("time      no estimate: nothing comparable has been timed yet")
    else:
        say(
            f"time      about {expected_s:,.0f} s on {jobs} cores, from "
            f"the costs of like work ({ahead.known:.0%} of what is left)"
        )
    for line in retraining_lines(plan, retrain):
        say(f"retrain   {line}")
    for line in curve_lines(plan, train_sizes):
        say(f"curve     {line}")
    for method in plan.suite.methods if verbose else ():
        say(f"  {method}")
