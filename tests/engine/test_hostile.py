"""Hostile methods fail alone: one record each, and the good ones are untouched."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "hostile_methods.py"
# One of each kind; the script tries all. It starts two runs with worker processes of
# their own, which takes seconds.
KINDS = ("base", "mute", "interrupt", "crash", "processes", "edit_process", "lie_sum3")


def assert_fails_alone(*methods: str) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *methods],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow  # test_isolation.py has some by default
def test_hostile_methods_fail_alone():
    assert_fails_alone(*KINDS)


@pytest.mark.slow
def test_a_method_that_ends_the_server_of_processes_fails_alone():
    # What other methods have left just then would be nobody's any more.
    assert_fails_alone("kill_parent")
