"""``mmbench plan``: what a run would do, without doing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mmbench.cli.console import say
from mmbench.cli.run_options import choice_options, split_options, table_options


@click.command("plan")
@click.argument("suite")
@table_options
@choice_options
@split_options
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where intermediate results are kept.",
)
def command(suite: str, cache: Path | None, **asked: Any) -> None:
    """Say what running SUITE would do: trials, shared work, expected time.

    Takes the options of mmbench run. The expected time comes from the costs of like
    work in the cache, so it is known after a first run.
    """
    from mmbench.cli.progress import waiting
    from mmbench.cli.request import Request, requested_suite
    from mmbench.engine import make_plan, n_cores
    from mmbench.engine.cache import Cache
    from mmbench.engine.execute import cache_at, cache_folder
    from mmbench.engine.forecast import forecast

    with waiting("reading the data"):
        plan = make_plan(requested_suite(Request(suite=suite, **asked)))
        roots = list(plan.roots(list(plan.trials)).values())
        ahead = forecast(roots, Cache(*cache_at(cache_folder(cache))))
    jobs = n_cores()
    say(f"suite     {plan.suite.name}")
    say(f"datasets  {', '.join(d.name for d in plan.suite.datasets)}")
    say(f"methods   {len(plan.suite.methods):,}")
    say(f"trials    {ahead.n_trials:,}")
    say(
        f"nodes     {ahead.n_nodes:,} distinct pieces of work instead of "
        f"{ahead.n_pieces:,}: {ahead.shared:.0%} is shared"
    )
    say(f"cached    {ahead.n_cached:,} of them are in the cache")
    if ahead.expected_s is None:
        say("time      not known: the cache holds no like work yet")
    else:
        say(
            f"time      about {ahead.expected_s / jobs:,.0f} s on {jobs} cores, from "
            f"the costs of like work ({ahead.known:.0%} of what is left)"
        )
