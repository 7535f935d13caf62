"""Corrupt files of a results folder and of a cache, and see whether anybody notices.

A small suite is run once. Then, again and again, one file of a copy of what it left is
corrupted at random: bits are flipped, its end is cut off, it is emptied, it changes
places with another, a value in its JSON is changed, or a folder, a link, a pipe or a
device lies in its place. The copy's report is made, the run is resumed, and, for files
of the cache, run anew. Whatever comes of it must equal what it was before, but for
times that were measured anew, or somebody must have said what is wrong. Else the
corruption was *believed*. Nor may there be a traceback, or a process that hangs.

    python benchmarks/corruptions.py
    python benchmarks/corruptions.py --n 100 --seed 7
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from mmbench import read_table, run
from mmbench.errors import DataWarning, MmbenchError
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch
from mmbench.report import make_report
from mmbench.results import Predictions, ResultStore
from mmbench.suite import Suite

Rng = random.Random
VERDICTS = ("harmless", "said", "believed", "traceback", "hang")
_PATIENCE_S = 120
_MEASURED = {
    *("fit_time_s", "predict_time_s", "yardstick_s", "nodes", "cached_nodes"),
    *("ended_at", "predictions_sha256"),
}


# What is done to a file.


def _flip(path: Path, rng: Rng) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 1, 8))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def _cut(path: Path, rng: Rng) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def _cut_at_a_line(path: Path, rng: Rng) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: rng.randrange(len(lines))]))


def _empty(path: Path, _: Rng) -> None:
    path.write_bytes(b"")


def _overwrite(path: Path, rng: Rng) -> None:
    content = bytearray(path.read_bytes())
    start = rng.randrange(len(content))
    noise = rng.randbytes(rng.randrange(1, 64))
    content[start : start + len(noise)] = noise
    path.write_bytes(content)


def _swap(path: Path, rng: Rng) -> None:
    root = next(parent for parent in path.parents if parent.name == "copy")
    others = [p for p in _files(root) if p != path]
    alike = [p for p in others if p.suffix == path.suffix]
    other = rng.choice(alike or others)
    mine, theirs = path.read_bytes(), other.read_bytes()
    path.write_bytes(theirs)
    other.write_bytes(mine)


def _edit(path: Path, rng: Rng) -> None:
    """Change one value somewhere in the JSON of a file, or of one of its lines."""
    if path.suffix not in (".json", ".jsonl"):
        _flip(path, rng)
        return
    lines = path.read_text().splitlines() if path.suffix == ".jsonl" else None
    at = rng.randrange(len(lines)) if lines else 0
    value = json.loads(lines[at] if lines else path.read_text())
    holder, place = rng.choice(list(_places(value)))
    holder[place] = _other(holder[place], rng)
    text = json.dumps(value)
    if lines:
        lines[at] = text
        text = "".join(f"{line}\n" for line in lines)
    path.write_text(text)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    items: Any = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for place, inner in items:
        yield value, place
        yield from _places(inner)


def _other(value: Any, rng: Rng) -> Any:
    choices: list[Any] = [None, -1, 7.0, 0, 1e308, float("nan"), "x", [], {}, True]
    if isinstance(value, int | float) and not isinstance(value, bool):
        choices += [value + 1, value * 0.9, -value, str(value)] * 3
    if isinstance(value, str):
        choices += [value + "x", value[:-1], value.upper(), 0] * 3
    return rng.choice([each for each in choices if repr(each) != repr(value)])


def _nest(path: Path, rng: Rng) -> None:
    path.write_text("[" * rng.choice((10, 100_000)))


def _replaced(make: Callable[[Path, Path], object]) -> Callable[[Path, Rng], None]:
    def replace(path: Path, rng: Rng) -> None:
        # Of the cache, sometimes in the place of a whole entry.
        is_cached = path.parents[3].name == "cache"
        target = path.parent if is_cached and rng.random() < 0.5 else path
        away = target.with_name("away" + target.suffix)
        target.rename(away)
        make(target, away)
        if rng.random() < 0.5 and not target.is_symlink():
            shutil.rmtree(away) if away.is_dir() else away.unlink()

    return replace


CORRUPTIONS: dict[str, Callable[[Path, Rng], None]] = {
    "bits flipped": _flip,
    "bytes overwritten": _overwrite,
    "cut off": _cut,
    "cut at a line": _cut_at_a_line,
    "emptied": _empty,
    "swapped": _swap,
    "a value edited": _edit,
    "nested": _nest,
    "a folder": _replaced(lambda path, _: path.mkdir()),
    "a file": _replaced(lambda path, _: path.write_bytes(b"x")),
    "a pipe": _replaced(lambda path, _: os.mkfifo(path)),
    "a link in a circle": _replaced(lambda path, _: path.symlink_to(path)),
    "a link to nowhere": _replaced(lambda path, _: path.symlink_to("/nowhere/x")),
    "a link to a device": _replaced(lambda path, _: path.symlink_to("/dev/zero")),
    "a link to a folder": _replaced(lambda path, _: path.symlink_to(path.parent)),
}


# What is run, and what it leaves.


def kinds(folder: Path) -> dict[str, list[Path]]:
    """Return the files of a results folder and of a cache, by what they are."""
    out, cache = folder / "out", folder / "cache"
    names = ("plan", "environment", "throughput", "probes")
    return {
        "records.jsonl": [out / "records.jsonl"],
        **{f"{name}.json": [out / f"{name}.json"] for name in names},
        "predictions": sorted((out / "predictions").glob("*.npz")),
        "cache: entry.json": sorted(cache.glob("*/??/*/entry.json")),
        "cache: arrays": sorted(cache.glob("*/??/*/*.npy")),
    }


def _files(folder: Path) -> list[Path]:
    return [path for found in kinds(folder).values() for path in found]


def make_suite(folder: Path) -> Suite:
    """Return a suite of two methods over sixty rows."""
    rows = (f"w{i % 2} w{i % 5} w{i % 3},{'ab'[(i * i) % 7 % 2]}" for i in range(60))
    (folder / "t.csv").write_text("t,y\n" + "\n".join(rows) + "\n")
    data = read_table(folder / "t.csv", target="y", text=["t"])
    words = branch("t", TfidfVectorizer(), LogisticRegression())
    return Suite(
        name="small", datasets=[data], methods={"words": words, "floor": Floor()}, cv=2
    )


class Floor(DummyClassifier):
    """A method that takes long enough for its predictions to be worth keeping."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Floor:
        """Take a while."""
        time.sleep(0.06)
        return super().fit(X, y, sample_weight)


