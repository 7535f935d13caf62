"""Reports: a results folder in words, tables and figures.

Made from records, plan and environment alone: no dataset, no engine, no torch.

May import `results`, `stats`, `tasks` and `presentation`.
"""

from mmbench.report.make import make_report

__all__ = ["make_report"]
