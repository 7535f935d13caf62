"""``mmbench run``: run a suite and report the results."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.group import ARGUMENTS, GO_ON
from mmbench.cli.output_options import json_option, quiet_option, verbose_option
from mmbench.cli.places import check_places, default_out
from mmbench.cli.run_options import (
    choice_options,
    run_options,
    split_options,
)
from mmbench.cli.table_options import table_options
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mmbench.engine import Plan
    from mmbench.suite import Suite
    from mmbench.suites.tuning import Tuner

REPRODUCE = "reproduce"
"""The suite of published numbers, which brings its datasets and splits along."""

_WORK = (
    *("jobs", "fresh", "remeasure", "scheduler", "debug"),
    *("ship_images", "cache_size_bytes", "start_method"),
)
_BESIDES = ("no_throughput", "no_probes", "retrain", "train_sizes", "with_samples")
_OUTPUT = ("quiet", "verbose", "as_json")
"""Options on how trials are worked off, on what is asked besides, and on output."""


@click.command("run")
@click.argument("suite")
@table_options
@choice_options
@split_options
@run_options
@quiet_option("Print nothing but the report's path, and what failed.")
@verbose_option("Print every trial as it ends.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, /, *, out: Path | None, cache: Path | str | None, **asked: Any
) -> None:
    """Run a suite and make its report.

    SUITE is a built-in one (see: mmbench list suites), a Python file that defines
    suite = Suite(...), or reproduce: published numbers beside ours. An
    interrupted run is resumed when the same command is given again.

    \b
    Exit code: 0 every trial is ok, or skipped for want of an optional package;
               1 some trials failed (the report says which); 2 bad usage or input.

    \b
    Examples:
      mmbench run quick
      mmbench run fusion --data products.csv --target category \\
          --text name --text description --image image --out out/
      mmbench run quick --data products.csv
      mmbench run quick --data photos/
      mmbench run quick --method 'text/*' --repeats 3
      mmbench run fusion --data easy_vqa
      mmbench run reproduce --data-dir DIR
      mmbench run benchmarks/mine.py
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.inspection import with_columns
    from mmbench.cli.progress import waiting
    from mmbench.cli.request import Request
    from mmbench.cli.requested_suite import drafted
    from mmbench.engine import Limits, check_scheduler, make_plan

    limits = Limits(asked.pop("time_limit"), asked.pop("memory_limit"))
    work = {"cache": cache, "limits": limits, **_popped(asked, _WORK)}
    besides, output = _popped(asked, _BESIDES), _popped(asked, _OUTPUT)
    if asked["suite"] == REPRODUCE:
        ctx.exit(_reproduce(out, work, {**besides, **output}, asked))
    request = with_columns(Request(**asked))
    with waiting("reading the data"):
        draft = drafted(request)
        out = out or default_out(draft.suite.name)
        check_places(out, cache)
        if work["ship_images"] and work["scheduler"] is None:
            raise UsageError(
                "--ship-images sends files to the workers of --scheduler ADDRESS; "
                "workers of this machine see them."
            )
        if work["scheduler"] is not None:
            check_scheduler(work["scheduler"])
        suite = draft.complete()
    if isinstance(request.tune, float):
        suite = _timed(suite, out, (request.tune, request.tuner or "random"), work)
        work["fresh"] = False
    with waiting("reading the data"):
        plan = make_plan(suite)
    ctx.meta[GO_ON] = _how_to_go_on(ctx, out)
    besides["throughput"] = not besides.pop("no_throughput")
    besides["probes"] = not besides.pop("no_probes")
    ctx.exit(1 if _run(plan, out, **work, **besides, **output) else 0)


