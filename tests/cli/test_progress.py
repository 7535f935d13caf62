from __future__ import annotations

import io
import itertools
import time

import pytest
from rich.console import Console

from mmbench.cli import progress
from mmbench.cli.estimate import Estimate
from mmbench.results import Record


class Clock:
    """A clock that goes on when it is asked to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def estimate(clock):
    return Estimate(clock)


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
def show(monkeypatch, clock):
    """Run records through the display, and return what it printed."""

    def run(records, n_trials=None, *, terminal=False, trial_s=7.0):
        file = io.StringIO()
        console = Console(file=file, force_terminal=terminal, width=100, markup=False)
        monkeypatch.setattr(progress, "stderr", lambda: console)
        monkeypatch.setattr(progress, "Estimate", lambda: Estimate(clock))
        monkeypatch.setenv("TERM", "xterm")
        with progress.meter() as meter:
            meter.expect({"trials": n_trials or len(records)})
            meter.enter("trials", n_trials or len(records))

            def coming():
                for each in records:
                    clock.now += trial_s
                    yield each
                    meter.advance(worked=each.status != "skipped")

            meter.watch(coming())
        return file.getvalue()

    return run


def work(estimate, clock, n, unit_s, **how):
    for _ in range(n):
        clock.now += unit_s
        estimate.advance(**how)


def test_nothing_is_known_before_the_first_unit(estimate):
    estimate.expect({"trials": 4})
    estimate.enter("trials", 4)
    assert estimate.left_s() is None


def test_a_phase_goes_on_as_it_began(estimate, clock):
    estimate.expect({"trials": 10})
    estimate.enter("trials", 10)
    work(estimate, clock, 4, 3.0)
    assert estimate.left_s() == pytest.approx(6 * 3.0)


def test_the_phases_ahead_are_part_of_what_is_left(estimate, clock):
    estimate.expect({"trials": 10, "ablation": 20})
    estimate.enter("trials", 10)
    work(estimate, clock, 5, 2.0)
    # Until it is seen, one of the ablation takes a tenth of a trial.
    assert estimate.left_s() == pytest.approx(5 * 2.0 + 20 * 0.2 * 2.0)


def test_work_that_the_first_units_pay_for_all_is_not_expected_again(estimate, clock):
    estimate.enter("trials", 10)
    for took_s in (100.0, 2.0, 2.0, 2.0):
        clock.now += took_s
        estimate.advance()
    assert estimate.left_s() == pytest.approx(6 * 2.0)


def test_a_later_phase_is_estimated_from_itself_once_it_has_begun(estimate, clock):
    estimate.expect({"trials": 2, "ablation": 20})
    estimate.enter("trials", 2)
    work(estimate, clock, 2, 2.0)
    estimate.enter("ablation", 20)
    work(estimate, clock, 5, 9.0)
    assert estimate.left_s() == pytest.approx(15 * 9.0)


def test_trials_that_were_cached_say_nothing_about_the_others(estimate, clock):
    estimate.expect({"trials": 10})
    estimate.enter("trials", 10, n_idle=6)
    work(estimate, clock, 6, 0.0, worked=False)
    work(estimate, clock, 2, 5.0)
    assert estimate.left_s() == pytest.approx(2 * 5.0)


def test_skipped_trials_are_not_counted_on(estimate, clock):
    estimate.expect({"trials": 10})
    estimate.enter("trials", 10)
    work(estimate, clock, 5, 0.0, worked=False)
    work(estimate, clock, 1, 5.0)
    assert estimate.left_s() == pytest.approx(4 * 5.0)


def test_a_run_without_trials_begins_with_a_later_phase(estimate, clock):
    estimate.expect({"trials": 0, "ablation": 3})
    estimate.enter("ablation", 3)
    assert (estimate.left_s(), estimate.share()) == (None, 0)
    work(estimate, clock, 1, 2.0)
    assert estimate.left_s() == pytest.approx(4.0)


def test_more_units_than_were_said_never_make_it_negative(estimate, clock):
    estimate.expect({"trials": 2})
    estimate.enter("trials", 2)
    work(estimate, clock, 12, 1.0)
    assert (estimate.current.n_done, estimate.current.n_units) == (12, 12)
    assert estimate.left_s() == 0


def test_a_clock_that_goes_back_never_makes_it_negative(estimate, clock):
    estimate.expect({"trials": 2})
    estimate.enter("trials", 2)
    work(estimate, clock, 1, -50.0)
    assert estimate.elapsed_s() == 0
    assert estimate.left_s() == 0


def test_the_share_that_is_done_grows_to_one(estimate, clock):
    estimate.expect({"trials": 3, "throughput": 2, "report": 1})
    shares = []
    for phase, n in (("trials", 3), ("throughput", 1), ("report", 1)):
        estimate.enter(phase, n)
        for _ in range(n):
            work(estimate, clock, 1, 1.0)
            shares.append(estimate.share())
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_quick_run_says_nothing_in_a_log(show):
    assert show([record(n) for n in range(20)], trial_s=0.1) == ""


def test_a_log_gets_lines_ten_seconds_apart_at_first(show):
    lines = show([record(n) for n in range(100)]).splitlines()
    # Seven seconds a trial, so every second one ends more than ten seconds of silence;
    # the report is expected to take as long as two and a half trials.
    assert lines[0] == "trials 2/100, 0:00:14 elapsed, about 0:11:44 left"
    assert lines[1].startswith("trials 4/100, ")


def test_a_log_gets_fewer_lines_the_longer_it_runs(show):
    lines = show([record(n) for n in range(10_000)]).splitlines()
    done = [int(line.split()[1].partition("/")[0].replace(",", "")) for line in lines]
    assert all(b - a >= 0.1 * b for a, b in itertools.pairwise(done))
    assert len(lines) < 100


def test_a_log_says_where_a_later_phase_begins(monkeypatch, clock, capsys):
    monkeypatch.setattr(progress, "Estimate", lambda: Estimate(clock))
    with progress.meter() as meter:
        meter.expect({"trials": 2, "throughput": 1})
        meter.enter("trials", 2)
        for _ in range(2):
            clock.now += 20
            meter.advance()
        meter.enter("throughput", 1)
    assert capsys.readouterr().err.splitlines()[-1] == (
        "throughput 0/1, 0:00:40 elapsed, about 0:00:57 left"
    )


def test_a_log_hears_of_a_run_where_nothing_ends_for_minutes(monkeypatch, clock):
    file = io.StringIO()
    console = Console(file=file, width=100)
    monkeypatch.setattr(progress, "stderr", lambda: console)
    monkeypatch.setattr(progress, "Estimate", lambda: Estimate(clock))
    monkeypatch.setattr(progress, "_SILENCE_S", 0.01)
    with progress.meter() as meter:
        meter.enter("trials", 3)
        for _ in range(3):
            n_lines, clock.now = file.getvalue().count("\n"), clock.now + 61
            end = time.monotonic() + 10
            while file.getvalue().count("\n") == n_lines and time.monotonic() < end:
                time.sleep(0.01)
    assert file.getvalue().splitlines() == [
        "trials 0/3, 0:01:01 elapsed",
        "trials 0/3, 0:02:02 elapsed",
        "trials 0/3, 0:03:03 elapsed",
    ]


def test_a_log_counts_failures(show):
    records = [record(n, status="failed", reason="no") for n in range(10)]
    assert "trials 10/10, 10 failed" in show(records)


def test_the_first_failure_of_each_method_is_said_at_once(show):
    records = [
        record(0, status="failed", method="a", reason="ValueError: bad\n[red]rows"),
        record(1, status="failed", method="a", reason="ValueError: other"),
        record(2, status="timed_out", method="b"),
        record(3, status="skipped", method="c", reason="torch is not installed"),
    ]
    assert show(records, trial_s=0.1).splitlines() == [
        "failed: a on d, fold 0: ValueError: bad [red]rows",
        "failed: b on d, fold 2: timed_out",
    ]


def test_a_terminal_gets_a_bar_that_counts(show):
    records = [record(0), record(1, status="failed", reason="x")]
    drawn = show(records, terminal=True)
    assert "trials 2/2" in drawn
    assert "1 failed" in drawn


def test_a_log_has_no_escape_codes_even_when_colour_is_forced(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress.meter() as meter:
        meter.watch([record(0, status="failed", reason="x")])
    assert "\x1b" not in capsys.readouterr().err
