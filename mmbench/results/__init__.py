"""What trials leave on disk: records, predictions, plan and environment.

A results folder describes itself: a later report or comparison needs neither the
dataset nor the engine. Nothing in it is executed.

May import `untrusted` and `errors`.
"""

from mmbench.results.atomic import (
    read_file,
    store_errors,
    write_file,
    write_text,
)
from mmbench.results.predictions import Predictions
from mmbench.results.record import SCHEMA, STATUSES, NodeCost, Record, Status
from mmbench.results.store import ResultStore

__all__ = [
    "SCHEMA",
    "STATUSES",
    "NodeCost",
    "Predictions",
    "Record",
    "ResultStore",
    "Status",
    "read_file",
    "store_errors",
    "write_file",
    "write_text",
]
