"""Run text and numbers of up to a million rows, and say what a row costs.

    python benchmarks/million_rows.py [--rows 50000 1000000] [--report]    (on Linux)

The table is made up, row by row, into a Parquet file: texts of 30 to 40 words out of a
vocabulary of 100,000 whose frequencies follow Zipf's law, in four classes with topics
of their own, as in AG News, and ten numbers. A fifth of the rows is the test set. Every
size runs in a process of its own, from the file to the last prediction; with
``--report``, to the report. Printed are the time a row and the largest resident memory
of each process. It ends with 1 where a process takes more than 6 GB, or a row of the
largest table more than 1.3 times what one of the smallest does.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

_CLASSES = ("World", "Sports", "Business", "Sci/Tech")
_N_WORDS, _N_NUMBERS, _TOPIC_WORDS = 100_000, 10, 2_000
# Of the words of a text, those that its topic decides; of the labels, wrong ones.
_OF_TOPIC, _MISLABELLED = 0.12, 0.05
_BATCH = 10_000
_SYLLABLES = [a + b for a in "tnshrdlcmfwpgbvk" for b in ("e", "a", "o", "in", "er")]
MOST_BYTES, MOST_GROWTH = 6e9, 1.3


def make_rows(n_rows: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield batches of columns; the first rows are the same for every number of rows.

    Parameters
    ----------
    n_rows : int
        How many rows in all.
    seed : int
        Of the random numbers.

    Yields
    ------
    dict of str to sequence
        The text, the numbers, the label and the part of up to 10,000 rows.
    """
    rng = np.random.default_rng([seed, 0])
    words = np.array([_word(number) for number in rng.permutation(_N_WORDS).tolist()])
    weights = 1 / (np.arange(_N_WORDS) + 2.7)
    common = np.cumsum(weights / weights.sum())
    topics = rng.choice(np.arange(200, _N_WORDS), (len(_CLASSES), _TOPIC_WORDS))
    of_topic = 1 / (np.arange(_TOPIC_WORDS) + 20.0)
    topical = np.cumsum(of_topic / of_topic.sum())
    centres = rng.normal(0, 0.5, (len(_CLASSES), _N_NUMBERS))
    for start in range(0, n_rows, _BATCH):
        rng = np.random.default_rng([seed, 1 + start // _BATCH])
        y = rng.integers(0, len(_CLASSES), _BATCH)
        n_words = rng.integers(30, 41, _BATCH)
        drawn = np.searchsorted(common, rng.random((_BATCH, 40)))
        from_topic = np.searchsorted(topical, rng.random((_BATCH, 40)))
        is_topical = rng.random((_BATCH, 40)) < _OF_TOPIC
        drawn = np.where(is_topical, topics[y[:, None], from_topic], drawn)
        rows = words[np.minimum(drawn, _N_WORDS - 1)]
        texts = [
            " ".join(row[:n]) for row, n in zip(rows, n_words.tolist(), strict=True)
        ]
        numbers = rng.normal(centres[y], 1.0)
        numbers[:, 0] *= numbers[:, 1]
        wrong = rng.random(_BATCH) < _MISLABELLED
        y = np.where(wrong, rng.integers(0, len(_CLASSES), _BATCH), y)
        part = np.where(rng.random(_BATCH) < 0.2, "test", "train")
        batch = {"text": texts, "label": np.array(_CLASSES)[y], "split": part}
        batch |= {f"n{i}": numbers[:, i] for i in range(_N_NUMBERS)}
        left = min(_BATCH, n_rows - start)
        yield {name: column[:left] for name, column in batch.items()}


def _word(number: int) -> str:
    """Return a word of its own for each number: syllables, frequent letters first."""
    word = ""
    while number or len(word) < 4:
        number, rest = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[rest]
    return word


def write_table(path: Path, n_rows: int) -> None:
    """Write the table to a Parquet file, batch by batch."""
    import pyarrow as pa
    from pyarrow import parquet

    writer = None
    with contextlib.ExitStack() as stack:
        for batch in make_rows(n_rows):
            table = pa.table(batch)
            if writer is None:
                writer = parquet.ParquetWriter(path, table.schema)
                stack.enter_context(writer)
            writer.write_table(table)


def methods() -> dict[str, Any]:
    """Return texts alone in three ways, numbers alone, and both joined in two."""
    from sklearn.linear_model import SGDClassifier
    from sklearn.preprocessing import StandardScaler

    from mmbench.feature_extraction import (
        HashingVectorizer,
        TfidfVectorizer,
        Word2VecVectorizer,
    )
    from mmbench.fusion import LateFusionClassifier, branch, early_fusion
    from mmbench.predictors import make_classifier

    def linear() -> SGDClassifier:
        return SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=5, tol=None)

    def tfidf() -> TfidfVectorizer:
        return TfidfVectorizer(sublinear_tf=True, min_df=2, dtype=np.float32)

    numbers = [f"n{i}" for i in range(_N_NUMBERS)]
    text_alone = branch("text", tfidf(), linear())
    numbers_alone = branch(numbers, make_classifier("xgboost"))
    vectors = Word2VecVectorizer(epochs=1, min_count=5)
    blocks = [
        ("text", branch("text", tfidf())),
        ("numbers", branch(numbers, StandardScaler())),
    ]
    voters = [("text", text_alone), ("numbers", numbers_alone)]
    return {
        "text/tfidf": text_alone,
        "text/hashing": branch("text", HashingVectorizer(n_features=2**18), linear()),
        "text/word2vec": branch("text", vectors, StandardScaler(), linear()),
        "numbers/xgboost": numbers_alone,
        "text+numbers/early": early_fusion(blocks, linear()),
        "text+numbers/late": LateFusionClassifier(voters, rule="mean"),
    }


class Watch:
    """Notes what this process and those below it take: memory and processor time."""

    def __init__(self) -> None:
        self.peaks: dict[int, int] = {}
        self.cpu_s: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        ticks = os.sysconf("SC_CLK_TCK")
        while not self._ended.wait(0.5):
            for pid in self._family(os.getpid()):
                folder = Path(f"/proc/{pid}")
                with contextlib.suppress(OSError, IndexError):
                    status = (folder / "status").read_text()
                    stat = (folder / "stat").read_text().rpartition(")")[2].split()
                    self.peaks[pid] = 1024 * int(status.split("VmHWM:")[1].split()[0])
                    self.cpu_s[pid] = (int(stat[11]) + int(stat[12])) / ticks

    def _family(self, pid: int) -> Iterator[int]:
        """Yield the numbers of a process and of those that it and they started."""
        yield pid
        with contextlib.suppress(OSError):
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                for child in map(int, children.read_text().split()):
                    yield from self._family(child)


def run_one(n_rows: int, folder: Path, *, jobs: int, with_report: bool) -> int:
    """Run one size in this process, and print what it took as a line of JSON."""
    from mmbench.datasets import read_table
    from mmbench.engine import run
    from mmbench.report import make_report
    from mmbench.suite import Suite

    path, out = folder / f"rows{n_rows}.parquet", folder / f"out{n_rows}"
    numbers = [f"n{i}" for i in range(_N_NUMBERS)]
    phases: dict[str, float] = {}
    start = last = time.perf_counter()

    def ended(phase: str) -> None:
        nonlocal last
        phases[phase] = round(time.perf_counter() - last, 1)
        last = time.perf_counter()

    warnings.simplefilter("ignore")
    with Watch() as watch:
        dataset = read_table(
            path, target="label", text=["text"], numeric=numbers, split="split"
        )
        ended("read")
        suite = Suite(name="million_rows", datasets=[dataset], methods=methods())
        how: Any = {"throughput": False, "probes": False, "retrain": "none"}
        records = list(run(suite, out, jobs=jobs, cache=folder / "cache", **how))
        ended("run")
        if with_report:
            make_report(out)
            ended("report")
    told = {
        "n_rows": n_rows,
        "wall_s": last - start,
        "cpu_s": sum(watch.cpu_s.values()),
        "phases_s": phases,
        "peaks": [watch.peaks.pop(os.getpid()), *sorted(watch.peaks.values())[::-1]],
        "report_bytes": sum(
            each.stat().st_size for each in out.glob("report.*") if with_report
        ),
        "trials": {
            r.method: {
                "status": r.status,
                "reason": r.reason,
                "accuracy": (r.scores or {}).get("accuracy"),
                "cpu_s": sum(cost.cpu_s for cost in r.nodes.values()),
            }
            for r in records
        },
    }
    print(json.dumps(told))
    return 0


def told(found: dict[str, Any]) -> None:
    """Print what one size took."""
    n_rows = found["n_rows"]
    wall, cpu = (1e6 * found[name] / n_rows for name in ("wall_s", "cpu_s"))
    driver, *workers = (peak / 1e9 for peak in found["peaks"])
    print(f"{n_rows:,} rows: {wall:.0f} us wall and {cpu:.0f} us processor a row")
    phases = ", ".join(f"{n} {s:.0f} s" for n, s in found["phases_s"].items())
    print(f"  {phases}; report {found['report_bytes'] / 2**20:.2f} MiB")
    print(f"  peak: driver {driver:.2f} GB, others", *(f"{p:.2f}" for p in workers[:6]))
    for name, trial in found["trials"].items():
        if trial["status"] != "ok":
            print(f"  {name}: {trial['status']}, {trial['reason']}")
            continue
        print(f"  {name}: accuracy {trial['accuracy']:.4f}, {trial['cpu_s']:.0f} s")


def main() -> int:
    """Run every size; return 1 where memory or the time a row is too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[50_000, 1_000_000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="make the report, too")
    parser.add_argument("--folder", type=Path, help="keep tables and results here")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        where: Any = {"jobs": asked.jobs, "with_report": asked.report}
        return run_one(asked.rows[0], asked.folder, **where)
    found = []
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        folder.mkdir(exist_ok=True)
        for n_rows in asked.rows:
            path = folder / f"rows{n_rows}.parquet"
            if not path.exists():
                write_table(path, n_rows)
            command = [sys.executable, __file__, "--one", "--rows", str(n_rows)]
            command += ["--folder", str(folder), "--jobs", str(asked.jobs)]
            command += ["--report"] * asked.report
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            found.append(json.loads(done.stdout.splitlines()[-1]))
            told(found[-1])
    growth = found[-1]["wall_s"] / found[-1]["n_rows"]
    growth /= found[0]["wall_s"] / found[0]["n_rows"]
    largest = max(peak for each in found for peak in each["peaks"])
    failed = [
        t for each in found for t in each["trials"].values() if t["status"] != "ok"
    ]
    print(f"largest process {largest / 1e9:.2f} GB (limit {MOST_BYTES / 1e9:.0f})")
    print(f"time a row: {growth:.2f} times (limit {MOST_GROWTH})")
    is_wrong = failed or largest > MOST_BYTES or growth > MOST_GROWTH
    return int(bool(is_wrong))


if __name__ == "__main__":
    sys.exit(main())
