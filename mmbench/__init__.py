"""Compare classifiers and regressors on texts, images and numbers.

Methods are scikit-learn estimators over a DataFrame. A suite tries them on datasets by
cross-validation; work that they share is done once.

Compare your own estimators on your own table::

    import mmbench
    results = mmbench.compare_methods(df, target="kind", text=["name"], methods={...})
    results.leaderboard()   # one row per method
    results.verdicts        # which differences are significant
    results.report()        # a page with tables and figures

Or run a built-in suite on it::

    data = mmbench.read_table("products.csv", target="kind", text=["name"])
    results = mmbench.run(mmbench.build_suite("text", [data]), "out/")

Where to look further
---------------------
compare_methods, run, iter_run, Results
    Running, and what it found.
read_table, get_dataset, Dataset, Samples, EMBEDDED
    Data.
build_suite, Suite, Trial
    What is run.
make_report, ResultStore, Record
    A results folder and its report.
export_model, load_model
    A method as a model, and asking it.
mmbench.feature_extraction, mmbench.fusion, mmbench.predictors
    What methods are made of.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmbench.api import Results, compare_methods, iter_run, run
    from mmbench.datasets import EMBEDDED, Dataset, Samples, get_dataset, read_table
    from mmbench.errors import MmbenchError
    from mmbench.export import export_model, load_model
    from mmbench.report import make_report
    from mmbench.results import Record, ResultStore
    from mmbench.suite import Suite, Trial
    from mmbench.suites import build_suite

__version__ = "0.1.0"

__all__ = [
    "EMBEDDED",
    "Dataset",
    "MmbenchError",
    "Record",
    "ResultStore",
    "Results",
    "Samples",
    "Suite",
    "Trial",
    "build_suite",
    "compare_methods",
    "export_model",
    "get_dataset",
    "iter_run",
    "load_model",
    "make_report",
    "read_table",
    "run",
]

_HOMES = {
    "EMBEDDED": "mmbench.datasets",
    "Dataset": "mmbench.datasets",
    "MmbenchError": "mmbench.errors",
    "Record": "mmbench.results",
    "ResultStore": "mmbench.results",
    "Results": "mmbench.api",
    "Samples": "mmbench.datasets",
    "Suite": "mmbench.suite",
    "Trial": "mmbench.suite",
    "build_suite": "mmbench.suites",
    "compare_methods": "mmbench.api",
    "export_model": "mmbench.export",
    "get_dataset": "mmbench.datasets",
    "iter_run": "mmbench.api",
    "load_model": "mmbench.export",
    "make_report": "mmbench.report",
    "read_table": "mmbench.datasets",
    "run": "mmbench.api",
}


def __getattr__(name: str) -> object:
    # Importing mmbench costs nothing; what is used is imported when it is used.
    if name in _HOMES:
        return getattr(_import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
