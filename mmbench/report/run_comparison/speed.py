"""Whether a method got slower: its processor time against that of a fixed yardstick.

Wall time depends on what else the machine does, and processor time still does by its
caches and clock. So processor times are divided by those of a fixed piece of work that
was timed beside them in the same run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mmbench.presentation.numbers import count_text
from mmbench.report.run_comparison.change import Change, Outcome
from mmbench.report.run_comparison.pairing import Side
from mmbench.results import Record

__all__ = ["Shift", "judged", "speed_changes"]

_LEVEL, _POWER = 0.05, 0.8
# How differently some code and the yardstick change their pace on a machine that gets
# busy, as a standard deviation of the logarithm: benchmarks/compare_reruns.py.
_APART = 0.03
# Repeats are done within seconds: runs differ by more than their repeats show.
_APART_REPEATS = 0.05
# Throughput is the mean of a few repeats within a second, in which more can happen.
_APART_THROUGHPUT = 0.15
# The median of absolute values over the standard deviation, for normal ones.
_MEDIAN_OF_NORMAL = 0.6745


class Shift(NamedTuple):
    """How many times slower something is, as a natural logarithm.

    Attributes
    ----------
    pair : (str, str)
        The dataset and the method.
    what : str
        The kind of time.
    base, new : float
        The number in each run.
    log_ratio : float
        Positive where the new run is slower.
    error : float
        Its standard error.
    how : str
        What that was measured over.
    df : float, default=1e6
        The degrees of freedom of the error: a few repeats show it roughly.
    """

    pair: tuple[str, str]
    what: str
    base: float
    new: float
    log_ratio: float
    error: float
    how: str
    df: float = 1e6


def speed_changes(
    base: Side,
    new: Side,
    pairs: Sequence[tuple[str, str]],
    max_slowdown: float,
) -> tuple[list[Change], list[str]]:
    """Compare the times of two runs.

    Parameters
    ----------
    base, new : Side
        The runs.
    pairs : sequence of (str, str)
        The datasets and methods that both ran.
    max_slowdown : float
        How many times slower is too much; less is never called a change.

    Returns
    -------
    changes : list of Change
        Processor time of the trials, and of answering where both measured throughput.
    notes : list of str
        What could not be compared, and why.
    """
    measured = base.store.throughput(), new.store.throughput()
    repeated = [*_of_repeats(pairs, *measured)]
    known = {shift.pair for shift in repeated}
    found = [
        _of_trials(p, base.trials(*p), new.trials(*p)) for p in pairs if p not in known
    ]
    once = [each for each in found if isinstance(each, Shift)]
    reasons = [each for each in found if isinstance(each, str)]
    fitting = [*_pooled(repeated, _APART_REPEATS), *_pooled(once, _APART)]
    notes = [
        f"The speed of {count_text(reasons.count(why), 'method')} is not compared: "
        f"{why}"
        for why in dict.fromkeys(reasons)
    ]
    together = [
        judged(shift, len(alike), max_slowdown)
        for alike in (fitting, [*_of_answers(pairs, *measured)])
        for shift in alike
    ]
    return together, notes


def judged(shift: Shift, n: int, max_slowdown: float) -> Change:
    """Judge a shift by its error.

    Parameters
    ----------
    shift : Shift
        What was measured.
    n : int
        How many shifts are judged together; interval and p-value are corrected for
        that by Bonferroni.
    max_slowdown : float
        How many times slower is too much.

    Returns
    -------
    Change

    Examples
    --------
    >>> shift = Shift(("d", "m"), "fit time", 1.0, 1.5, math.log(1.5), 0.05, "5 folds")
    >>> judged(shift, 1, 1.2).outcome, judged(shift, 1, 1.6).outcome
    ('worse', 'unclear')
    """
    from scipy.special import ndtri, stdtr, stdtrit

    reach = float(stdtrit(shift.df, 1 - _LEVEL / n / 2)) * shift.error
    outcome: Outcome = "same" if shift.log_ratio == 0 else "unclear"
    threshold = max(reach, math.log(max_slowdown))
    if abs(shift.log_ratio) > threshold:
        outcome = "worse" if shift.log_ratio > 0 else "better"
    away = abs(shift.log_ratio) / shift.error if shift.error else math.inf
    return Change(
        *shift.pair,
        what=shift.what,
        base=shift.base,
        new=shift.new,
        change=math.exp(shift.log_ratio),
        low=math.exp(shift.log_ratio - reach),
        high=math.exp(shift.log_ratio + reach),
        p_value=min(1.0, 2 * n * float(stdtr(shift.df, -away)))
        if shift.log_ratio
        else 1.0,
        detectable=math.exp(threshold + float(ndtri(_POWER)) * shift.error),
        outcome=outcome,
        how=shift.how,
    )


def _of_trials(
    pair: tuple[str, str],
    trials: Mapping[tuple[int, int], Record],
    others: Mapping[tuple[int, int], Record],
) -> Shift | str:
    """Return the shift of the processor time of trials, or why there is none."""
    times, without, cached = [], 0, 0
    for place in sorted(trials.keys() & others.keys()):
        records = trials[place], others[place]
        if not all(record.yardstick_s for record in records):
            without += 1
        elif (both := _processor_times(*records)) is None:
            cached += 1
        else:
            times.append((both, [record.yardstick_s or 0.0 for record in records]))
    if times:
        cpu_s, yardstick_s = np.moveaxis(np.array(times), 1, 0)
        return _shift(pair, cpu_s, yardstick_s)
    if cached:
        return "costs come from the cache; run again with --remeasure."
    if without:
        return "no yardstick was timed beside the trials; run them again."
    return "no trial is in both runs."


def _processor_times(base: Record, new: Record) -> tuple[float, float] | None:
    """Add up the work that both runs did themselves; None where there is none."""
    cached = {*base.cached_nodes, *new.cached_nodes}
    if not cached <= base.nodes.keys() & new.nodes.keys():
        return None
    sums = [
        math.fsum(cost.cpu_s for key, cost in each.nodes.items() if key not in cached)
        for each in (base, new)
    ]
    return (sums[0], sums[1]) if all(sums) else None


def _shift(pair: tuple[str, str], cpu_s: Any, yardstick_s: Any) -> Shift:
    """Return the logarithm of the ratio of sums, with its jackknife error."""
    relative = cpu_s / yardstick_s
    sums, n, base = relative.sum(axis=0), len(cpu_s), float(cpu_s[:, 0].mean())
    shift = _clean(math.log(sums[1] / sums[0]))
    error = 0.0
    if n > 1:
        without = np.log((sums - relative)[:, 1] / (sums - relative)[:, 0])
        error = float(np.std(without)) * math.sqrt(n - 1)
    return Shift(
        pair=pair,
        what="processor time",
        base=base,
        # At the pace that the base run had.
        new=base * math.exp(shift),
        log_ratio=shift,
        error=error,
        how=f"{count_text(n, 'trial')} each, against the yardstick",
    )


def _of_repeats(
    pairs: Sequence[tuple[str, str]],
    measured: Mapping[str, Any],
    others: Mapping[str, Any],
) -> Iterator[Shift]:
    """Yield the shifts of methods whose fits both runs repeated."""
    for dataset, method in pairs:
        base, new = (
            side.get(dataset, {}).get(method, {}).get("fit")
            for side in (measured, others)
        )
        if not (base and new):
            continue
        pace = base["yardstick_s"] / new["yardstick_s"]
        shift = _clean(math.log(new["cpu_s"] / base["cpu_s"] * pace))
        repeats = base["repeats"], new["repeats"]
        yield Shift(
            pair=(dataset, method),
            what="processor time",
            base=base["cpu_s"],
            # At the pace that the base run had.
            new=base["cpu_s"] * math.exp(shift),
            log_ratio=shift,
            error=math.hypot(base["error"], new["error"]),
            how=f"{repeats[0]} and {repeats[1]} repeats, against the yardstick",
            df=sum(repeats) - 2,
        )


def _pooled(shifts: Sequence[Shift], apart: float) -> list[Shift]:
    """Let no error be less than most are, as few times show little of it."""
    usual = float(np.median([shift.error for shift in shifts])) if shifts else 0.0
    return [
        shift._replace(error=math.hypot(max(shift.error, usual), apart))
        for shift in shifts
    ]


def _of_answers(
    pairs: Sequence[tuple[str, str]],
    measured: Mapping[str, Any],
    others: Mapping[str, Any],
) -> Iterator[Shift]:
    found = []
    for dataset, method in pairs:
        speeds = [side.get(dataset, {}).get(method, {}) for side in (measured, others)]
        if all(speed.get("cpu_s") and speed.get("yardstick_s") for speed in speeds):
            base, new = (
                speed["n_rows"] / speed["cpu_s"] * speed["yardstick_s"]
                for speed in speeds
            )
            found.append(((dataset, method), speeds[0], _clean(math.log(base / new))))
    leads = np.array([lead for *_, lead in found])
    # How differently methods shifted shows how noisy the machine was.
    spread = np.median(np.abs(leads - np.median(leads))) if found else 0.0
    error = math.hypot(float(spread) / _MEDIAN_OF_NORMAL, _APART_THROUGHPUT)
    for pair, speed, lead in found:
        rate = speed["n_rows"] / speed["cpu_s"]
        yield Shift(
            pair=pair,
            what="throughput",
            base=rate,
            new=rate / math.exp(lead),
            log_ratio=lead,
            error=error,
            how="processor time, against the yardstick",
        )


def _clean(log_ratio: float) -> float:
    return 0.0 if abs(log_ratio) < 1e-12 else log_ratio
