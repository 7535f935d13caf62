"""Whether `mmbench compare` says no change of real reruns, and finds what is planted.

One suite of 1,500 samples is run again and again, each time with an empty cache:

- reruns of the same thing have to exit with 0;
- a bag of 1.3 times the members, a method that fails, a dataset with a row less, and 15
  right answers of 1,500 turned wrong have to be found, and nothing else with them;
- a drop of one point among answers that change in both directions is not expected to be
  found: the smallest detectable drop has to say so.

All of it with the machine as it is, and again under two processes that do nothing but
keep it busy.

    python benchmarks/compare_reruns.py
    python benchmarks/compare_reruns.py --runs 3 --load 2
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from mmbench import Suite, read_table, run
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch, early_fusion
from mmbench.report.run_comparison import Change, compare_runs
from mmbench.results import Predictions, Record, ResultStore

N, SLOW, ANSWERS = 1500, "numbers/bagging", "text/tfidf/logistic"


def table(path: Path) -> Path:
    """Write texts and numbers that tell three classes apart somewhat."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, N)
    words = np.array([f"word{n}" for n in range(400)])
    texts = [
        " ".join(
            [*rng.choice(words[100 * c : 100 * c + 200], 12), *rng.choice(words, 30)]
        )
        for c in y
    ]
    numbers = rng.normal(size=(N, 6)) + 0.5 * y[:, None]
    frame = pd.DataFrame(numbers, columns=[f"n{i}" for i in range(6)])
    frame.assign(text=texts, y=[f"class{c}" for c in y]).to_csv(path, index=False)
    return path


def suite(data: Path, n_members: int = 40) -> Suite:
    """Return five methods on the table, one of which is a bag of so many members."""
    numbers = [f"n{i}" for i in range(6)]
    dataset = read_table(data, target="y", text=["text"], numeric=numbers)
    text = TfidfVectorizer()
    both = [("text", branch("text", text)), ("n", branch(numbers, "passthrough"))]
    methods = {
        ANSWERS: branch("text", text, LogisticRegression()),
        "text/tfidf/nb": branch("text", text, MultinomialNB()),
        SLOW: branch(numbers, BaggingClassifier(LogisticRegression(), n_members)),
        "text/tfidf/forest": branch("text", text, RandomForestClassifier(30)),
        "text+numbers/early": early_fusion(both, LogisticRegression()),
    }
    return Suite(name="reruns", datasets=[dataset], methods=methods, cv=5, seeds=[0])


def made(suite: Suite, out: Path) -> Path:
    """Run a suite with an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        for _ in run(suite, out, cache=cache, jobs=2, probes=False, retrain="none"):
            pass
    return out


def changed(
    out: Path,
    record: Callable[[Record], Record] = lambda r: r,
    predictions: Callable[[Record, Predictions], Predictions] = lambda _, p: p,
) -> Path:
    """Copy a run, and change what it left."""
    copy = out.with_name(f"{out.name}-changed")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(out, copy)
    store = ResultStore(copy)
    entries = [
        (record(each), predictions(each, store.predictions(each.key)))
        for each in store.records().values()
    ]
    with store.open(store.plan(), store.environment()):
        store.extend(entries)
    return copy


def failing(record: Record) -> Record:
    """Let a method fail."""
    if record.method != ANSWERS:
        return record
    return replace(record, status="failed", reason="broken", scores={})


def churn(n_worse: int, n_better: int) -> Callable[[Record, Predictions], Predictions]:
    """Turn so many answers wrong and right in every fold of one method."""

    def change(record: Record, kept: Predictions) -> Predictions:
        if record.method != ANSWERS:
            return kept
        label, classes = kept.arrays["label"].copy(), kept.arrays["classes"]
        truth = np.searchsorted(classes, kept.arrays["y_true"])
        right, wrong = np.flatnonzero(label == truth), np.flatnonzero(label != truth)
        label[right[:n_worse]] = (label[right[:n_worse]] + 1) % len(classes)
        label[wrong[:n_better]] = truth[wrong[:n_better]]
        return kept._replace(arrays={**kept.arrays, "label": label})

    return change


def _busy(numbers: int) -> None:
    square = np.random.default_rng(0).normal(size=(numbers, numbers))
    while True:
        np.exp(-square).sum()
        sum(range(10_000))


@contextlib.contextmanager
def busy(n: int) -> Iterator[None]:
    """Keep the machine busy with n processes."""
    others = [
        multiprocessing.Process(target=_busy, args=(600,), daemon=True)
        for _ in range(n)
    ]
    for each in others:
        each.start()
    try:
        yield
    finally:
        for each in others:
            each.kill()
            each.join()


def worse(changes: tuple[Change, ...]) -> set[str]:
    """Return the methods that got worse."""
    return {each.method for each in changes if each.outcome == "worse"}


def one(folder: Path, number: int, n_busy: int) -> dict[str, bool]:
    """Run the suite again, and with what is planted, and compare."""
    data, moved = folder / "data.csv", folder / "moved"
    base, slow = folder / "base", folder / f"slow{number}"
    with busy(n_busy):
        again = made(suite(data), folder / f"again{number}")
        made(suite(data, n_members=52), slow)
    same = compare_runs(base, again)
    dropped = compare_runs(base, changed(again, predictions=churn(3, 0)))
    churned = compare_runs(base, changed(again, predictions=churn(12, 9)))
    lost = compare_runs(base, changed(again, record=failing))
    planted = compare_runs(base, slow)
    for name, found in (("again", same), ("slow", planted)):
        for each in found.speed:
            print(
                f"  {name:6} {each.method:22} {each.what:15} {each.change:5.2f}x "
                f"({each.low:.2f} to {each.high:.2f}) {each.outcome}; {each.how}",
                flush=True,
            )
    print(f"  load average {os.getloadavg()[0]:.1f}", flush=True)
    drop = next(c for c in churned.quality if c.method == ANSWERS)
    return {
        "rerun: no change": same.exit_code == 0,
        "1.3x the time": worse(planted.speed) == {SLOW},
        "method that fails": lost.exit_code == 1 and len(lost.lost) == 1,
        "another dataset": compare_runs(base, moved).exit_code == 2,
        "15 of 1,500 answers": worse(dropped.quality) == {ANSWERS},
        "1 point with churn: not found, and said so": (
            not worse(churned.quality) and drop.detectable > abs(drop.change)
        ),
    }


def main() -> int:
    """Run, compare and print; return 1 unless all was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--load", type=int, nargs="+", default=[0, 2])
    given, is_ok = parser.parse_args(), True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = time.perf_counter()
        made(suite(table(folder / "data.csv")), folder / "base")
        print(f"a run takes {time.perf_counter() - start:.0f} s", flush=True)
        other = folder / "other.csv"
        pd.read_csv(folder / "data.csv").iloc[:-1].to_csv(other, index=False)
        made(suite(other), folder / "moved")
        for n_busy in given.load:
            found = [
                one(folder, 100 * n_busy + number, n_busy)
                for number in range(given.runs)
            ]
            print(f"{n_busy} other processes")
            for what in found[0]:
                n_right = sum(each[what] for each in found)
                is_ok &= n_right == given.runs
                print(f"  {what:45} {n_right} of {given.runs}", flush=True)
    return 0 if is_ok else 1


if __name__ == "__main__":
    sys.exit(main())
