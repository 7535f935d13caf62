"""Statistics of scores: arrays in, numbers out, nothing of mmbench needed."""

from mmbench.stats.across import (
    Friedman,
    average_ranks,
    friedman,
    holm,
    indistinct_groups,
    nemenyi_distance,
    smallest_p,
)
from mmbench.stats.bayes import SignedRank, bayesian_signed_rank
from mmbench.stats.best import indistinguishable_from_best
from mmbench.stats.best_of import BestComparison, best_against_best
from mmbench.stats.calibration import (
    ReliabilityCurve,
    brier_score,
    expected_calibration_error,
    reliability_curve,
)
from mmbench.stats.fold_scores import CorrectedT, corrected_resampled_ttest
from mmbench.stats.importance import (
    Importance,
    permutation_importance,
    shapley_values,
)
from mmbench.stats.paired import Difference, paired_difference
from mmbench.stats.permutation import paired_permutation_test
from mmbench.stats.ranking import competition_ranks, pareto_front
from mmbench.stats.resampling import (
    Interval,
    Resamples,
    bootstrap_interval,
    bootstrap_score,
)
from mmbench.stats.summary import MeanStd, mean_std

__all__ = [
    "BestComparison",
    "CorrectedT",
    "Difference",
    "Friedman",
    "Importance",
    "Interval",
    "MeanStd",
    "ReliabilityCurve",
    "Resamples",
    "SignedRank",
    "average_ranks",
    "bayesian_signed_rank",
    "best_against_best",
    "bootstrap_interval",
    "bootstrap_score",
    "brier_score",
    "competition_ranks",
    "corrected_resampled_ttest",
    "expected_calibration_error",
    "friedman",
    "holm",
    "indistinct_groups",
    "indistinguishable_from_best",
    "mean_std",
    "nemenyi_distance",
    "paired_difference",
    "paired_permutation_test",
    "pareto_front",
    "permutation_importance",
    "reliability_curve",
    "shapley_values",
    "smallest_p",
]
