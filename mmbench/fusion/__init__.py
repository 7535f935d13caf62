"""Fusion: how the branches of a method become one prediction.

A branch picks a column and turns it into features. Early fusion joins the features
under one classifier, interaction fusion their products too, late fusion combines one
classifier per branch by a rule, hybrid fusion lets an early fusion vote too, stacked
fusion learns how to combine, and joint fusion trains one network over all features.
"""

from __future__ import annotations

from mmbench.fusion.block_network import NETWORK_FUSIONS, BlockNetworkClassifier
from mmbench.fusion.columns import (
    column_sets,
    columns_of,
    inner_estimators,
    missing_rows,
)
from mmbench.fusion.combine import (
    RULES,
    Rule,
    align_probabilities,
    combine,
    learn_weights,
)
from mmbench.fusion.conformance import check_fusion
from mmbench.fusion.describe import Description, describe
from mmbench.fusion.early import BlockScaler, early_fusion
from mmbench.fusion.hybrid import HybridFusionClassifier
from mmbench.fusion.interaction import (
    InteractionFeatures,
    interaction_fusion,
    row_products,
)
from mmbench.fusion.late import LateFusionClassifier
from mmbench.fusion.network import FusionNetClassifier
from mmbench.fusion.select import SelectColumns, append_step, branch
from mmbench.fusion.stacked import stacked_fusion

__all__ = [
    "NETWORK_FUSIONS",
    "RULES",
    "BlockNetworkClassifier",
    "BlockScaler",
    "Description",
    "FusionNetClassifier",
    "HybridFusionClassifier",
    "InteractionFeatures",
    "LateFusionClassifier",
    "Rule",
    "SelectColumns",
    "align_probabilities",
    "append_step",
    "branch",
    "check_fusion",
    "column_sets",
    "columns_of",
    "combine",
    "describe",
    "early_fusion",
    "inner_estimators",
    "interaction_fusion",
    "learn_weights",
    "missing_rows",
    "row_products",
    "stacked_fusion",
]
