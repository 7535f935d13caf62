"""Hostile methods fail alone: one record each, and the good ones are untouched."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "hostile_methods.py"
# A few of each kind; the script tries all. Each group starts two runs with worker
# processes of their own, which takes seconds.
GROUPS = {
    "alone in its process": (
        *("base", "mute", "interrupt", "cancelled", "long", "unloadable"),
        *("crash", "exit", "fork", "processes", "close"),
        *("edit_input", "edit_process", "lie_negative", "lie_sum3", "lie_words"),
        *("single_crash", "single_base", "changed_exit3"),
    ),
    # What other methods have left just then would be nobody's any more.
    "ending the server": ("kill_parent",),
}


@pytest.mark.parametrize("group", GROUPS)
def test_hostile_methods_fail_alone(group):
    command = [sys.executable, str(SCRIPT), *GROUPS[group]]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
