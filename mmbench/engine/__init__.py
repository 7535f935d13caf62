"""Run suites: from trials to records."""

from __future__ import annotations

from mmbench.engine.environment import cpu_name, n_cores, versions
from mmbench.engine.execute import execute, run
from mmbench.engine.folds import Fold, folds_of
from mmbench.engine.plan import Plan, make_plan
from mmbench.engine.seeding import prepared

__all__ = [
    "Fold",
    "Plan",
    "cpu_name",
    "execute",
    "folds_of",
    "make_plan",
    "n_cores",
    "prepared",
    "run",
    "versions",
]
