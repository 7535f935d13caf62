"""``mmbench plan``: what a run would do, without doing it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mmbench.cli.console import one_line, say
from mmbench.cli.output_options import json_option, verbose_option
from mmbench.cli.quantities import CachePlace
from mmbench.cli.run_options import (
    choice_options,
    retrain_option,
    split_options,
    train_sizes_option,
)
from mmbench.cli.table_options import table_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mmbench.cli.request import Request
    from mmbench.engine.after.retraining import Retrain
    from mmbench.engine.forecast import Forecast
    from mmbench.engine.pilot import Pilot
    from mmbench.engine.plan import Plan
    from mmbench.engine.run_time import RunTime

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
    help="The results folder; trials finished there need no work."
    "  [default: reports/<suite>]",
)
@click.option(
    "--cache",
    type=CachePlace(),
    help="Where intermediate results are kept.",
)
@click.option(
    "--pilot",
    "pilot_s",
    type=click.FloatRange(min=0),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="Where the cache has nothing comparable, run the methods on parts of the"
    " data for this many seconds; 0 runs nothing.",
)
@verbose_option("Print the methods, and the time for each kind of step.")
@json_option
def command(
    suite: str,
    out: Path | None,
    cache: Path | str | None,
    retrain: Retrain,
    train_sizes: tuple[float, ...],
    *,
    pilot_s: float,
    verbose: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say what running SUITE would do: trials, shared work, expected time.

    Takes the options of mmbench run. The expected time comes from the costs of like
    work in the cache or, where there is none, from a pilot: a few seconds of the
    methods on parts of the data, extrapolated to all rows.
    """
    from mmbench.cli.inspection import with_columns
    from mmbench.cli.request import Request

    request = with_columns(Request(suite=suite, **asked))
    found = _outlook(request, out, cache, retrain, pilot_s)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=1))
        return
    for line in _lines(found, retrain, train_sizes, verbose=verbose):
        say(line)


class _Outlook(NamedTuple):
    """What a run would do, and what it would take.

    Attributes
    ----------
    plan : Plan
        All trials.
    out : path
        The results folder.
    n_finished : int
        Trials that have a record there.
    ahead : Forecast
        What the others will cost.
    pilot : Pilot or None
        What that comes from, where nothing comparable has been timed before.
    jobs : int
        Worker processes.
    expected : RunTime or None
        What the run will take, None where too little is known.
    peak_bytes : int
        What the largest process will hold; 0 if unknown.
    """

    plan: Plan
    out: Path
    n_finished: int
    ahead: Forecast
    pilot: Pilot | None
    jobs: int
    expected: RunTime | None
    peak_bytes: int


def _outlook(
    request: Request,
    out: Path | None,
    cache: Path | str | None,
    retrain: Retrain,
    pilot_s: float,
) -> _Outlook:
    """Plan a run, and find out what it would take, by a pilot if need be."""
    from mmbench.cli.places import default_out
    from mmbench.cli.progress import waiting
    from mmbench.cli.requested_suite import drafted
    from mmbench.engine import finished_trials, make_plan, n_cores
    from mmbench.engine.cache.store import Cache
    from mmbench.engine.execute import cache_at
    from mmbench.engine.forecast import forecast
    from mmbench.engine.pilot import fly
    from mmbench.engine.run_time import driver_bytes, run_time
    from mmbench.results import ResultStore

    with waiting("reading the data"):
        draft = drafted(request)
        out = out or default_out(draft.suite.name)
        plan = make_plan(draft.complete())
        finished = finished_trials(plan, ResultStore(out))
        left = [key for key in plan.trials if key not in finished]
        skipped = plan.skipped(left)
        roots = plan.roots([key for key in left if key not in skipped])
        kept = Cache(*cache_at(cache)[:4])
        ahead = forecast(list(roots.values()), kept)
        own_bytes = driver_bytes(plan)
    pilot = None
    if ahead.known < 1 and pilot_s:
        with waiting("trying the methods on parts of the data"):
            pilot = fly(plan, seconds=pilot_s)
        ahead = forecast(list(roots.values()), kept, pilot.costs_of(plan, roots))
    jobs = n_cores()
    return _Outlook(
        plan=plan,
        out=out,
        n_finished=len(finished),
        ahead=ahead,
        pilot=pilot,
        jobs=jobs,
        expected=run_time(plan, ahead, retrain, jobs),
        peak_bytes=max(ahead.peak_bytes, own_bytes) if ahead.peak_bytes else 0,
    )


