"""Files that were corrupted at random are noticed: a short form of the script."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "corruptions.py"


@pytest.mark.slow
def test_no_corruption_is_believed_or_ends_in_a_traceback_or_hangs() -> None:
    # It takes a process that imports everything, a run, and its report for each file.
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--n", "8", "--seed", "3"],
        capture_output=True,
        text=True,
        check=False,
    )

    last = done.stdout.splitlines()[-1:]
    assert last == ["8 corruptions, 0 believed, with a traceback or hanging"], done
