"""Hostile methods beside good ones: each has to fail alone.

Methods that crash, hang, exit, raise what they shouldn't, eat memory, edit their input
or their process, and lie about probabilities are run beside five good ones. Checked is
that each trial is one record with its reason, also where a method turns hostile only
when it is asked for single rows (throughput) or about missing cells (ablation); that
nothing that they started is left; and that the good ones' predictions are byte-equal to
those of a run without the bad.

    python benchmarks/hostile_methods.py
    python benchmarks/hostile_methods.py crash hang
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

from mmbench import Suite, get_dataset
from mmbench.engine import Limits, run
from mmbench.feature_extraction import PixelsExtractor, TfidfVectorizer
from mmbench.fusion import branch, early_fusion
from mmbench.results import ResultStore

N_FOLDS, N_ROWS = 2, 200
LIMITS = Limits(time_s=6, memory_bytes=1_500_000_000)
# What the methods start sleeps for so long, by which it is found.
# Of each run its own, since other runs may be looked at beside it.
NAP_S = os.environ.setdefault("HOSTILE_NAP_S", str(86_400 + os.getpid()))


class Evil(BaseException):
    """Not an Exception."""


class MuteError(Exception):
    """Can't be shown, copied or pickled."""

    def __str__(self) -> str:
        raise Evil

    __repr__ = __str__

    def __reduce__(self) -> Any:
        raise Evil


def throw(error: type[BaseException], *words: Any) -> Callable[[Any], None]:
    """Return a deed that raises."""

    def deed(_X: Any) -> None:
        raise error(*words)

    return deed


def shout(_X: Any) -> None:
    """Raise with a message of 20 MB."""
    raise ValueError("x" * 20_000_000)


def recurse(X: Any) -> None:
    """Call itself without end."""
    recurse(X)


def stop(_X: Any) -> None:
    """Stop the process."""
    os.kill(os.getpid(), signal.SIGSTOP)


def eat(_X: Any) -> None:
    """Fill memory in one call, which holds the interpreter's lock."""
    kept = [b"x" * 6_000_000_000]
    time.sleep(60)
    del kept


def eat_outside(_X: Any) -> None:
    """Fill memory in another process."""
    code = "import time; kept = b'x' * 3_000_000_000; time.sleep(60)"
    subprocess.run([sys.executable, "-c", code], check=False)


def leave_process(_X: Any) -> None:
    """Start processes that outlive this one."""
    subprocess.Popen(["/bin/sleep", NAP_S], start_new_session=True)
    code = f"setsid /bin/sleep {NAP_S} & exit"
    subprocess.run(["/bin/sh", "-c", code], check=False)


def leave_threads(_X: Any) -> None:
    """Start threads that never end."""
    for _ in range(20):
        threading.Thread(target=time.sleep, args=(10_000,)).start()


def leak_descriptors(_X: Any) -> None:
    """Open as many files as there may be."""
    while True:
        os.open(os.devnull, os.O_RDONLY)


def close_descriptors(_X: Any) -> None:
    """Close whatever is open."""
    os.closerange(0, 4096)


def edit_input(X: Any) -> None:
    """Wipe all pictures."""
    for cell in X["image"] if hasattr(X, "columns") else X:
        cell[...] = 0


def edit_process(_X: Any) -> None:
    """Change all that can be changed about a process."""
    import sklearn

    json.dumps = json.loads = None  # type: ignore[assignment]
    os.environ.clear()
    os.chdir("/")
    np.random.seed(0)  # noqa: NPY002 - the global state is what it spoils
    np.seterr(all="raise")
    np.argsort = None  # type: ignore[assignment]
    sklearn.set_config(transform_output="pandas")
    warnings.simplefilter("error")
    sys.setrecursionlimit(200)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.modules["scipy.sparse"] = None  # type: ignore[assignment]


def warn_much(_X: Any) -> None:
    """Give a thousand warnings, each of a megabyte."""
    for i in range(1000):
        warnings.warn(f"{i} " + "x" * 2**20, stacklevel=1)