def _as_json(found: _Outlook) -> dict[str, Any]:
    plan, ahead, expected = found.plan, found.ahead, found.expected
    return {
        "suite": plan.suite.name,
        "datasets": [each.name for each in plan.suite.datasets],
        "methods": list(plan.suite.methods),
        "n_trials": len(plan.trials),
        "n_finished": found.n_finished,
        **{name: getattr(ahead, name) for name in _AHEAD},
        "expected_s": expected and expected.total_s,
        "expected_phases_s": expected and expected.phases_s,
        "expected_steps_s": ahead.steps_s,
        "expected_peak_bytes": found.peak_bytes or None,
        "known": ahead.known,
    }


def _lines(
    found: _Outlook, retrain: Retrain, train_sizes: tuple[float, ...], *, verbose: bool
) -> Iterator[str]:
    """Yield what is printed."""
    from mmbench.cli.further_words import curve_lines, retraining_lines
    from mmbench.presentation.numbers import count_text, seconds_text

    plan, ahead = found.plan, found.ahead
    yield from _trial_lines(found)
    for reason, n_methods in Counter(plan.lacking.values()).items():
        yield f"skipped   {count_text(n_methods, 'method')}: {one_line(reason)}"
    yield (
        f"nodes     {ahead.n_nodes:,} distinct pieces of work instead of "
        f"{ahead.n_pieces:,}: {ahead.shared:.0%} is shared"
    )
    yield f"cached    {ahead.n_cached:,} of them are in the cache"
    yield from _cost_lines(found)
    for line in retraining_lines(plan, retrain):
        yield f"retrain   {line}"
    for line in curve_lines(plan, train_sizes):
        yield f"curve     {line}"
    if verbose:
        for step, seconds in ahead.steps_s.items():
            yield f"step      {step}: {seconds_text(seconds)} of processor time"
        for method in plan.suite.methods:
            yield f"  {method}"


def _trial_lines(found: _Outlook) -> Iterator[str]:
    """Yield what is tried on what."""
    plan, n_finished = found.plan, found.n_finished
    done = f" ({n_finished:,} finished already in {found.out})" if n_finished else ""
    yield f"suite     {plan.suite.name}"
    yield f"datasets  {', '.join(d.name for d in plan.suite.datasets)}"
    yield f"methods   {len(plan.suite.methods):,}"
    yield f"trials    {len(plan.trials):,}{done}"
    for name, fewer in plan.fewer_rows.items():
        yield f"training  {name}: {fewer} of a fold"


def _cost_lines(found: _Outlook) -> Iterator[str]:
    """Yield what a run will take, and how that is known."""
    from mmbench.presentation.numbers import count_text, seconds_text

    ahead, pilot, expected = found.ahead, found.pilot, found.expected
    if expected is None:
        why = "nothing comparable has been timed yet"
        if pilot is not None:
            why = (
                f"a pilot of {pilot.took_s:.0f} s was too short for most of the work "
                f"({ahead.known:.0%} known); try --pilot {3 * pilot.took_s:.0f}"
            )
        yield f"time      no estimate: {why}"
        return
    how = "the costs of comparable work"
    if pilot is not None:
        how = f"a pilot of {pilot.took_s:.0f} s on up to {pilot.n_rows:,} rows"
    phases = ", ".join(
        f"{name} {seconds_text(seconds)}" for name, seconds in expected.phases_s.items()
    )
    yield (
        f"time      about {seconds_text(expected.total_s)} on "
        f"{count_text(found.jobs, 'core')} ({phases}), from {how} "
        f"({ahead.known:.0%} of what is left)"
    )
    if found.peak_bytes:
        yield _memory_line(found.peak_bytes)


def _memory_line(peak_bytes: int) -> str:
    """Say how much memory a process will take, and what to do if that is too much."""
    import psutil

    there_bytes = psutil.virtual_memory().total
    line = f"memory    about {peak_bytes / 2**30:.1f} GiB in the largest process"
    if peak_bytes <= there_bytes:
        return line
    return (
        f"{line}, and this machine has {there_bytes / 2**30:.1f} GiB: "
        "--max-train-rows N takes less"
    )
