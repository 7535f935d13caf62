"""Files that were corrupted at random are noticed: a short form of the script."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "corruptions.py"


def test_no_corruption_is_believed_or_ends_in_a_traceback_or_hangs() -> None:
    # Slow, since it takes a process that imports everything, a run, and its report for
    # each of four kinds of files; the script does more.
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--n", "4", "--seed", "3"],
        capture_output=True,
        text=True,
        check=False,
    )

    last = done.stdout.splitlines()[-1:]
    assert last == ["4 corruptions, 0 believed, with a traceback or hanging"], done