DEEDS: dict[str, Callable[[Any], Any]] = {
    "none": lambda _X: None,
    "crash": lambda _X: ctypes.string_at(0),
    "abort": lambda _X: os.abort(),
    "exit": lambda _X: os._exit(0),
    "exit3": lambda _X: os._exit(3),
    "kill": lambda _X: os.kill(os.getpid(), signal.SIGKILL),
    "kill_parent": lambda _X: os.kill(os.getppid(), signal.SIGKILL),
    "kill_group": lambda _X: os.killpg(0, signal.SIGKILL),
    "system_exit": throw(SystemExit, 0),
    "interrupt": throw(KeyboardInterrupt),
    "generator_exit": throw(GeneratorExit, "x"),
    "cancelled": throw(asyncio.CancelledError, "x"),
    "base": throw(Evil, "x"),
    "mute": throw(MuteError),
    "memory_error": throw(MemoryError, "x"),
    "recursion": recurse,
    "long": shout,
    "sleep": lambda _X: time.sleep(10_000),
    "spin": lambda _X: re.match(r"(a+)+$", "a" * 60 + "b"),
    "stop": stop,
    "stop_parent": lambda _X: os.kill(os.getppid(), signal.SIGSTOP),
    "eat": eat,
    "eat_outside": eat_outside,
    "processes": leave_process,
    "fork": lambda _X: os.fork(),
    "threads": leave_threads,
    "leak": leak_descriptors,
    "close": close_descriptors,
    "edit_input": edit_input,
    "edit_process": edit_process,
    "print": lambda _X: os.write(1, b"x" * 2**24),
    "warn": warn_much,
}

LIES: dict[str, Callable[[Any], Any]] = {
    "negative": lambda proba: np.column_stack([proba[:, 0] - 1, proba[:, 1:]]),
    "sum3": lambda proba: proba * 3,
    "huge": lambda proba: proba * 1e300,
    "nan": lambda proba: proba * np.nan,
    "words": lambda proba: proba.astype(str),
    "flat": lambda proba: proba[:, 0],
    "short": lambda proba: proba[1:],
    "wide": lambda proba: np.hstack([proba, proba]) / 2,
    "nothing": lambda _proba: None,
}


class Hostile(ClassifierMixin, BaseEstimator):
    """Does one bad deed: in fit, when asked for one row, or about changed rows."""

    def __init__(self, deed: str = "none", when: str = "fit", lie: str = "") -> None:
        self.deed = deed
        self.when = when
        self.lie = lie

    def fit(self, X: Any, y: Any) -> Hostile:
        """Learn the classes."""
        self.classes_ = np.unique(y)
        if self.when == "fit":
            DEEDS[self.deed](X)
        return self

    def predict_proba(self, X: Any) -> Any:
        """Answer as if nothing were known."""
        n = len(X)
        if self.when == "single" and n == 1:
            DEEDS[self.deed](X)
        if self.when == "changed" and n == getattr(self, "n_rows_", n) + 1:
            # The test rows and, behind them, one where all is missing.
            DEEDS[self.deed](X)
        self.n_rows_ = n
        proba = np.full((n, len(self.classes_)), 1 / len(self.classes_))
        return LIES[self.lie](proba) if self.lie else proba

    def predict(self, X: Any) -> Any:
        """Answer the first class."""
        return np.repeat(self.classes_[0], len(X))


class Unloadable(Hostile):
    """Can be pickled, but not unpickled."""

    def __setstate__(self, state: Any) -> None:
        if "classes_" in state:
            raise Evil
        super().__setstate__(state)


class Expected(NamedTuple):
    """What there has to be of a hostile method.

    Attributes
    ----------
    method : estimator
    status : str
        Of its trials; several where either is right.
    reason : str
        A pattern that the reason matches.
    phase : {"trial", "throughput", "ablation"}
        Where the reason stands.
    """

    method: Any
    status: str
    reason: str = ""
    phase: str = "trial"


def in_fit(deed: str, status: str, reason: str = "") -> Expected:
    """Return a method that is hostile in fit."""
    return Expected(Hostile(deed), status, reason)


