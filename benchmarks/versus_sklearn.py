"""The same methods run three ways: a plain loop, a careful one, and the engine.

The methods of the ``fusion`` suite on glyphs are plain scikit-learn estimators, so each
way fits and asks the very same ones on the very same folds, in two processes of one
thread:

- *plain*: every method on every fold by itself, as ``cross_validate`` does it;
- *careful*: image features computed once and put in as columns, text features kept by
  ``Pipeline(memory=...)``, then the same loop;
- *engine*: ``mmbench.engine.run`` from a cold cache.

The ways take turns, each starts and ends its own processes, and all must give the same
probabilities. *limit* is what no way of running the distinct pieces of work can beat:
the sum of their processor times over the number of processes.

Image features are those of a real network, MobileNetV2 on 224 x 224 pixels. Its weights
are random unless given, which makes it no slower and no faster. The small form takes
fewer rows and methods and ends within five minutes; what a run has to begin with, such
as importing torch, weighs more in it.

    python benchmarks/versus_sklearn.py --small
    python benchmarks/versus_sklearn.py --every 2 --repeats 1
    python benchmarks/versus_sklearn.py --weights mobilenet_v2=mobilenet_v2.safetensors
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import joblib
import numpy as np
import pandas as pd
from joblib.externals.loky import get_reusable_executor
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import Pipeline

from mmbench.datasets import EMBEDDED, Dataset, Samples
from mmbench.engine import Fold, folds_of, prepared, run
from mmbench.fusion import SelectColumns
from mmbench.results import Record, ResultStore
from mmbench.suite import Suite
from mmbench.suites import build_suite
from mmbench.tasks import Task

JOBS = 2
SEED = 0
# Every fusion of the same two branches, but not the networks: they share nothing.
SMALL = ("dummy", "text/tfidf/*", "image/*net*/*", "text+image/tfidf+*net*/*/logistic")
SMALL_EVERY = 25

Methods = Mapping[str, Any]
Answers = dict[tuple[str, int], Mapping[str, NDArray[Any]]]
"""Method and fold to what is answered for the test rows."""


class Outcome(NamedTuple):
    """What came of one way: its answers and, from the engine, the limit in seconds."""

    answers: Answers
    limit_s: float | None = None


class Timed(NamedTuple):
    """One run of one way: seconds of wall and of processor time, and its outcome."""

    wall_s: float
    cpu_s: float
    outcome: Outcome


def plain(suite: Suite, _folder: Path) -> Callable[[], Outcome]:
    """Fit every method on every fold by itself."""
    samples = suite.datasets[0].load()
    answers = loop(suite, suite.methods, samples)
    return lambda: Outcome(answers)


def careful(suite: Suite, folder: Path) -> Callable[[], Outcome]:
    """Compute image features once, keep text features, then do as the plain way."""
    samples = suite.datasets[0].load()
    samples = samples._replace(X=samples.X.assign(row=np.arange(len(samples.y))))
    memory = joblib.Memory(folder / "memory", verbose=0)
    methods = {
        name: made_careful(method, samples.X, folder, memory)
        for name, method in suite.methods.items()
    }
    answers = loop(suite, methods, samples)
    return lambda: Outcome(answers)


def engine(suite: Suite, folder: Path) -> Callable[[], Outcome]:
    """Let the engine find what the methods share."""
    # The other ways measure and ask nothing afterwards either.
    options: dict[str, Any] = {
        "jobs": JOBS,
        "cache": folder / "cache",
        "throughput": False,
        "probes": False,
        "retrain": "none",
    }
    records = list(run(suite, folder / "out", **options))

    def outcome() -> Outcome:
        assert all(r.status == "ok" for r in records), {r.reason for r in records}
        store = ResultStore(folder / "out")
        answers = {(r.method, r.fold): store.predictions(r.key).arrays for r in records}
        return Outcome(answers, limit_s(records))

    return outcome


WAYS = {"plain": plain, "careful": careful, "engine": engine}
"""Each returns what gives the outcome, so that looking at it is not timed."""


def loop(suite: Suite, methods: Methods, samples: Samples) -> Answers:
    """Fit and ask every method on every fold, in processes of one thread."""
    dataset = suite.datasets[0]
    folds = list(enumerate(folds_of(dataset, samples, suite.cv, SEED)))
    trials = [(name, number, fold) for name in methods for number, fold in folds]
    # joblib limits the threads of its processes to the cores over their number.
    found = joblib.Parallel(n_jobs=JOBS, initializer=import_networks)(
        joblib.delayed(fit_and_ask)(methods[name], samples, fold, dataset.task)
        for name, _, fold in trials
    )
    get_reusable_executor().shutdown(wait=True)
    return {
        (name, number): arrays
        for (name, number, _), arrays in zip(trials, found, strict=True)
    }


def import_networks() -> None:
    """Import torch at once: in mid-work joblib takes its size for a memory leak."""
    import torchvision  # noqa: F401


def fit_and_ask(
    method: Any, samples: Samples, fold: Fold, task: Task
) -> Mapping[str, NDArray[Any]]:
    """Return the labels of the test rows and, where there are any, probabilities."""
    known = task.data.completed(samples.target).take(fold.train)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = prepared(method, task, known, seed=SEED)
        model.fit(samples.X.iloc[fold.train], known.y)
        X = samples.X.iloc[fold.test]
        return task.answers.predict(model, X, known).arrays


class Precomputed(TransformerMixin, BaseEstimator):
    """Looks rows of features up, by their numbers."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fit(self, X: Any, y: Any = None) -> Precomputed:  # noqa: ARG002
        """Learn nothing."""
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Return the features of the rows of these numbers."""
        return np.asarray(np.load(self.path, mmap_mode="r")[np.asarray(X)])


def made_careful(
    method: Any, X: pd.DataFrame, folder: Path, memory: joblib.Memory
) -> Any:
    """Return a method that looks image features up, and keeps those of texts.

    Features that are not in the folder yet are computed and put there.
    """
    method = clone(method)
    for branch in branches(method):
        (_, select), (_, extractor), *rest = branch.steps
        if not getattr(extractor, "row_wise", False):
            branch.memory = memory
            continue
        path = folder / f"{joblib.hash(repr(extractor))}.npy"
        if not path.exists():
            np.save(path, extractor.fit_transform(select.transform(X)))
        looks_up = [("row", SelectColumns("row")), ("features", Precomputed(path))]
        branch.steps = [*looks_up, *rest]
    return method


def branches(method: Any) -> Iterator[Pipeline]:
    """Yield every pipeline in a method that begins with picking a column."""
    for part in (method, *method.get_params(deep=True).values()):
        if isinstance(part, Pipeline) and isinstance(part.steps[0][1], SelectColumns):
            yield part


def limit_s(records: list[Record]) -> float:
    """Return the processor time of all distinct work, over the number of processes."""
    nodes = {name: cost for r in records for name, cost in r.nodes.items()}
    return sum(cost.cpu_s for cost in nodes.values()) / JOBS


def timed(way: Callable[[Suite, Path], Callable[[], Outcome]], suite: Suite) -> Timed:
    """Run a way from nothing."""
    with tempfile.TemporaryDirectory(prefix="versus-") as folder:
        cpu_s, start = total_cpu_s(), time.perf_counter()
        outcome = way(suite, Path(folder))
        wall_s = time.perf_counter() - start
        return Timed(wall_s, total_cpu_s() - cpu_s, outcome())


def total_cpu_s() -> float:
    """Return the processor time of this process and of its children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def greatest_difference(outcomes: list[Outcome]) -> float:
    """Return how far labels or probabilities of any two outcomes are apart at most."""
    first, *others = (outcome.answers for outcome in outcomes)
    assert all(answers.keys() == first.keys() for answers in others)
    apart = (
        float(np.abs(answers[trial][name] - array).max())
        for answers in others
        for trial, arrays in first.items()
        for name, array in arrays.items()
    )
    return max(apart, default=0.0)


