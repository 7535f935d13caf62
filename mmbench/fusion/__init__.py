"""Fusion: how the branches of a method become one prediction.

A branch picks a column and turns it into features. Early fusion joins the features
under one predictor, interaction fusion their products too, and similarity fusion how
well they fit each other. Late fusion combines one predictor per branch by a rule,
hybrid fusion lets an early fusion vote too, stacked fusion learns how to combine, and
joint fusion trains one network over all features.

May import `columns`, `neural` and `texts`.
"""

from __future__ import annotations

from mmbench.fusion.block_features import BlockFeatures
from mmbench.fusion.block_network import (
    NETWORK_FUSIONS,
    BlockNetworkClassifier,
    BlockNetworkRegressor,
)
from mmbench.fusion.block_weights import BlockWeightSearchCV, searched_early_fusion
from mmbench.fusion.canonical import canonical_fusion
from mmbench.fusion.columns import (
    column_sets,
    columns_of,
    inner_estimators,
    missing_rows,
    needed_columns,
)
from mmbench.fusion.combine import RULES, Rule, align_probabilities, combine
from mmbench.fusion.combine_numbers import NUMBER_RULES, NumberRule, combine_numbers
from mmbench.fusion.conformance import check_fusion
from mmbench.fusion.describe import Description, describe
from mmbench.fusion.early import BlockScaler, early_fusion, under
from mmbench.fusion.fold_bagging import FoldBaggingClassifier, FoldBaggingRegressor
from mmbench.fusion.greedy import GreedyEnsembleClassifier, GreedyEnsembleRegressor
from mmbench.fusion.hybrid import HybridFusionClassifier, HybridFusionRegressor
from mmbench.fusion.interaction import (
    InteractionFeatures,
    interaction_fusion,
    row_products,
)
from mmbench.fusion.kernels import BlockKernels, kernel_fusion
from mmbench.fusion.key_frames import (
    FRAME_RULES,
    FrameScorer,
    KeyFrameRegressor,
)
from mmbench.fusion.late import LateFusionClassifier, LateFusionRegressor
from mmbench.fusion.missing_blocks import BlockImputer, robust_fusion
from mmbench.fusion.nested_folds import NestedFolds
from mmbench.fusion.network import FusionNetClassifier, FusionNetRegressor
from mmbench.fusion.select import SelectColumns, append_step, branch
from mmbench.fusion.selection import (
    CLASS_SCORES,
    Selection,
    select_number_voters,
    select_voters,
)
from mmbench.fusion.similarity import (
    BlockSimilarity,
    cosines_and_distances,
    similarity_fusion,
)
from mmbench.fusion.stacked import stacked_fusion, stacked_layers
from mmbench.fusion.weights import learn_number_weights, learn_weights

__all__ = [
    "CLASS_SCORES",
    "FRAME_RULES",
    "NETWORK_FUSIONS",
    "NUMBER_RULES",
    "RULES",
    "BlockFeatures",
    "BlockImputer",
    "BlockKernels",
    "BlockNetworkClassifier",
    "BlockNetworkRegressor",
    "BlockScaler",
    "BlockSimilarity",
    "BlockWeightSearchCV",
    "Description",
    "FoldBaggingClassifier",
    "FoldBaggingRegressor",
    "FrameScorer",
    "FusionNetClassifier",
    "FusionNetRegressor",
    "GreedyEnsembleClassifier",
    "GreedyEnsembleRegressor",
    "HybridFusionClassifier",
    "HybridFusionRegressor",
    "InteractionFeatures",
    "KeyFrameRegressor",
    "LateFusionClassifier",
    "LateFusionRegressor",
    "NestedFolds",
    "NumberRule",
    "Rule",
    "SelectColumns",
    "Selection",
    "align_probabilities",
    "append_step",
    "branch",
    "canonical_fusion",
    "check_fusion",
    "column_sets",
    "columns_of",
    "combine",
    "combine_numbers",
    "cosines_and_distances",
    "describe",
    "early_fusion",
    "inner_estimators",
    "interaction_fusion",
    "kernel_fusion",
    "learn_number_weights",
    "learn_weights",
    "missing_rows",
    "needed_columns",
    "robust_fusion",
    "row_products",
    "searched_early_fusion",
    "select_number_voters",
    "select_voters",
    "similarity_fusion",
    "stacked_fusion",
    "stacked_layers",
    "under",
]
