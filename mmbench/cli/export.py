"""``mmbench export``: fit a method of a run to all rows, and save it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from mmbench.cli.console import say
from mmbench.cli.quantities import Size
from mmbench.cli.run_options import model_options
from mmbench.cli.table_options import table_options
from mmbench.errors import UsageError

_PATH = click.Path(path_type=Path)


class Latency(click.ParamType[float]):
    """A short time, in seconds: 5ms, 0.2s."""

    name = "TIME"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a time such as ``5ms`` as seconds.

        Parameters
        ----------
        value : str
            What the user typed.
        param : Parameter or None
            The option, for the error message.
        ctx : Context or None
            click's context.

        Returns
        -------
        float
            Seconds.
        """
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(us|ms|s)", value)
        if match is None:
            self.fail(f"{value!r} is not a time; write 5ms or 0.2s.", param, ctx)
        return float(match[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[match[2]]


@click.command("export")
@click.argument("out", type=_PATH, metavar="OUT")
@click.option(
    "--to",
    type=_PATH,
    required=True,
    metavar="DIR",
    help="The model's folder, new or empty.",
)
@click.option("--best", is_flag=True, help="The best method above the floor.")
@click.option("--method", "name", metavar="NAME", help="The method with this name.")
@click.option(
    "--dataset",
    "on",
    metavar="NAME",
    help="The dataset, if the run has several.",
)
@click.option(
    "--fold",
    type=click.IntRange(min=0),
    metavar="K",
    help="The model of this fold's trial, instead of one fitted to all rows.",
)
@click.option("--seed", type=int, metavar="S", help="One of the run's seeds.")
@click.option(
    "--max-latency",
    type=Latency(),
    help="With --best: latency of at most this for one row (p95).",
)
@click.option(
    "--min-throughput",
    type=click.FloatRange(min=0),
    metavar="N",
    help="With --best: at least N rows per second.",
)
@click.option(
    "--max-size", type=Size(), help="With --best: model size of at most this: 20M."
)
@click.option(
    "--suite",
    metavar="SUITE",
    help="The run's suite, where its command doesn't name it: for example, a Python "
    "file.",
)
@table_options
@model_options
def command(*, out: Path, **asked: Any) -> None:
    """Fit a method of a run to all rows, and save it as a model.

    OUT is the folder that 'mmbench run' wrote. The data are found again as the run's
    command named them, or where --data and its options say, and must be the same. The
    model is a folder: the fitted method, which loads without executing anything, a
    model card, requirements and an example. Ask it with 'mmbench predict'.

    \b
    Examples:
      mmbench export reports/quick --best --dataset glyphs --to model/
      mmbench export out/ --method early/logistic --to model/
      mmbench export out/ --best --max-latency 5ms --to model/
      mmbench export out/ --best --data moved/products.csv --to model/
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.cli.progress import waiting
    from mmbench.cli.recorded_suite import rebuilt_suite
    from mmbench.export import export_model
    from mmbench.export.choose import Needs
    from mmbench.export.save import check_place, chosen
    from mmbench.report.run import Run
    from mmbench.results import ResultStore

    to, best, method = asked.pop("to"), asked.pop("best"), asked.pop("name")
    dataset, fold, seed = asked.pop("on"), asked.pop("fold"), asked.pop("seed")
    needs = Needs(
        max_latency_s=asked.pop("max_latency"),
        min_throughput=asked.pop("min_throughput"),
        max_bytes=asked.pop("max_size"),
    )
    if best == (method is not None):
        raise UsageError("say which method: --best, or --method NAME.")
    if needs.any and not best:
        raise UsageError(
            "--max-latency, --min-throughput and --max-size choose the "
            "best; give them with --best."
        )
    check_place(to)
    run = Run.read(ResultStore(out))
    here, _, method = chosen(run, method=method, dataset=dataset, needs=needs)
    with waiting("reading the data"):
        suite = rebuilt_suite(run.environment, run.plan, asked)
    with waiting(f"fitting {method}"):
        folder = export_model(
            out, to, suite, method=method, dataset=here.name, fold=fold, seed=seed
        )
    rows = "all rows" if fold is None else f"the training rows of fold {fold}"
    say(f"{method} on {here.name}, fitted to {rows}: {folder}")