def show(runs: Mapping[str, list[Timed]]) -> None:
    """Print the medians and what they say about the engine."""
    wall_s = {name: median(run.wall_s for run in found) for name, found in runs.items()}
    limits = [run.outcome.limit_s for run in runs["engine"]]
    wall_s["limit"] = median(limit for limit in limits if limit is not None)
    print(f"\n{'way':<8} {'seconds':>8} {'CPU s':>8} {'way/engine':>11}")
    for name, seconds in wall_s.items():
        cpu = (
            median(run.cpu_s for run in runs[name]) if name in runs else JOBS * seconds
        )
        ratio = seconds / wall_s["engine"]
        print(f"{name:<8} {seconds:8.1f} {cpu:8.1f} {ratio:10.2f}x")
    print(f"\nengine/limit: {wall_s['engine'] / wall_s['limit']:.2f}x")


def thinned(dataset: Dataset, every: int) -> Dataset:
    """Return a dataset with every so manieth sample of each class, but ten at least."""

    def load() -> Samples:
        X, y, *_ = dataset.load()
        kept = np.sort(np.concatenate([few(y, label, every) for label in np.unique(y)]))
        return Samples(X.iloc[kept], y[kept])

    checksum = f"{dataset.checksum}/{every}"
    return replace(dataset, load=load, checksum=checksum) if every > 1 else dataset


