"""What changed between two runs: in what they cover, in quality and in speed."""

from mmbench.report.run_comparison.change import Change, Changes, Lost
from mmbench.report.run_comparison.compare import compare_runs

__all__ = ["Change", "Changes", "Lost", "compare_runs"]
