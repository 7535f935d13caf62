"""Kill a run at random moments, resume it each time, and compare what it leaves.

``mmbench run SUITE`` is started, and after a random time its driver and its workers are
killed with SIGKILL, in trials, throughput, ablation or report. The same command is
given again, until a run gets through; what it left must equal, but for times, what an
undisturbed run left. Then all begins anew in an empty folder, until there were enough
kills.

    python benchmarks/kill_and_resume.py
    python benchmarks/kill_and_resume.py mine.py --kills 20
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from mmbench.results import Record, ResultStore

Left = dict[str, Any]
"""What a run left, but for times: name of a thing to its content."""

_MEASURED = ("time_s", "per_s", "cpu_s", "yardstick_s")


class Run(NamedTuple):
    """A folder for a run of a suite."""

    suite: str
    folder: Path

    @property
    def out(self) -> Path:
        """The results folder."""
        return self.folder / "out"

    @contextlib.contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start or resume it; at the end of the block, kill it if it still runs."""
        options = ("--out", self.out, "--cache", self.folder / "cache", "--jobs", "2")
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "mmbench", "run", self.suite, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                # The driver leads a process group that all its workers are in.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Pace(NamedTuple):
    """When an undisturbed run begins to work, and when its report is made."""

    ready_s: float
    done_s: float


class Tally(NamedTuple):
    """What came of the kills.

    Attributes
    ----------
    n_kills : int
        Runs that were killed.
    n_midway : int
        Those of them that left some trials, but not all.
    n_runs : int
        Runs that got through in the end, and were compared.
    differences : list of str
        What they left that an undisturbed run did not leave so.
    """

    n_kills: int
    n_midway: int
    n_runs: int
    differences: list[str]


def kill_and_resume(
    suite: str,
    folder: Path,
    *,
    n_kills: int,
    seed: int = 0,
    tell: Callable[[str], None] = lambda _: None,
) -> Tally:
    """Kill and resume runs of a suite, and compare each with an undisturbed one.

    Parameters
    ----------
    suite : str
        What ``mmbench run`` takes: a name or a file.
    folder : path
        Where runs can leave what they want.
    n_kills : int
        How often to kill.
    seed : int, default=0
        Draws the moments.
    tell : callable, optional
        Is told of the progress.

    Returns
    -------
    Tally
    """
    rng = random.Random(seed)
    undisturbed = new_run(suite, folder / "undisturbed")
    pace = run_to_its_end(undisturbed)
    expected = left_by(undisturbed.out)
    tell(f"an undisturbed run works from {pace.ready_s:.1f} to {pace.done_s:.1f} s")
    killed = midway = runs = 0
    differences = []
    while killed < n_kills:
        run = new_run(suite, folder / f"killed-{runs}")
        while killed < n_kills:
            moment_s = rng.uniform(0.9 * pace.ready_s, 1.1 * pace.done_s)
            if not kill_after(run, moment_s):
                break
            killed += 1
            n_done, n_planned = progress(run.out)
            midway += 0 < n_done < n_planned
            tell(f"kill {killed} after {moment_s:.1f} s: {n_done} trials done")
        run_to_its_end(run)
        differences += [f"{run.folder.name}: {d}" for d in compare(run.out, expected)]
        runs += 1
        shutil.rmtree(run.folder)
        tell(f"run {runs} got through; {len(differences)} differences so far")
    return Tally(killed, midway, runs, differences)


def new_run(suite: str, folder: Path) -> Run:
    """Return a run in a new folder."""
    folder.mkdir()
    return Run(suite, folder)


def run_to_its_end(run: Run) -> Pace:
    """Run without a kill, and return its pace."""
    start = time.time()
    with run.started() as process:
        process.wait()
    log = (run.folder / "log").read_text(errors="replace")
    assert process.returncode == 0, log
    done_s = time.time() - start
    return Pace((run.out / "plan.json").stat().st_mtime - start, done_s)


def kill_after(run: Run, moment_s: float) -> bool:
    """Kill a run and its workers; return False when it had ended before."""
    with run.started() as process:
        try:
            process.wait(timeout=moment_s)
        except subprocess.TimeoutExpired:
            return True
    return False


def progress(out: Path) -> tuple[int, int]:
    """Return how many trials are done, of how many planned."""
    if not (out / "plan.json").exists():
        return 0, 0
    lines = (out / "records.jsonl").read_bytes().count(b"\n")
    return lines, len(ResultStore(out).plan()["trials"])


def compare(out: Path, expected: Left) -> list[str]:
    """Return the names of what a run left otherwise than expected."""
    left = left_by(out)
    names = sorted(left.keys() | expected.keys())
    return [name for name in names if left.get(name) != expected.get(name)]


def left_by(out: Path) -> Left:
    """Return all that a run left, but for times."""
    store = ResultStore(out)
    left: Left = {f"record {k}": untimed(r) for k, r in store.records().items()}
    for path in sorted((out / "predictions").iterdir()):
        left[f"predictions/{path.name}"] = path.read_bytes()
    for table in ("methods", "trials", "failures"):
        with (out / "tables" / f"{table}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        left[f"tables/{table}.csv"] = [untimed_row(row) for row in rows]
    return left


def untimed(record: Record) -> dict[str, Any]:
    """Return a record without what was measured; of its nodes, the names."""
    measured = {
        "fit_time_s",
        "predict_time_s",
        "yardstick_s",
        "cached_nodes",
        "ended_at",
    }
    values = {k: v for k, v in asdict(record).items() if k not in measured}
    return values | {"nodes": sorted(record.nodes)}


def untimed_row(row: Mapping[str, str]) -> dict[str, str]:
    """Return a row of a table without what was measured."""
    return {c: v for c, v in row.items() if not any(part in c for part in _MEASURED)}


def main() -> None:
    """Read the command line, kill and resume, and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suite", nargs="?", default="quick", help="a name or a file")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        tally = kill_and_resume(
            asked.suite, Path(folder), n_kills=asked.kills, seed=asked.seed, tell=print
        )
    print(
        f"{tally.n_kills} kills, {tally.n_midway} of them midway; {tally.n_runs} runs "
        f"got through, with {len(tally.differences)} differences"
    )
    for difference in tally.differences:
        print(f"  {difference}")
    sys.exit(1 if tally.differences else 0)


if __name__ == "__main__":
    main()