def few(y: NDArray[Any], label: Any, every: int) -> NDArray[np.intp]:
    """Return some of the rows of a class."""
    rows = np.flatnonzero(y == label)
    return rows[:: max(1, min(every, len(rows) // 10))]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--small", action="store_true", help="fewer methods, once: within 5 minutes")
    add("--methods", action="append", metavar="GLOB", help="only these; repeatable")
    add("--way", action="append", choices=WAYS, help="only these; the engine always")
    add("--repeats", type=int, help="runs of each way; 3, or 1 if --small")
    add("--every", type=int, metavar="N", help="every N-th sample only")
    add("--weights", metavar="ARCH=PATH", help="the network and its weights")
    return parser.parse_args()


def main() -> None:
    """Choose the data and the network, and compare the ways."""
    options = arguments()
    dataset = thinned(
        EMBEDDED["glyphs"], options.every or (SMALL_EVERY if options.small else 1)
    )
    with network(options.weights) as weights:
        compare(build_suite("fusion", [dataset], weights=weights), options)


@contextlib.contextmanager
def network(chosen: str | None) -> Iterator[dict[str, str]]:
    """Give the network and its weights: the chosen ones, or random ones."""
    if chosen:
        yield dict([chosen.split("=", 1)])
        return
    import torch
    from torchvision.models import mobilenet_v2

    torch.manual_seed(SEED)
    model = mobilenet_v2(weights=None).train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    # Batch norm takes on what it sees; without that, signals die out on their way.
    with torch.no_grad():
        model(torch.randn(16, 3, 224, 224))
    with tempfile.TemporaryDirectory(prefix="versus-") as folder:
        path = Path(folder) / "random.pth"
        torch.save(model.state_dict(), path)
        yield {"mobilenet_v2": str(path)}


def compare(suite: Suite, options: argparse.Namespace) -> None:
    """Let the ways take turns, check that they agree and print their times."""
    globs = options.methods or (SMALL if options.small else ["*"])
    suite = suite.with_methods(globs)
    repeats = options.repeats or (1 if options.small else 3)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{len(suite.methods)} methods, {len(list(suite.trials()))} trials, {JOBS} "
        f"processes, {os.cpu_count()} cores, load before: {load}"
    )
    ways = {n: w for n, w in WAYS.items() if n in (*(options.way or WAYS), "engine")}
    runs: dict[str, list[Timed]] = {name: [] for name in ways}
    for repeat in range(repeats):
        for name, way in ways.items():
            runs[name].append(timed(way, suite))
            print(
                f"{repeat + 1}: {name} took {runs[name][-1].wall_s:.1f} s", flush=True
            )
    apart = greatest_difference(
        [run.outcome for found in runs.values() for run in found]
    )
    assert apart <= 1e-9, f"the probabilities differ by up to {apart:.1e}"
    print(f"probabilities differ by at most {apart:.1e}")
    show(runs)


if __name__ == "__main__":
    main()
