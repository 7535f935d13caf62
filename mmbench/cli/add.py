"""``mmbench add``: answers of a foreign model as a method of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mmbench.cli.console import say
from mmbench.cli.quantities import Span

_PATH = click.Path(path_type=Path)


@click.command("add")
@click.argument("out", type=_PATH, metavar="OUT")
@click.option(
    "--predictions",
    type=_PATH,
    required=True,
    metavar="FILE",
    help="A table with a row for each test sample: CSV, TSV, Parquet or JSON Lines.",
)
@click.option("--name", required=True, metavar="NAME", help="Name of the method.")
@click.option(
    "--dataset",
    metavar="NAME",
    help="The dataset that the predictions are for.  [default: the run's only one]",
)
@click.option(
    "--id-column",
    metavar="COL",
    help="The column of sample ids, as in the run's predictions; for a table, row "
    "numbers from 1.  [default: id]",
)
@click.option(
    "--fold-column",
    metavar="COL",
    help="The column of folds, where a model was trained for each fold.",
)
@click.option(
    "--seed-column",
    metavar="COL",
    help="The column of seeds, where the run has several.",
)
@click.option(
    "--modality",
    "modalities",
    multiple=True,
    metavar="KIND",
    help="A modality that the model uses, such as text, for the verdicts (repeatable).",
)
@click.option(
    "--fit-time",
    "fit_time_s",
    type=Span(),
    help="Training time for one fold: 90s, 2h.  [default: not measured]",
)
@click.option(
    "--predict-time",
    "predict_time_s",
    type=Span(),
    help="Prediction time for one fold's test samples.  [default: not measured]",
)
def command(out: Path, predictions: Path, **said: Any) -> None:
    """Make the answers of a foreign model a method of a run.

    OUT is the folder that 'mmbench run' wrote. The model, such as a fine-tuned network
    or a language model, has answered for the same test samples. Its answers are scored
    and compared like those of the run's own methods. Columns of classification: label,
    or proba_CLASS for each class, or both; of several labels: a column of 0 and 1 for
    each label, or proba_LABEL; of regression: number.

    \b
    Examples:
      mmbench add reports/fusion --predictions clip.csv --name my-clip
      mmbench add out/ --predictions llm.jsonl --name llm --dataset mr \\
          --modality text --fold-column fold
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.datasets.sources import errors_about
    from mmbench.datasets.tables import parse_table, read_content
    from mmbench.report.make import report_of
    from mmbench.results import ResultStore
    from mmbench.sharing import Given, add_answers

    with errors_about(predictions):
        table = parse_table(*read_content(predictions))
        added = add_answers(ResultStore(out), Given(table=table, **said))
    n = len(added.records)
    means = {
        metric: sum(score or 0.0 for score in scores) / n
        for metric in added.records[0].scores
        if None not in (scores := [each.scores[metric] for each in added.records])
    }
    words = ", ".join(f"{metric} {score:.4f}" for metric, score in means.items())
    say(f"{added.method} on {added.dataset}, mean of {n} trials: {words}")
    say(report_of(out).path)
