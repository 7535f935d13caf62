"""Run suites and look at their results from Python.

What a user calls: it puts datasets, suites, the engine and reports together and shows
progress. May import everything but `cli`, which is imported by nothing else.
"""

from mmbench.api.results import Results
from mmbench.api.running import compare_methods, run
from mmbench.engine import run as iter_run

__all__ = ["Results", "compare_methods", "iter_run", "run"]
