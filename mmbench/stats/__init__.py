"""Statistics of scores: arrays in, numbers out, nothing of mmbench needed."""

from mmbench.stats.order import competition_ranks, pareto_front
from mmbench.stats.summary import MeanStd, mean_std

__all__ = ["MeanStd", "competition_ranks", "mean_std", "pareto_front"]
