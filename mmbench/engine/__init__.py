"""Run suites: from trials to records."""

from __future__ import annotations

from mmbench.engine.compositions import expand
from mmbench.engine.environment import cpu_name, n_cores, versions
from mmbench.engine.execute import cache_folder, finished_trials, run
from mmbench.engine.executor import check_scheduler
from mmbench.engine.expansion import Subproblem
from mmbench.engine.folds import Fold, folds_of
from mmbench.engine.limits import Limits
from mmbench.engine.plan import Plan, make_plan
from mmbench.engine.seeding import prepared

__all__ = [
    "Fold",
    "Limits",
    "Plan",
    "Subproblem",
    "cache_folder",
    "check_scheduler",
    "cpu_name",
    "expand",
    "finished_trials",
    "folds_of",
    "make_plan",
    "n_cores",
    "prepared",
    "run",
    "versions",
]
