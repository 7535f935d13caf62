"""Run suites: from trials to records.

`plan` turns trials into nodes (`graph`), `execute` has them done (`execution`) and
kept (`cache`), and `after` asks fitted methods more. May import `suite`, `datasets`,
`tasks`, `fusion` and `results`; never an extractor, a predictor or a report.
"""

from __future__ import annotations

from mmbench.engine.cache.place import cache_folder
from mmbench.engine.environment import cpu_name, n_cores, versions
from mmbench.engine.execute import finished_trials, run
from mmbench.engine.execution.executor import check_scheduler
from mmbench.engine.execution.limits import Limits
from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.expansion import Subproblem
from mmbench.engine.graph.folds import Fold, folds_of
from mmbench.engine.graph.seeding import prepared
from mmbench.engine.plan import Plan, make_plan

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
