"""Compare classical, ensemble and fusion classifiers on texts, images and numbers."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmbench.datasets import EMBEDDED, Dataset, Samples, get_dataset, read_table
    from mmbench.engine import run
    from mmbench.errors import MmbenchError
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
    "Samples",
    "Suite",
    "Trial",
    "build_suite",
    "get_dataset",
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
    "Samples": "mmbench.datasets",
    "Suite": "mmbench.suite",
    "Trial": "mmbench.suite",
    "build_suite": "mmbench.suites",
    "get_dataset": "mmbench.datasets",
    "make_report": "mmbench.report",
    "read_table": "mmbench.datasets",
    "run": "mmbench.engine",
}


def __getattr__(name: str) -> Any:
    # Importing mmbench costs nothing; what is used is imported when it is used.
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
