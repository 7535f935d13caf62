"""Statistics of scores: arrays in, numbers out.

Resampling, tests, intervals, ranks and calibration, each held to scipy, statsmodels or
a published example. May import `errors` only.
"""

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
from mmbench.stats.calibration import (
    ReliabilityCurve,
    brier_score,
    expected_calibration_error,
    expected_error_by_chance,
    reliability_curve,
)
from mmbench.stats.claims import (
    Claim,
    Question,
    best_against_best,
    compare_best,
    compare_pairs,
)
from mmbench.stats.conclusions import (
    Conclusion,
    conclude,
    effect_words,
    rope_on_scale,
)
from mmbench.stats.estimates import Estimates
from mmbench.stats.fold_scores import CorrectedT, corrected_resampled_ttest
from mmbench.stats.importance import (
    Importance,
    permutation_importance,
    shapley_values,
)
from mmbench.stats.influence import influence_values
from mmbench.stats.label_errors import (
    LabelErrors,
    confident_joint,
    label_errors,
    noise_joint,
)
from mmbench.stats.learning_curves import (
    FEWEST_FOLDS,
    FEWEST_SIZES,
    Extrapolation,
    extrapolate,
)
from mmbench.stats.over_datasets import (
    FEWEST_DATASETS,
    Average,
    OverDatasets,
    averages_over_datasets,
    mean_effect,
)
from mmbench.stats.paired import Difference, paired_difference
from mmbench.stats.permutation import paired_permutation_test
from mmbench.stats.power import detectable_difference
from mmbench.stats.ranking import competition_ranks, pareto_front
from mmbench.stats.resampling import (
    Interval,
    Resamples,
    bootstrap_interval,
    bootstrap_score,
)
from mmbench.stats.summary import MeanStd, mean_std
from mmbench.stats.training import (
    excess_covariance,
    is_degenerate,
    retraining_covariance,
)

__all__ = [
    "FEWEST_DATASETS",
    "FEWEST_FOLDS",
    "FEWEST_SIZES",
    "Average",
    "Claim",
    "Conclusion",
    "CorrectedT",
    "Difference",
    "Estimates",
    "Extrapolation",
    "Friedman",
    "Importance",
    "Interval",
    "LabelErrors",
    "MeanStd",
    "OverDatasets",
    "Question",
    "ReliabilityCurve",
    "Resamples",
    "SignedRank",
    "average_ranks",
    "averages_over_datasets",
    "bayesian_signed_rank",
    "best_against_best",
    "bootstrap_interval",
    "bootstrap_score",
    "brier_score",
    "compare_best",
    "compare_pairs",
    "competition_ranks",
    "conclude",
    "confident_joint",
    "corrected_resampled_ttest",
    "detectable_difference",
    "effect_words",
    "excess_covariance",
    "expected_calibration_error",
    "expected_error_by_chance",
    "extrapolate",
    "friedman",
    "holm",
    "indistinct_groups",
    "indistinguishable_from_best",
    "influence_values",
    "is_degenerate",
    "label_errors",
    "mean_effect",
    "mean_std",
    "nemenyi_distance",
    "noise_joint",
    "paired_difference",
    "paired_permutation_test",
    "pareto_front",
    "permutation_importance",
    "reliability_curve",
    "retraining_covariance",
    "rope_on_scale",
    "shapley_values",
    "smallest_p",
]
