"""The options of ``mmbench run``, in the groups that its help shows them in."""

from __future__ import annotations

from pathlib import Path

import click

from mmbench.cli.quantities import CachePlace, Size, Span
from mmbench.cli.stacked_options import stacked
from mmbench.cli.tuning_budget import Budget

__all__ = [
    "choice_options",
    "model_options",
    "retrain_option",
    "rope_option",
    "run_options",
    "split_options",
    "train_sizes_option",
]

_PATH = click.Path(path_type=Path)
# The repeats' seeds stay below 2**31, the least that one of the libraries takes.
_MAX_SEED, _MAX_REPEATS = 10**9, 10**6


def _share(
    _ctx: click.Context, _param: click.Parameter, points: float | None
) -> float | None:
    return None if points is None else points / 100


rope_option = click.option(
    "--rope",
    type=click.FloatRange(min=0, max=100, max_open=True),
    metavar="POINTS",
    callback=_share,
    help="Call methods equivalent if the interval of their difference lies within "
    "this many points (for a loss: percent of the floor's).  [default: 1, or as "
    "the suite says]",
)
retrain_option = click.option(
    "--retrain",
    type=click.Choice(["auto", "none", "headline", "all"]),
    default="auto",
    show_default=True,
    help="Retrain methods after the trials, on parts of the data, so that verdicts "
    "cover variation from training: those of the main comparison (auto: where "
    "that costs no more than the "
    "trials, or half a minute of processor time), or all.",
)
_MODELS = (
    click.option(
        "--weights",
        multiple=True,
        metavar="ARCH=PATH",
        help="Pretrained weights of a torchvision network; ARCH=default takes those on "
        "this machine (repeatable).",
    ),
    click.option(
        "--vectors",
        type=_PATH,
        metavar="PATH",
        help="Pretrained word vectors: word2vec, GloVe or fastText.",
    ),
    click.option(
        "--text-model",
        multiple=True,
        metavar="MODEL",
        help="A pretrained language model: its folder, or its name on the hub if "
        "fetched before (repeatable).",
    ),
    click.option(
        "--dual-encoder",
        metavar="MODEL",
        help="Retrieval: a model of texts and pictures such as CLIP, its folder as "
        "transformers saves it, or its name on the hub if fetched before.",
    ),
)
model_options = stacked(*_MODELS)


def _shares(
    _ctx: click.Context, _param: click.Parameter, given: str | None
) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in (given or "").split(",") if part.strip())
    except ValueError as error:
        raise click.BadParameter(
            f"{given!r} is not a list of shares such as 0.1,0.25,0.5,1."
        ) from error


train_sizes_option = click.option(
    "--train-sizes",
    callback=_shares,
    metavar="SHARES",
    help="Draw a learning curve: also train the methods of the main comparison on "
    "these shares of the training samples, such as 0.1,0.25,0.5,1.",
)
choice_options = stacked(
    click.option(
        "--dataset",
        multiple=True,
        metavar="NAME",
        help="Only this dataset (repeatable).",
    ),
    click.option(
        "--method",
        multiple=True,
        metavar="GLOB",
        help="Only methods like 'text/*' (repeatable).",
    ),
    click.option(
        "--tune",
        type=Budget(),
        metavar="N|TIME",
        help="Add a tuned version of each method (NAME/tuned): the best of N "
        "candidates from its own space, the untuned method among them, by inner "
        "folds of the training rows; or of as many as it can try in 10m for each "
        "fold.",
    ),
    click.option(
        "--tuner",
        type=click.Choice(["random", "halving", "optuna"]),
        help="How --tune chooses candidates: at random; at random, first on few rows "
        "and the best ones on more (successive halving); or by Optuna, which "
        "learns from scores where to draw (extra: optuna).  [default: random]",
    ),
    click.option(
        "--metric",
        multiple=True,
        metavar="NAME",
        help="Score by this metric (repeatable); the first one ranks. See: mmbench "
        "list metrics. With --sample-weight, also sample_weighted_NAME.  [default: "
        "those of the task]",
    ),
    click.option(
        "--class-weight",
        type=click.Choice(["balanced"]),
        help="Weight classes inversely to their frequency, in all predictors that can.",
    ),
    click.option(
        "--slice",
        "slices",
        multiple=True,
        metavar="COL",
        help="Break scores down by the values of this column, which methods need not "
        "see (repeatable).",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="CODE",
        help="Leave the warnings of this check out of the report (repeatable); see: "
        "mmbench list checks.",
    ),
    rope_option,
    *_MODELS,
)
split_options = stacked(
    click.option(
        "--folds",
        type=click.IntRange(min=2),
        metavar="K",
        help="Folds of the cross-validation.  [default: 5; 3 for answering and "
        "captioning without --data]",
    ),
    click.option(
        "--repeats",
        type=click.IntRange(1, _MAX_REPEATS),
        metavar="R",
        help="Repeat the folds with R seeds.  [default: 1]",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, _MAX_SEED),
        metavar="S",
        help="The first seed.  [default: 0]",
    ),
    click.option(
        "--max-train-rows",
        type=click.IntRange(min=2),
        metavar="N",
        help="Fit methods to a sample of N training rows where a fold has more, each "
        "class with its share; test on all test rows.  [default: all]",
    ),
)
run_options = stacked(
    click.option(
        "--out",
        type=_PATH,
        metavar="DIR",
        help="Where results go.  [default: reports/<suite>]",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Worker processes.  [default: the cores of this machine]",
    ),
    click.option(
        "--cache",
        type=CachePlace(),
        help="Where intermediate results are kept: a folder, or the URL of an object "
        "store, such as s3://bucket/prefix.",
    ),
    click.option(
        "--cache-size",
        "cache_size_bytes",
        type=Size(),
        help="With --cache URL: maximum size of the local copy.  [default: 20G]",
    ),
    click.option("--fresh", is_flag=True, help="Discard earlier results in --out."),
    click.option(
        "--remeasure",
        is_flag=True,
        help="Redo all work, so that no cost comes from the cache.",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Use a Dask cluster's workers: tcp://HOST:8786.",
    ),
    click.option(
        "--ship-images",
        is_flag=True,
        help="With --scheduler: send pictures, recordings and videos to workers that "
        "don't see the files.",
    ),
    click.option(
        "--start-method",
        type=click.Choice(["fork", "spawn"]),
        help="How worker processes start; spawn is slower but works everywhere."
        "  [default: fork, where the system can]",
    ),
    click.option(
        "--time-limit",
        type=Span(),
        help="Time limit for one piece of work: 90s, 10m, 2h.",
    ),
    click.option(
        "--memory-limit",
        type=Size(),
        help="Memory limit of a worker process: 4G.",
    ),
    retrain_option,
    train_sizes_option,
    click.option(
        "--no-throughput",
        is_flag=True,
        help="Skip throughput measurements after the trials, and repeats of quick "
        "fits for their times.",
    ),
    click.option(
        "--no-ablation",
        "no_probes",
        is_flag=True,
        help="Skip modality ablation.",
    ),
    click.option(
        "--no-probes",  # what the option was called
        "no_probes",
        is_flag=True,
        hidden=True,
    ),
    click.option(
        "--with-samples",
        is_flag=True,
        help="Keep texts and thumbnails of the samples, and show them in the report.",
    ),
    click.option(
        "--debug",
        is_flag=True,
        help="Run everything in this process, for a debugger; limits don't apply.",
    ),
)