def _popped(asked: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return some of the options, which are left out of the others from then on."""
    return {name: asked.pop(name) for name in names}


def _timed(
    suite: Suite, out: Path, budget: tuple[float, Tuner], work: dict[str, Any]
) -> Suite:
    """Run the suite untuned, and return it with what can be tuned in a time."""
    from mmbench.cli.progress import waiting
    from mmbench.cli.tuning_budget import tuned_in_time
    from mmbench.results import ResultStore

    asked = {name: value for name, value in work.items() if name != "remeasure"}
    with waiting("timing the methods as they are"):
        return tuned_in_time(suite, ResultStore(out), budget, asked)


def _reproduce(
    out: Path | None,
    work: dict[str, Any],
    others: dict[str, Any],
    asked: dict[str, Any],
) -> int:
    """Run the trial groups of published numbers; return the exit code."""
    from mmbench.cli.reproduce import reproduce
    from mmbench.cli.request import Request

    if any(others[name] for name in (*_OUTPUT, "train_sizes", "with_samples")):
        raise UsageError(
            f"{REPRODUCE} takes none of --quiet, --verbose, --json, --train-sizes and "
            "--with-samples."
        )
    request = Request(**asked)
    taken = {"suite", "data_dir", "dataset", "weights"}
    fields = [name for name in vars(request) if name not in taken]
    request.refuse(fields, f"is fixed by {REPRODUCE}; leave it out.")
    return reproduce(
        data_dir=request.data_dir,
        only=request.dataset,
        weights=request.weights,
        out=out or default_out(REPRODUCE),
        **work,
    )


def _run(
    plan: Plan,
    out: Path,
    *,
    jobs: int | None,
    fresh: bool,
    remeasure: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
    **how: Any,
) -> int:
    """Run what is not finished, print the results; return how many trials failed."""
    from mmbench.cli import outcome
    from mmbench.cli.console import stderr, stdout
    from mmbench.cli.further_words import curve_lines, retraining_lines
    from mmbench.cli.progress import meter
    from mmbench.cli.results import print_results, print_results_as_json
    from mmbench.engine import finished_trials, n_cores, run
    from mmbench.report.make import report_of
    from mmbench.report.tables.methods import planned_records
    from mmbench.results import ResultStore
    from mmbench.tasks import Metric

    store = ResultStore(out)
    jobs = jobs or n_cores()
    if not quiet:
        done = [] if fresh else finished_trials(plan, store, remeasure=remeasure)
        outcome.print_header(
            stderr(),
            plan.as_json(),
            n_finished=len(done),
            jobs=jobs,
            lacking=plan.lacking,
        )
        for line in retraining_lines(plan, how["retrain"]):
            stderr().print(f"  retraining: {line}", soft_wrap=True)
        for line in curve_lines(plan, how["train_sizes"]):
            stderr().print(f"  learning curve: {line}", soft_wrap=True)
    with meter(quiet=quiet, verbose=verbose) as display:
        how |= {"progress": display, "fresh": fresh, "remeasure": remeasure}
        # First without what is asked after the trials, which may take long.
        how["before_answers"] = lambda: report_of(out)
        display.watch(run(plan, store, jobs=jobs, **how))
        display.enter("report", 1)
        own = [each for each in plan.suite.scoring if isinstance(each, Metric)]
        made = report_of(out, own)
    console = stdout()
    if as_json:
        print_results_as_json(made)
    elif quiet:
        console.print(str(made.path), soft_wrap=True)
    else:
        print_results(console, made, out_dir=out)
        finished = planned_records(made.run.plan, made.run.records)
        outcome.print_unfinished(console, (record for _, record in finished))
        path = f"report: {made.path} (also report.md, tables/, figures/)"
        console.print(path, soft_wrap=True)
    return made.trials["failed"] + made.trials["timed_out"]


def _how_to_go_on(ctx: click.Context, out: Path) -> str:
    typed = [word for word in ctx.meta[ARGUMENTS] if word != "--fresh"]
    return (
        f"; finished trials are kept in {out}. Go on with: "
        f"{shlex.join(['mmbench', *typed])}"
    )
