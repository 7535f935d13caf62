"""``mmbench score``: score answers in a file by references in another."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.console import say

if TYPE_CHECKING:
    from mmbench.stats import Interval
    from mmbench.tasks.score_files import ScoredFiles

_PATH = click.Path(path_type=Path)


@click.command("score")
@click.option(
    "--task",
    required=True,
    metavar="NAME",
    help="The task: classification, multilabel, regression, "
    "answering, generation or retrieval.",
)
@click.option(
    "--references",
    type=_PATH,
    required=True,
    metavar="FILE",
    help='A table (.csv, .tsv, .jsonl) with "id" and "label", "number", or 0 and 1 for '
    'each label; texts: lines {"id": ..., "references": ["...", ...]}; retrieval: '
    "TREC's qrels.",
)
@click.option(
    "--predictions",
    type=_PATH,
    required=True,
    metavar="FILE",
    help='A table with the same columns, or "proba_CLASS" for each class; texts: '
    'lines {"id": ..., "prediction": "..."}; retrieval: a TREC run.',
)
@click.option(
    "--tokenise",
    type=click.Choice(["ptb", "none"]),
    help="Generation: how metrics split words: as in the Penn Treebank, in lower case "
    "and without punctuation, or at spaces.  [default: ptb]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    task: str,
    references: Path,
    predictions: Path,
    tokenise: str | None,
    as_json: bool,
) -> None:
    """Score answers in a file by references in another, with intervals.

    All metrics of the task are printed with their bias-corrected 95 % bootstrap
    intervals, in which samples, texts or queries are drawn with replacement. BLEU
    (sacrebleu) and chrF see raw texts, whatever --tokenise says.

    \b
    Examples:
      mmbench score --task classification --references test.csv --predictions mine.csv
      mmbench score --task generation --references refs.jsonl --predictions hyps.jsonl
      mmbench score --task retrieval --references a.qrels --predictions a.run --json
    """  # noqa: D301 - click reads \b as "keep these lines"
    from mmbench.errors import UsageError
    from mmbench.presentation.numbers import count_text
    from mmbench.tasks import get_task

    if tokenise is not None and task != "generation":
        raise UsageError("--tokenise is for --task generation.")
    answers = get_task(task).answers
    found = answers.score_files(references, predictions, tokenise)
    scores = dict(_intervals(found))
    if as_json:
        click.echo(json.dumps(_as_json(task, found, scores), indent=1))
        return
    say(f"{count_text(found.n_units, found.unit)}, 95 % intervals")
    for name, interval in scores.items():
        low, high = interval.low, interval.high
        between = f"  {low:.4f} to {high:.4f}" if math.isfinite(low + high) else ""
        say(f"  {name:<20}{interval.estimate:>10.5f}{between}")
    for name, text in found.signatures.items():
        say(f"  {name}: {text}")


def _intervals(found: ScoredFiles) -> Iterator[tuple[str, Interval]]:
    """Yield each metric's score, with its interval if it is a function of sums."""
    import numpy as np

    from mmbench.stats import Interval, Resamples, bootstrap_score

    resamples = Resamples(np.arange(found.n_units))
    for metric, counted in found.counted:
        if not metric.has_interval:
            score = math.nan if counted is None else counted
            yield metric.name, Interval(score, math.nan, math.nan)
            continue
        yield (
            metric.name,
            bootstrap_score(
                metric.as_sums[1],
                counted,
                resamples=resamples,
                is_share=metric.is_share,
            ),
        )


def _as_json(
    task: str, found: ScoredFiles, scores: dict[str, Interval]
) -> dict[str, Any]:
    return {
        "task": task,
        "n": found.n_units,
        "unit": found.unit,
        "scores": {
            name: {
                each: value if math.isfinite(value) else None
                for each, value in zip(("score", "low", "high"), interval, strict=True)
            }
            for name, interval in scores.items()
        },
        "signatures": dict(found.signatures),
    }
