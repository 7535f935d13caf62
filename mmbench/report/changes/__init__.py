"""What changed between two runs: in quality, in speed, and what can't be told."""

from mmbench.report.changes.change import Change, Changes
from mmbench.report.changes.compare import compare_runs

__all__ = ["Change", "Changes", "compare_runs"]