BAD: dict[str, Expected] = {
    "crash": in_fit("crash", "failed", "SIGSEGV"),
    "abort": in_fit("abort", "failed", "SIGABRT"),
    "exit": in_fit("exit", "failed", "exit code 0"),
    "exit3": in_fit("exit3", "failed", "exit code 3"),
    "kill": in_fit("kill", "failed", "SIGKILL"),
    "kill_group": in_fit("kill_group", "failed", "SIGKILL"),
    "kill_parent": in_fit("kill_parent", "ok failed"),
    "system_exit": in_fit("system_exit", "failed", "SystemExit"),
    "interrupt": in_fit("interrupt", "failed", "KeyboardInterrupt"),
    "generator_exit": in_fit("generator_exit", "failed", "GeneratorExit: x"),
    "cancelled": in_fit("cancelled", "failed", "CancelledError: x"),
    "base": in_fit("base", "failed", "Evil: x"),
    "mute": in_fit("mute", "failed", "MuteError, whose message raised Evil"),
    "memory_error": in_fit("memory_error", "failed", "MemoryError"),
    "recursion": in_fit("recursion", "failed", "RecursionError"),
    "long": in_fit("long", "failed", r"ValueError: x+ \[\d+ characters left out\]"),
    "sleep": in_fit("sleep", "timed_out", "time limit of 6 s"),
    "spin": in_fit("spin", "timed_out", "time limit of 6 s"),
    "stop": in_fit("stop", "failed timed_out", "SIGSTOP|time limit"),
    "stop_parent": in_fit("stop_parent", "ok failed"),
    "eat": in_fit("eat", "failed", "over the limit of 1.40 GiB"),
    "eat_outside": in_fit("eat_outside", "failed", "over the limit of 1.40 GiB"),
    "processes": in_fit("processes", "ok"),
    "fork": in_fit("fork", "ok"),
    "threads": in_fit("threads", "ok"),
    "leak": in_fit("leak", "failed", "Too many open files"),
    "close": in_fit("close", "failed", "closed the connection|exit code"),
    "edit_input": in_fit("edit_input", "failed", "read-only"),
    "edit_process": in_fit("edit_process", "ok failed"),
    "print": in_fit("print", "ok"),
    "warn": in_fit("warn", "ok"),
    "unloadable": Expected(Unloadable(), "ok"),
    **{
        f"lie_{lie}": Expected(Hostile(lie=lie), "failed", "predict_proba|must answer")
        for lie in LIES
    },
    **{
        f"single_{deed}": Expected(Hostile(deed, "single"), "ok", reason, "throughput")
        for deed, reason in {
            "crash": "SIGSEGV",
            "exit": "exit code 0",
            "base": "Evil",
            "system_exit": "SystemExit",
            "spin": "time limit of 6 s",
        }.items()
    },
    **{
        f"changed_{deed}": Expected(
            branch("image", PixelsExtractor(), Hostile(deed, "changed")),
            "ok",
            reason,
            "ablation",
        )
        for deed, reason in {
            "crash": "SIGSEGV",
            "exit3": "exit code 3",
            "cancelled": "CancelledError",
            "sleep": "time limit of 6 s",
        }.items()
    },
}

PIXELS = ("image", PixelsExtractor(), SimpleImputer(keep_empty_features=True))
GOOD: dict[str, Any] = {
    "good/dummy": DummyClassifier(),
    "good/pixels": branch(*PIXELS, LogisticRegression(max_iter=50)),
    "good/forest": branch(*PIXELS, RandomForestClassifier(10)),
    "good/tfidf": branch("text", TfidfVectorizer(), MultinomialNB()),
    "good/early": early_fusion(
        [("t", branch("text", TfidfVectorizer())), ("i", branch(*PIXELS))],
        LogisticRegression(max_iter=50),
    ),
}


def mixed(bad: Iterable[str]) -> dict[str, Any]:
    """Return the good methods, and bad ones before, between and behind them."""
    named = [(f"bad/{name}", BAD[name].method) for name in bad]
    good, methods = list(GOOD.items()), dict[str, Any]()
    for i in range(len(good)):
        methods.update(named[i :: len(good) + 1])
        methods.update(good[i : i + 1])
    methods.update(named[len(good) :: len(good) + 1])
    return methods


