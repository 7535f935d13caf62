"""``mmbench ensemble``: ensembles of all methods of a finished run."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.console import say
from mmbench.cli.output_options import quiet_option
from mmbench.cli.quantities import CachePlace
from mmbench.cli.run_options import model_options
from mmbench.cli.table_options import table_options
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from mmbench.engine import Plan
    from mmbench.results import ResultStore
    from mmbench.suite import Suite

_PATH = click.Path(path_type=Path)


@click.command("ensemble")
@click.argument("out", type=_PATH, metavar="OUT")
@click.option(
    "--member",
    "members",
    multiple=True,
    metavar="GLOB",
    help="Only of methods like 'text/*' (repeatable).  [default: all]",
)
@click.option(
    "--bagged",
    is_flag=True,
    help="Also add an ensemble whose members are the mean of the models of their "
    "inner folds, instead of one model fitted on all training rows; each is "
    "fitted once more in every fold.",
)
@click.option(
    "--layers",
    is_flag=True,
    help="Also add a stack of two layers: several predictors learn from the methods' "
    "out-of-fold predictions, and a linear one from theirs.",
)
@click.option(
    "--suite",
    metavar="SUITE",
    help="The run's suite, where its command doesn't name it: for example, a Python "
    "file.",
)
@table_options
@model_options
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Worker processes.  [default: the cores of this machine]",
)
@click.option(
    "--cache",
    type=CachePlace(),
    help="A cache other than the run's.  [default: the run's own]",
)
@click.option("--debug", is_flag=True, help="Run everything in this process.")
@quiet_option("Print the conclusions alone.")
def command(
    out: Path,
    members: tuple[str, ...],
    *,
    bagged: bool,
    layers: bool,
    jobs: int | None,
    cache: Path | str | None,
    debug: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Add ensembles of all methods of a run to it, and say what they add.

    OUT is the folder that 'mmbench run' wrote. In each trial, methods are selected by
    what they answer out of fold inside the training rows, never by test answers; what
    the run's cache holds of that is not computed again. One ensemble selects freely,
    and a portfolio has three methods at most. The data are found again as the run's
    command named them, or where --data and its options say.

    \b
    Examples:
      mmbench ensemble reports/fusion
      mmbench ensemble out/ --member 'text/*'
      mmbench ensemble out/ --bagged --layers
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.progress import meter, waiting
    from mmbench.cli.recorded_suite import rebuilt_suite
    from mmbench.engine import make_plan, n_cores, run
    from mmbench.report.make import report_of
    from mmbench.results import ResultStore
    from mmbench.suites.ensembling import BAGGED, DEFAULTS, LAYERS, with_ensembles

    store = ResultStore(out)
    recorded, environment = store.plan(), store.environment()
    with waiting("reading the data"):
        suite = rebuilt_suite(environment, recorded, given)
        chosen = _members(store, suite, members)
        further = [n for n, asked in ((BAGGED, bagged), (LAYERS, layers)) if asked]
        made = [*DEFAULTS, *further]
        plan = make_plan(with_ensembles(suite, chosen, made))
    _check_same(recorded, plan)
    with meter(quiet=quiet, verbose=False) as display:
        records = run(
            plan,
            store,
            jobs=jobs or n_cores(),
            cache=cache or _cache_of(store),
            progress=display,
            command=str(environment.get("command", "")),
            throughput=False,
            probes=False,
            retrain="none",
            debug=debug,
        )
        display.watch(records)
    _mark(store, chosen, made)
    _say_gains(report_of(out).run, chosen, made)
    say(out / "report.html")


def _members(store: ResultStore, suite: Suite, globs: tuple[str, ...]) -> list[str]:
    """Return the methods of the suite that have all their trials in the run."""
    from mmbench.report.tables.methods import method_rows
    from mmbench.suites.ensembling import can_be_members

    rows = method_rows(store.plan(), store.records())
    lacking = {row.method for row in rows if not row.is_complete}
    done = {row.method for row in rows} - lacking
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in done):
            raise UsageError(
                f"--member {glob}: no method with all its trials matches; there are: "
                f"{', '.join(sorted(done))}."
            )
    return [
        name
        for name in can_be_members(suite)
        if name in done and (not globs or any(fnmatchcase(name, g) for g in globs))
    ]


def _cache_of(store: ResultStore) -> Path | str | None:
    """Return the run's own cache; say so where it is gone."""
    from mmbench.engine.cache.recorded import recorded_cache

    cache = recorded_cache(store)
    if not isinstance(cache, Path) or cache.is_dir():
        return cache
    say(
        f"the cache that the run was given, {cache}, no longer exists, so its "
        f"contents are recomputed; if it was moved, give --cache DIR.",
        err=True,
    )
    return None


def _check_same(recorded: Mapping[str, Any], plan: Plan) -> None:
    """Refuse other data, methods or splits than the run had."""
    keys = {
        trial["key"]
        for trial in recorded["trials"]
        if not recorded["methods"][trial["method"]].get("added")
    }
    if not keys <= plan.trials.keys():
        raise UsageError(
            f"{len(keys - plan.trials.keys()):,} of the run's {len(keys):,} trials "
            f"have other data, methods or splits than its command now gives; use the "
            f"run's own data and options, or run it again."
        )


def _mark(store: ResultStore, members: list[str], made: list[str]) -> None:
    """Note in the plan what was added, and beside which trials, for runs that go on."""
    plan = store.plan()
    places = {
        (trial["dataset"], trial["fold"], trial["seed"]): trial["key"]
        for trial in plan["trials"]
        if trial["method"] == members[0]
    }
    for name in made:
        plan["methods"][name]["added"] = {
            trial["key"]: places[trial["dataset"], trial["fold"], trial["seed"]]
            for trial in plan["trials"]
            if trial["method"] == name
        }
        plan["methods"][name]["members"] = members
    with store.open(plan, store.environment()):
        pass


def _say_gains(run: Any, members: list[str], made: list[str]) -> None:
    from mmbench.report.ensemble_gains import ensemble_gains

    for sentence in ensemble_gains(run, made, members):
        say("".join(sentence))
