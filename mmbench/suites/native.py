"""Boosted trees over columns as they are, missing numbers and categories included."""

from __future__ import annotations

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


def methods(materials: Materials) -> Methods:
    """Return boosted trees over all units, numbers and categories left as they are.

    Trees split off missing numbers and sets of categories by themselves. Texts are
    reduced to 50 columns, pictures and sounds are what their extractors make of them.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; where classes are rare, with weights of classes
        too; none without numeric or categorical columns.
    """
    units = materials.units()
    if not {"numeric", "categorical"} & set(units):
        return {}
    features = _features(materials)
    given = {"categorical_features": range(len(_of(materials, "categorical")))}
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


def _features(materials: Materials) -> Any:
    """Return a union whose first columns are the categories, as numbers."""
    blocks: list[tuple[str, Pipeline]] = [("table", _table(materials))]
    for unit, kind in materials.units().items():
        if kind not in ("numeric", "categorical"):
            features = materials.features(unit, materials.main_extractor(unit))
            blocks.append((unit, append_step(features, DenseReducer(50))))
    return FeatureUnion(blocks)


def _table(materials: Materials) -> Pipeline:
    numbers, categories = (_of(materials, k) for k in ("numeric", "categorical"))
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=200,
    )
    parts = [("categories", encoder, categories), ("numbers", "passthrough", numbers)]
    encode = ColumnTransformer([part for part in parts if part[2]])
    return branch([*categories, *numbers], encode)
