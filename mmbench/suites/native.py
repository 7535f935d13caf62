"""Boosted trees over columns as they are, missing numbers and categories included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import OrdinalEncoder

from mmbench.fusion import append_step, branch, under
from mmbench.predictors import DenseReducer
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_TREES = {"max_leaf_nodes": 15, "l2_regularization": 1.0, "max_features": 0.5}


def methods(materials: Materials, units: Sequence[str] | None = None) -> Methods:
    """Return boosted trees over units, numbers and categories left as they are.

    Trees split off missing numbers and sets of categories by themselves. Texts are
    reduced to 50 columns, pictures and sounds are what their extractors make of them.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.
    units : sequence of str, optional
        Names from ``materials.units()``; all by default.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; where classes are rare, with weights of classes
        too; none without numeric or categorical columns.
    """
    units = units or list(materials.units())
    if not {"numeric", "categorical"} & set(units):
        return {}
    features = _features(materials, units)
    n_categories = len(_of(materials, units, "categorical"))
    # A list, which the folder of an exported model can hold, and a range can't.
    given = {"categorical_features": list(range(n_categories))}
    trees = materials.kind.native_trees(**_TREES, **given)
    predictors: dict[str, Any] = {"trees": trees}
    if materials.imbalanced:
        weighted = materials.kind.native_trees(
            **_TREES, **given, class_weight="balanced"
        )
        predictors["trees_balanced"] = weighted
    path = f"{'+'.join(units)}/native/{'early/' if len(units) > 1 else ''}"
    return {f"{path}{name}": under(features, each) for name, each in predictors.items()}


def _of(materials: Materials, units: Sequence[str], kind: str) -> list[str]:
    return list(materials.features(kind, kind)[0].columns) if kind in units else []


def _features(materials: Materials, units: Sequence[str]) -> FeatureUnion:
    """Return a union whose first columns are the categories, as numbers."""
    blocks: list[tuple[str, Pipeline]] = [("table", _table(materials, units))]
    for unit in units:
        if unit not in ("numeric", "categorical"):
            features = materials.features(unit, materials.main_extractor(unit))
            blocks.append((unit, append_step(features, DenseReducer(50))))
    return FeatureUnion(blocks)


def _table(materials: Materials, units: Sequence[str]) -> Pipeline:
    kinds = ("numeric", "categorical")
    numbers, categories = (_of(materials, units, kind) for kind in kinds)
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=200,
    )
    parts = [("categories", encoder, categories), ("numbers", "passthrough", numbers)]
    encode = ColumnTransformer([part for part in parts if part[2]])
    return branch([*categories, *numbers], encode)
