from __future__ import annotations

import io
import itertools

import pytest
from rich.console import Console

from mmbench.cli import progress
from mmbench.results import Record


def record(n: int, *, status: str = "ok", method: str = "m", reason: str | None = None):
    return Record(
        key=f"{n:x}",
        suite="s",
        dataset="d",
        method=method,
        fold=n,
        seed=0,
        status=status,
        reason=reason,
    )


@pytest.fixture
def clock(monkeypatch):
    """Let each look at the clock take seven seconds."""
    times = iter(range(0, 10**6, 7))
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(times)))


@pytest.fixture
def show(monkeypatch):
    """Run records through the display, and return what it printed."""

    def run(records, n_trials, *, terminal=False):
        file = io.StringIO()
        console = Console(file=file, force_terminal=terminal, width=100, markup=False)
        monkeypatch.setattr(progress, "stderr", lambda: console)
        monkeypatch.setenv("TERM", "xterm")
        assert list(progress.shown(iter(records), n_trials)) == list(records)
        return file.getvalue()

    return run


def test_a_quick_run_says_nothing_in_a_log(show):
    assert show([record(n) for n in range(20)], 21) == ""


@pytest.mark.parametrize("n_trials", [0, 2])
def test_what_comes_after_the_last_trial_is_said(show, n_trials):
    said = show([record(n) for n in range(n_trials)], n_trials)
    assert said == "measuring and probing each method\n"


@pytest.mark.usefixtures("clock")
def test_a_log_gets_lines_ten_seconds_apart_at_first(show):
    lines = show([record(n) for n in range(100)], 100).splitlines()
    # Seven seconds a trial, so every second one ends more than ten seconds of silence.
    assert lines[0] == "2/100 trials, 0 failed, 0:00:14 elapsed, about 0:11:26 left"
    assert lines[1].startswith("4/100 ")


@pytest.mark.usefixtures("clock")
def test_a_log_gets_fewer_lines_the_longer_it_runs(show):
    lines = show([record(n) for n in range(10_000)], 10_001).splitlines()
    done = [int(line.partition("/")[0]) for line in lines]
    assert all(b - a >= 0.1 * b for a, b in itertools.pairwise(done))
    assert len(lines) < 100


@pytest.mark.usefixtures("clock")
def test_a_log_counts_failures(show):
    records = [record(n, status="failed", reason="no") for n in range(10)]
    assert "10/10 trials, 10 failed" in show(records, 10)


def test_the_first_failure_of_each_method_is_said_at_once(show):
    records = [
        record(0, status="failed", method="a", reason="ValueError: bad\n[red]rows"),
        record(1, status="failed", method="a", reason="ValueError: other"),
        record(2, status="timed_out", method="b"),
        record(3, status="skipped", method="c", reason="torch is not installed"),
    ]
    assert show(records, 5).splitlines() == [
        "failed: a on d, fold 0: ValueError: bad [red]rows",
        "failed: b on d, fold 2: timed_out",
    ]


def test_a_terminal_gets_a_bar_that_counts(show):
    records = [record(0), record(1, status="failed", reason="x")]
    drawn = show(records, 2, terminal=True)
    assert "2/2" in drawn
    assert "1 failed" in drawn


def test_a_log_has_no_escape_codes_even_when_colour_is_forced(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    list(progress.shown(iter([record(0, status="failed", reason="x")]), 1))
    assert "\x1b" not in capsys.readouterr().err