def answers(methods: Mapping[str, Any], folder: Path, jobs: int = 2) -> ResultStore:
    """Run methods, phases after the trials included, and return the results."""
    whole = get_dataset("synthetic")

    def load() -> Any:
        samples = whole.load()
        return samples._replace(X=samples.X.iloc[:N_ROWS], y=samples.y[:N_ROWS])

    dataset = type(whole)(
        name="rows",
        version="1",
        source=whole.source,
        licence=whole.licence,
        modalities=whole.modalities,
        load=load,
        checksum="rows",
    )
    suite = Suite(name="s", datasets=[dataset], methods=dict(methods), cv=N_FOLDS)
    where = {"cache": folder / "cache", "jobs": jobs, "limits": LIMITS}
    for _ in run(suite, folder / "out", **where):
        pass
    return ResultStore(folder / "out")


def faults(store: ResultStore, alone: ResultStore, bad: Iterable[str]) -> list[str]:
    """Return what is wrong with a run of good and bad methods, in sentences."""
    lines = (store.out_dir / "records.jsonl").read_text().splitlines()
    counts = Counter((r["method"], r["fold"]) for r in map(json.loads, lines))
    names = [*GOOD, *(f"bad/{name}" for name in bad)]
    found = [
        f"{name}: {counts[name, fold]} records of fold {fold}"
        for name in names
        for fold in range(N_FOLDS)
        if counts[name, fold] != 1
    ]
    records = store.records().values()
    speeds, asked = store.throughput()["rows"], store.probes()["rows"]
    for record in records:
        if record.method in GOOD:
            found += _good_faults(store, alone, record)
        else:
            found += _bad_faults(record, speeds, asked)
    for name in GOOD:
        if "samples_per_s" not in speeds.get(name, {}):
            found.append(f"{name}: was not timed: {speeds.get(name)}")
        if "reason" in asked.get(name, {}):
            found.append(f"{name}: was not asked: {asked[name]}")
    left = [p.pid for p in psutil.process_iter(["cmdline"]) if _is_nap(p)]
    return found + ([f"processes are left: {left}"] if left else [])


def _is_nap(process: psutil.Process) -> bool:
    return (process.info["cmdline"] or [])[:2] == ["/bin/sleep", NAP_S]


def _good_faults(store: ResultStore, alone: ResultStore, record: Any) -> list[str]:
    if record.status != "ok":
        return [f"{record.method}: {record.status}, {record.reason}"]
    here, there = (each.predictions(record.key).arrays for each in (store, alone))
    same = here.keys() == there.keys() and all(
        here[name].tobytes() == there[name].tobytes() for name in here
    )
    return [] if same else [f"{record.method}: other predictions, fold {record.fold}"]


def _bad_faults(
    record: Any, speeds: Mapping[str, Any], asked: Mapping[str, Any]
) -> list[str]:
    expected = BAD[record.method.removeprefix("bad/")]
    if record.status not in expected.status.split():
        return [f"{record.method}: {record.status}, {str(record.reason)[:200]}"]
    if len(str(record.reason)) > 5000 or len(str(record.warnings)) > 2**20:
        return [f"{record.method}: words of {len(str(record.reason))} characters"]
    reason = {
        "trial": record.reason or "",
        "throughput": speeds.get(record.method, {}).get("reason", "no reason"),
        "ablation": asked.get(record.method, {}).get("reason", "no reason"),
    }[expected.phase]
    if re.search(expected.reason, reason):
        return []
    return [f"{record.method}: {expected.phase}: {reason[:200]}"]


def main() -> None:
    """Run all, or those named, beside the good ones; exit with 1 on a fault."""
    bad = sys.argv[1:] or list(BAD)
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        began = time.perf_counter()
        alone = answers(GOOD, Path(name) / "alone")
        between = time.perf_counter()
        store = answers(mixed(bad), Path(name) / "mixed")
        ended = time.perf_counter()
        found = faults(store, alone, bad)
    print(f"{len(GOOD)} good methods alone: {between - began:.1f} s")
    print(f"beside {len(bad)} hostile ones: {ended - between:.1f} s")
    print("\n".join(found) or "each hostile method failed alone")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