def execute(suite: Suite, out: Path, cache: Path) -> set[str]:
    """Run or resume the suite in this process; return the keys that were run."""
    return {record.key for record in run(suite, out, cache=cache, debug=True)}


class Left(NamedTuple):
    """What a results folder says."""

    records: dict[str, dict[str, Any]]
    predictions: dict[str, Any]

    @classmethod
    def of(cls, out: Path) -> Left:
        """Read it."""
        store = ResultStore(out)
        records = store.records()
        predictions = {
            key: _plain(store.predictions(key))
            for key, record in records.items()
            if record.status == "ok"
        }
        return cls({k: r.__dict__ for k, r in records.items()}, predictions)

    def differs(self, other: Left, anew: set[str]) -> str:
        """Return what differs, but for the times of what was run anew."""
        if self.predictions != other.predictions:
            return "predictions"
        for key, record in self.records.items():
            others = other.records.get(key, {})
            ignored = _MEASURED if key in anew else set()
            for name in record.keys() - ignored:
                if record[name] != others.get(name):
                    return f"{name} of {key}"
        return "" if self.records.keys() == other.records.keys() else "records"


def _plain(predictions: Predictions) -> Any:
    arrays = {name: array.tolist() for name, array in predictions.arrays.items()}
    return predictions.sample_ids.tolist(), arrays


def report(out: Path) -> dict[str, bytes]:
    """Make the report, and return its texts."""
    make_report(out)
    files = [out / "report.md", *sorted((out / "tables").iterdir())]
    return {path.name: path.read_bytes() for path in files}


class Outcome(NamedTuple):
    """The outcome of one corruption for one use."""

    verdict: str
    why: str = ""


