"""How long a whole run will take, from what its trials will cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from mmbench.engine.after.modality_ablation import planned_changes

if TYPE_CHECKING:
    from mmbench.engine.after.retraining import Retrain
    from mmbench.engine.forecast import Forecast
    from mmbench.engine.plan import Plan

__all__ = ["RunTime", "driver_bytes", "run_time"]

# What a run of the suite quick takes beside its work: to start, to make the report, and
# of a core's time in what is around a piece of work.
_START_S = 4.0
_REPORT_S = 8.0
_PIECE_S = 0.02
# What measuring speeds takes: repeats of short fits, and of the work of the methods on
# one fold the share that answers take, of so many rows at most.
_REPEATS_S = 7.0
_SPEED, _MOST_ROWS = 0.2, 3000
# Asking a method about the changed test rows of a fold, each time.
_CHANGE_S = 0.01
# What the driver holds beside the data when it makes the report.
_REPORT_BYTES = 300e6
# Of the pieces of work, the share whose cost has to be known.
_ENOUGH = 0.25


class RunTime(NamedTuple):
    """What the phases of a run will take.

    Attributes
    ----------
    phases_s : mapping of str to float
        Wall time by phase.
    """

    phases_s: Mapping[str, float]

    @property
    def total_s(self) -> float:
        """Wall time of the run."""
        return sum(self.phases_s.values())


def run_time(
    plan: Plan, ahead: Forecast, retrain: Retrain, jobs: int
) -> RunTime | None:
    """Return what a run will take.

    Parameters
    ----------
    plan : Plan
        What is to be run.
    ahead : Forecast
        What its trials will cost.
    retrain : {"auto", "none", "headline", "all"}
        Which methods are retrained.
    jobs : int
        Worker processes.

    Returns
    -------
    RunTime or None
        None where too little is known of the trials.
    """
    if ahead.expected_s is None or ahead.known < _ENOUGH:
        return None
    n_left = ahead.n_nodes - ahead.n_cached
    # What is not known is taken to cost what the rest does.
    work_s = ahead.expected_s / ahead.known if ahead.known else 0.0
    trials_s = work_s + n_left * _PIECE_S
    first = [t for t in plan.trials.values() if t.seed == plan.suite.seeds[0]]
    mean_s = trials_s / max(1, ahead.n_trials)
    timed_s = mean_s * sum(
        min(1.0, _MOST_ROWS / len(plan.samples[trial.dataset].y))
        for trial in first
        if trial.fold == 0
    )
    n_changes = {name: len(planned_changes(plan, name)) for name in plan.datasets}
    n_asked = sum(n_changes[trial.dataset] for trial in first)
    phases = {
        "trials": trials_s / jobs,
        "retraining": _retraining_s(plan, work_s, retrain) / jobs,
        # With the machine to itself, so on one core.
        "speeds": _REPEATS_S + _SPEED * timed_s,
        "ablation": _CHANGE_S * n_asked / jobs,
        "start and report": _START_S + _REPORT_S,
    }
    return RunTime({name: seconds for name, seconds in phases.items() if seconds})


def driver_bytes(plan: Plan) -> int:
    """Return how much memory the driver of a run will hold.

    Parameters
    ----------
    plan : Plan
        What is to be run; its data are in this process.

    Returns
    -------
    int
        What this process holds, the table once more, on its way to the workers, and
        what making the report takes.
    """
    import psutil

    from mmbench.engine.pilot import table_bytes

    held_bytes = int(psutil.Process().memory_info().rss)
    tables_bytes = sum(map(table_bytes, plan.samples.values()))
    return held_bytes + tables_bytes + int(_REPORT_BYTES)


def _retraining_s(plan: Plan, work_s: float, retrain: Retrain) -> float:
    from mmbench.engine.after.contenders import at_most
    from mmbench.engine.after.retraining import AFFORDABLE_S, designs_of, relative_cost

    if retrain == "none":
        return 0.0
    total_s, share = 0.0, 1 / len(plan.datasets)
    for name, design in designs_of(plan).items():
        n_methods, n_chosen = at_most(plan, plan.datasets[name], retrain)
        if n_chosen < 2 or isinstance(design, str):
            continue
        times = relative_cost(plan, design, n_methods, n_chosen)
        total_s += times * work_s * share
    is_left_out = retrain == "auto" and total_s > max(work_s, AFFORDABLE_S)
    return 0.0 if is_left_out else total_s
