"""Statistics of scores: arrays in, numbers out, nothing of mmbench needed."""

from mmbench.stats.across import (
    Friedman,
    average_ranks,
    friedman,
    holm,
    indistinct_groups,
    nemenyi,
    nemenyi_distance,
    smallest_p,
    wilcoxon_holm,
)
from mmbench.stats.bayes import SignedRank, bayesian_signed_rank
from mmbench.stats.best import not_told_from_best
from mmbench.stats.calibration import (
    ReliabilityCurve,
    brier_score,
    expected_calibration_error,
    reliability_curve,
)
from mmbench.stats.contest import Contest, best_against_best
from mmbench.stats.fold_scores import CorrectedT, corrected_t
from mmbench.stats.importance import (
    Importance,
    permutation_importance,
    shapley_values,
)
from mmbench.stats.label_scores import (
    LABEL_SCORES,
    LabelCounts,
    f1_of_classes,
    label_counts,
    label_score,
    scores_for,
)
from mmbench.stats.labels import rows_right
from mmbench.stats.order import competition_ranks, pareto_front
from mmbench.stats.paired import (
    Difference,
    McNemar,
    mcnemar_exact,
    paired_difference,
)
from mmbench.stats.resampling import (
    Interval,
    Resamples,
    bootstrap_interval,
    bootstrap_score,
)
from mmbench.stats.summary import MeanStd, mean_std
from mmbench.stats.swaps import swap_test

__all__ = [
    "LABEL_SCORES",
    "Contest",
    "CorrectedT",
    "Difference",
    "Friedman",
    "Importance",
    "Interval",
    "LabelCounts",
    "McNemar",
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
    "corrected_t",
    "expected_calibration_error",
    "f1_of_classes",
    "friedman",
    "holm",
    "indistinct_groups",
    "label_counts",
    "label_score",
    "mcnemar_exact",
    "mean_std",
    "nemenyi",
    "nemenyi_distance",
    "not_told_from_best",
    "paired_difference",
    "pareto_front",
    "permutation_importance",
    "reliability_curve",
    "rows_right",
    "scores_for",
    "shapley_values",
    "smallest_p",
    "swap_test",
    "wilcoxon_holm",
]