def judged(work: Callable[[], str], *, said: Callable[[], bool]) -> Outcome:
    """Do some work in a process of its own, which returns what differs."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.write(write, json.dumps(_tried(work, said)).encode()[:60_000])
        os._exit(0)
    os.close(write)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.alarm(_PATIENCE_S)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    signal.alarm(0)
    if not told:
        is_hung = os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        return Outcome("hang" if is_hung else "traceback", f"status {status}")
    return Outcome(*json.loads(told))


def _tried(work: Callable[[], str], said: Callable[[], bool]) -> tuple[str, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            difference = work()
        except MmbenchError as error:
            is_one_line = "\n" not in str(error)
            return ("said", str(error)) if is_one_line else ("traceback", str(error))
        except BaseException:  # noqa: BLE001 - it is what is looked for
            return "traceback", traceback.format_exc()
    told = [str(w.message) for w in caught if issubclass(w.category, DataWarning)]
    if told or (difference and said()):
        return "said", "; ".join(told) or "in the report"
    return ("believed", difference) if difference else ("harmless", "")


class Bench:
    """What an undisturbed run left, and copies of it to corrupt.

    Parameters
    ----------
    folder : path
        An empty one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.pristine = folder, folder / "pristine"
        self.copy = folder / "copy"
        self.suite = make_suite(folder)
        execute(self.suite, self.pristine / "out", self.pristine / "cache")
        self.report = report(self.pristine / "out")
        self.left = Left.of(self.pristine / "out")

    def try_one(self, kind: str, how: str, rng: Rng) -> list[tuple[str, Outcome]]:
        """Corrupt a file of a kind, and return the outcome of each use."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.copy)
        shutil.copytree(self.pristine, self.copy)
        CORRUPTIONS[how](rng.choice(kinds(self.copy)[kind]), rng)
        if kind.startswith("cache"):
            return [("run anew", self._judged(self._run_anew, "new"))]
        return [
            ("report", self._judged(self._report, "out")),
            ("resume", self._judged(self._resume, "out")),
        ]

    def _judged(self, work: Callable[[], str], out: str) -> Outcome:
        return judged(work, said=lambda: self._is_said(self.copy / out))

    def _report(self) -> str:
        made = report(self.copy / "out")
        changed = [name for name in self.report if made.get(name) != self.report[name]]
        return ", ".join(changed)

    def _resume(self) -> str:
        out = self.copy / "out"
        anew = execute(self.suite, out, self.copy / "cache")
        report(out)
        return self.left.differs(Left.of(out), anew)

    def _run_anew(self) -> str:
        out = self.copy / "new"
        anew = execute(self.suite, out, self.copy / "cache")
        return self.left.differs(Left.of(out), anew)

    def _is_said(self, out: Path) -> bool:
        """Tell whether the report says that something lacks."""
        text = (out / "report.md").read_text()
        return any(words in text for words in ("not run yet", "can't be compared"))


def corrupt(n: int, seed: int, folder: Path) -> Counter[tuple[str, str, str]]:
    """Corrupt files, and count the outcomes by kind of file, use and verdict."""
    rng = Rng(seed)
    bench = Bench(folder)
    names = list(kinds(bench.pristine))
    found: Counter[tuple[str, str, str]] = Counter()
    for number in range(n):
        kind, how = names[number % len(names)], rng.choice(list(CORRUPTIONS))
        for use, outcome in bench.try_one(kind, how, rng):
            found[kind, use, outcome.verdict] += 1
            if outcome.verdict not in ("harmless", "said"):
                print(f"{number} {kind}, {how}, {use}: {outcome}", file=sys.stderr)
    return found


def main() -> None:
    """Corrupt as asked, and print a table of the outcomes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = corrupt(options.n, options.seed, Path(folder))
    print(f"{'file':<20} {'use':<9}" + "".join(f"{v:>11}" for v in VERDICTS))
    for kind, use in dict.fromkeys(key[:2] for key in found):
        counts = "".join(f"{found[kind, use, verdict]:>11}" for verdict in VERDICTS)
        print(f"{kind:<20} {use:<9}{counts}")
    bad = sum(found[key] for key in found if key[2] in VERDICTS[2:])
    print(f"{options.n} corruptions, {bad} believed, with a traceback or hanging")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
