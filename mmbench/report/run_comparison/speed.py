"""Whether a method got slower, by more than the noise of the two runs.

Nobody can tell from two runs alone how busy the machine was in each. What they do hold
are signs of it, and the noise floor is made of all three: how much times of one method
vary inside the runs, how differently the methods shifted from one run to the other,
and how far the clock on the wall and the processor's clock disagree on that shift. A
machine that was idle in both runs leaves a floor of a few per cent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from mmbench.report.run_comparison.change import Change, Outcome
from mmbench.report.run_comparison.pairing import Side
from mmbench.results import Record

__all__ = ["Shift", "speed_changes", "told"]

# Standard deviations that a change has to be beyond.
_BEYOND = 3.0
# The median of absolute values over the standard deviation, for normal ones.
_MEDIAN_OF_NORMAL = 0.6745
_QUARTILES_OF_NORMAL = 2 * _MEDIAN_OF_NORMAL
# Of fewer methods, nobody knows which of them is the odd one out.
_FEW = 3


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
    spread : float
        The standard deviation of the logarithm inside the runs.
    how : str
        What that was measured over.
    """

    pair: tuple[str, str]
    what: str
    base: float
    new: float
    log_ratio: float
    spread: float
    how: str


def speed_changes(
    base: Side,
    new: Side,
    pairs: Sequence[tuple[str, str]],
    max_slowdown: float,
) -> list[Change]:
    """Compare the times of two runs.

    Parameters
    ----------
    base, new : Side
        The runs.
    pairs : sequence of (str, str)
        The datasets and methods that both ran.
    max_slowdown : float
        How many times slower is too much; less is never told as a change.

    Returns
    -------
    list of Change
        Times to fit, to predict and of all work under a trial, by fold, and throughput
        where both measured it.
    """
    shifts = [
        shift
        for pair in pairs
        for shift in _shifts(pair, base.trials(*pair), new.trials(*pair))
    ]
    shifts += _throughputs(pairs, base.store.throughput(), new.store.throughput())
    clocks = _clocks(base, new, pairs)
    changes = []
    for what in dict.fromkeys(shift.what for shift in shifts):
        alike = [shift for shift in shifts if shift.what == what]
        apart = _scale([shift.log_ratio for shift in alike])
        changes += [told(s, math.hypot(apart, clocks), max_slowdown) for s in alike]
    return changes


def told(shift: Shift, between: float, max_slowdown: float) -> Change:
    """Judge a shift by the noise inside the runs and between them.

    Parameters
    ----------
    shift : Shift
        What was measured.
    between : float
        The standard deviation of the logarithm from run to run, as far as it shows.
    max_slowdown : float
        How many times slower is too much.

    Returns
    -------
    Change

    Examples
    --------
    >>> shift = Shift(("d", "m"), "fit time", 1.0, 1.5, math.log(1.5), 0.05, "5 folds")
    >>> told(shift, 0.05, 1.2).outcome, told(shift, 0.3, 1.2).outcome
    ('worse', 'unclear')
    """
    floor = _BEYOND * math.hypot(shift.spread, between)
    outcome: Outcome = "same" if shift.log_ratio == 0 else "unclear"
    if abs(shift.log_ratio) > max(floor, math.log(max_slowdown)):
        outcome = "worse" if shift.log_ratio > 0 else "better"
    return Change(
        *shift.pair,
        what=shift.what,
        base=shift.base,
        new=shift.new,
        change=math.exp(shift.log_ratio),
        low=math.exp(shift.log_ratio - floor),
        high=math.exp(shift.log_ratio + floor),
        p_value=math.nan,
        detectable=math.exp(max(floor, math.log(max_slowdown))),
        outcome=outcome,
        how=shift.how,
    )


def _shifts(
    pair: tuple[str, str],
    trials: Mapping[tuple[int, int], Record],
    others: Mapping[tuple[int, int], Record],
) -> Iterator[Shift]:
    places = sorted(trials.keys() & others.keys())
    for what, time_s in _KINDS.items():
        times = [(time_s(trials[place]), time_s(others[place])) for place in places]
        known = np.array([both for both in times if all(both)], dtype=np.float64)
        if not len(known):
            continue
        ratios = np.log(known[:, 1] / known[:, 0])
        yield Shift(
            pair=pair,
            what=what,
            base=float(known[:, 0].mean()),
            new=float(known[:, 1].mean()),
            log_ratio=_clean(float(np.mean(ratios))),
            spread=float(np.std(ratios, ddof=1)) if len(ratios) > 1 else 0.0,
            how=f"{len(known)} trials each",
        )


def _throughputs(
    pairs: Iterable[tuple[str, str]],
    measured: Mapping[str, Any],
    others: Mapping[str, Any],
) -> Iterator[Shift]:
    for dataset, method in pairs:
        speeds = [side.get(dataset, {}).get(method) for side in (measured, others)]
        if not all(speed and speed.get("samples_per_s") for speed in speeds):
            continue
        base, new = (float(speed["samples_per_s"]) for speed in speeds)
        yield Shift(
            pair=(dataset, method),
            what="throughput",
            base=base,
            new=new,
            log_ratio=_clean(math.log(base / new)),
            spread=math.hypot(*map(_quartile_spread, speeds)),
            how="measured alone",
        )


def _quartile_spread(speed: Mapping[str, Any]) -> float:
    low, high = speed.get("samples_per_s_q1"), speed.get("samples_per_s_q3")
    if not low or not high:
        return 0.0
    return math.log(high / low) / _QUARTILES_OF_NORMAL


def _clocks(base: Side, new: Side, pairs: Iterable[tuple[str, str]]) -> float:
    """Return how far wall time and processor time disagree on the shift of the work."""
    gaps = []
    for pair in pairs:
        trials, others = base.trials(*pair), new.trials(*pair)
        for place in trials.keys() & others.keys():
            sides = [_times(side[place]) for side in (trials, others)]
            if all(min(side) > 0 for side in sides):
                (wall, cpu), (other_wall, other_cpu) = sides
                gaps.append(math.log(other_wall / wall) - math.log(other_cpu / cpu))
    return float(np.median(np.abs(gaps))) / _MEDIAN_OF_NORMAL if gaps else 0.0


def _times(record: Record) -> tuple[float, float]:
    costs = record.nodes.values()
    return math.fsum(c.wall_s for c in costs), math.fsum(c.cpu_s for c in costs)


_KINDS: Mapping[str, Callable[[Record], float | None]] = {
    "fit time": lambda record: record.fit_time_s,
    "predict time": lambda record: record.predict_time_s,
    "all work": lambda record: _times(record)[0],
}


def _scale(shifts: Sequence[float]) -> float:
    """Return the standard deviation of shifts, whatever a few odd ones are."""
    if len(shifts) < _FEW:
        return 0.0
    away = np.abs(np.asarray(shifts) - np.median(shifts))
    return float(np.median(away)) / _MEDIAN_OF_NORMAL


def _clean(log_ratio: float) -> float:
    return 0.0 if abs(log_ratio) < 1e-12 else log_ratio
