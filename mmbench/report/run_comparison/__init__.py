"""What changed between two runs: in quality, in speed, and what can't be told."""

from mmbench.report.run_comparison.change import Change, Changes
from mmbench.report.run_comparison.compare import compare_runs

__all__ = ["Change", "Changes", "compare_runs"]
