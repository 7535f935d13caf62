"""Ask ``mmbench plan`` what runs will take, run them, and compare.

    python benchmarks/forecasts.py "quick --data digits" "text --data newsgroups_mini"

Each argument is what follows ``mmbench run``. Every run starts with an empty cache, so
that its forecast comes from the pilot. Printed are the expected and the true wall time,
by phase, and the memory of the largest process (on Linux). It ends with 1 where either
is wrong by more than a factor of two.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from million_rows import Watch

_MOST = 2.0
_PHASE = re.compile(r"^([a-z ]+) \d[\d,]*/[\d,]+, (\d+):(\d\d):(\d\d) elapsed")


def mmbench(*words: str) -> list[str]:
    """Return a command."""
    return [sys.executable, "-m", "mmbench", *words]


def printed(command: Sequence[str]) -> tuple[str, str]:
    """Run a command, and return what it printed; end with its error where it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{shlex.join(command)}\n{done.stderr}")
    return done.stdout, done.stderr


def planned(asked: Sequence[str], cache: Path) -> dict[str, Any]:
    """Return what is expected of a run."""
    found, _ = printed(mmbench("plan", *asked, "--cache", str(cache), "--json"))
    return dict(json.loads(found))


def ran(asked: Sequence[str], folder: Path) -> tuple[float, int, list[str]]:
    """Return wall time, the largest resident memory, and what was printed."""
    where = ["--out", str(folder / "out"), "--cache", str(folder / "cache")]
    start = time.perf_counter()
    with Watch() as watch:
        _, told = printed(mmbench("run", *asked, *where))
    wall_s = time.perf_counter() - start
    return wall_s, max(watch.peaks.values()), told.splitlines()


def phases(lines: Sequence[str]) -> Iterator[str]:
    """Yield each phase with the second in which it began."""
    seen = set()
    for line in lines:
        if (found := _PHASE.match(line)) and found[1] not in seen:
            seen.add(found[1])
            hours, minutes, seconds = map(int, found.groups()[1:])
            yield f"{found[1]} from {3600 * hours + 60 * minutes + seconds} s"


def is_near(expected: float | None, found: float) -> bool:
    """Return whether a forecast is within the factor."""
    return expected is not None and 1 / _MOST <= expected / found <= _MOST


def compare(asked: Sequence[str]) -> bool:
    """Print how one forecast did, and return whether it is near enough."""
    with tempfile.TemporaryDirectory(prefix="forecast-") as name:
        expected = planned(asked, Path(name) / "cache")
        wall_s, peak_bytes, lines = ran(asked, Path(name))
    said_s, said_bytes = expected["expected_s"], expected["expected_peak_bytes"]
    print(shlex.join(asked))
    if said_s is None or said_bytes is None:
        print(f"  no estimate, {expected['known']:.0%} known; took {wall_s:.0f} s")
        return False
    ratio = said_s / wall_s
    print(f"  time {said_s:.0f} s expected, {wall_s:.0f} s taken: {ratio:.2f}")
    by_phase = {k: round(v) for k, v in expected["expected_phases_s"].items()}
    print(f"    expected {by_phase}; {', '.join(phases(lines))}")
    ratio = said_bytes / peak_bytes
    print(f"  memory {said_bytes / 1e9:.2f} GB, {peak_bytes / 1e9:.2f} GB: {ratio:.2f}")
    sys.stdout.flush()
    return is_near(said_s, wall_s) and is_near(said_bytes, peak_bytes)


def main() -> int:
    """Compare every run; return 1 where a forecast is not near enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", help="what follows mmbench run")
    near = [compare(shlex.split(each)) for each in parser.parse_args().runs]
    return 0 if all(near) else 1


if __name__ == "__main__":
    sys.exit(main())
