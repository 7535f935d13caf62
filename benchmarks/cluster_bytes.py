"""What a run on a Dask cluster sends between its driver and the scheduler, a trial.

    python benchmarks/cluster_bytes.py [--rows 100000] [--apart]

A proxy in front of the scheduler counts every byte that the driver sends and gets,
Dask's own messages included. From that are taken the predictions that trials answer
with, those of voters and inner folds that fusions combine, and what is sent once a run:
the table and the folds. The rest is what a trial costs; it has to stay below 50 KB.
With ``--apart``, the two workers see an empty folder in place of the driver's cache
(by ``unshare``, on Linux); else they share it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from mmbench.datasets import Dataset, Samples
from mmbench.engine import run
from mmbench.engine.execution.dask_hub import Hub
from mmbench.engine.execution.executor import OnDask
from mmbench.fusion import LateFusionClassifier, branch, early_fusion
from mmbench.suite import Suite
from mmbench.tasks import Prediction

_LIMIT_BYTES = 50_000
_HIDDEN = 'mount -t tmpfs none "$0" && exec "$@"'


def make_table(n_rows: int) -> Samples:
    """Return rows of a few words and two numbers, of four classes."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, n_rows)
    words = np.array([f"w{i}" for i in range(5000)])
    drawn = (rng.integers(0, 5000, (n_rows, 8)) + 40 * y[:, None]) % 5000
    text = [" ".join(row) for row in words[drawn]]
    numbers = rng.normal(y[:, None] / 3, 1.0, (n_rows, 2))
    X = pd.DataFrame({"text": text, "a": numbers[:, 0], "b": numbers[:, 1]})
    return Samples(X, np.array(list("abcd"))[y])


def suite_of(samples: Samples) -> Suite:
    """Return text alone, numbers alone, and both fused early and late."""
    text = branch("text", HashingVectorizer(n_features=2**12))
    numbers = branch(["a", "b"])

    def linear() -> SGDClassifier:
        return SGDClassifier(loss="log_loss", max_iter=5, tol=None, random_state=0)

    alone = {
        "text": branch("text", HashingVectorizer(n_features=2**12), linear()),
        "numbers": branch(["a", "b"], linear()),
    }
    fused = {
        "early": early_fusion([("text", text), ("numbers", numbers)], linear()),
        "late": LateFusionClassifier(list(alone.items()), rule="mean"),
        "weighted": LateFusionClassifier(list(alone.items()), rule="weighted", cv=3),
    }
    modalities: Any = {"text": "text", "a": "numeric", "b": "numeric"}
    dataset = Dataset(
        name="made_up",
        version=str(len(samples.y)),
        source="made up",
        licence="CC0-1.0",
        modalities=modalities,
        load=lambda: samples,
    )
    return Suite(name="bytes", datasets=[dataset], methods=alone | fused, cv=5)


class Proxy:
    """Counts what goes through it to a scheduler and back."""

    def __init__(self, port: int) -> None:
        self.sent: Counter[str] = Counter()
        self._target, self._loop = port, asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(ready,), daemon=True).start()
        ready.wait()

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        listening = asyncio.start_server(self._connect, "127.0.0.1", 0)
        server = self._loop.run_until_complete(listening)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(
            self._pass_on(reader, there[1], "up"),
            self._pass_on(there[0], writer, "down"),
        )

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        try:
            while data := await reader.read(2**16):
                self.sent[way] += len(data)
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()


def start(folder: Path, cache: Path, *, apart: bool) -> tuple[list[Any], int]:
    """Start a scheduler and two workers; return the processes and the port."""
    file = folder / "scheduler.json"
    quiet = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    python = [sys.executable, "-m"]
    scheduler = [*python, "distributed.cli.dask_scheduler", "--port", "0", *quiet]
    silent: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen(scheduler, **silent)]
    while not file.exists():
        time.sleep(0.1)
    for i in range(2):
        own = folder / f"worker{i}"
        own.mkdir()
        hide = ["unshare", "-rm", "sh", "-c", _HIDDEN, str(cache)] if apart else []
        worker = [*hide, *python, "distributed.cli.dask_worker", "--no-nanny"]
        worker += ["--nthreads", "1", "--local-directory", str(own), *quiet]
        env = os.environ | {"XDG_CACHE_HOME": str(own / "home")}
        started.append(subprocess.Popen(worker, env=env, cwd=own, **silent))
    address = json.loads(file.read_text())["address"]
    return started, int(address.rpartition(":")[2])


def count_payload(sent: Counter[str]) -> None:
    """Count predictions on their way, and what is put on the scheduler."""
    submit, wait, offer = OnDask.submit, OnDask.wait, Hub.offer

    def submitted(self: OnDask, tasks: Any) -> None:
        for task in tasks:
            sent["given"] += _size(getattr(task, "given", {}).values())
        submit(self, tasks)

    def waited(self: OnDask) -> Any:
        results = wait(self)
        sent["answered"] += _size(result.value for result in results)
        return results

    def offered(self: Hub, parts: Any) -> None:
        before = set(self._there)
        offer(self, parts)
        folder = self._place.run_folder
        assert folder is not None
        for name in self._there - before:
            sent["once"] += (folder / "parts" / name).stat().st_size

    OnDask.submit, OnDask.wait, Hub.offer = submitted, waited, offered  # type: ignore[method-assign]


def _size(values: Any) -> int:
    found = [value for value in values if isinstance(value, Prediction)]
    return sum(array.nbytes for value in found for array in value.arrays.values())


def main() -> int:
    """Run, print the bytes a trial, and return 1 where they are too many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--apart", action="store_true")
    asked = parser.parse_args()
    suite = suite_of(make_table(asked.rows))
    with tempfile.TemporaryDirectory() as made:
        folder, cache = Path(made), Path(made) / "cache"
        cache.mkdir()
        processes, port = start(folder, cache, apart=asked.apart)
        try:
            proxy = Proxy(port)
            count_payload(proxy.sent)
            where: Any = {"scheduler": f"tcp://127.0.0.1:{proxy.port}", "cache": cache}
            how: Any = {"throughput": False, "probes": False, "retrain": "none"}
            warnings.simplefilter("ignore")
            records = list(run(suite, folder / "out", **where, **how))
        finally:
            for process in processes:
                process.kill()
                process.wait()
    return told(proxy.sent, records, asked.rows)


def told(sent: Counter[str], records: list[Any], n_rows: int) -> int:
    """Print what was counted; return 1 where it is too much, or a trial failed."""
    n_trials = len(records)
    payload = sent["given"] + sent["answered"] + sent["once"]
    rest = sent["up"] + sent["down"] - payload
    print(f"{n_rows:,} rows, {n_trials} trials")
    for name, size in (
        ("driver to scheduler", sent["up"]),
        ("scheduler to driver", sent["down"]),
        ("predictions answered", sent["answered"]),
        ("predictions combined", sent["given"]),
    ):
        print(f"{name:22}{size / n_trials / 1e3:12,.1f} KB a trial")
    print(f"{'table and folds':22}{sent['once'] / 1e3:12,.1f} KB, once")
    print(f"{'all else':22}{rest / n_trials / 1e3:12,.1f} KB a trial (limit 50)")
    failed = [record.reason for record in records if record.status != "ok"]
    print(*failed, sep="\n", end="")
    return int(rest / n_trials > _LIMIT_BYTES or bool(failed))


if __name__ == "__main__":
    sys.exit(main())
