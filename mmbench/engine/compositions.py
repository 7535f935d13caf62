"""How the engine looks into scikit-learn's compositions and into our fusions.

Importing this module registers them all with :func:`mmbench.engine.expansion.expand`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from mmbench.engine.blocks import Join, Multiply
from mmbench.engine.expansion import Task, expand, is_row_wise, whole
from mmbench.engine.node import Node
from mmbench.engine.several_labels import BesideLabels, shares_of
from mmbench.engine.voting import Average, ClassifyBlocks, Fuse, Meta
from mmbench.engine.works import Source
from mmbench.fusion import (
    FusionNetClassifier,
    HybridFusionClassifier,
    InteractionFeatures,
    LateFusionClassifier,
    SelectColumns,
    columns_of,
)

__all__ = ["expand"]


@expand.register(Pipeline)
def _(pipeline: Pipeline, task: Task) -> Node:
    steps = [step for _, step in pipeline.steps if step not in (None, "passthrough")]
    if len(steps) < len(pipeline.steps) or pipeline.transform_input:
        return whole(pipeline, task)
    for step in steps:
        task = task.then(step)
    return task.input


@expand.register(FeatureUnion)
def _(union: FeatureUnion, task: Task) -> Node:
    transformers = [transformer for _, transformer in union.transformer_list]
    if any(isinstance(transformer, str) for transformer in transformers):
        return whole(union, task)
    weights = union.transformer_weights or {}
    factors = tuple(weights.get(name) for name, _ in union.transformer_list)
    return _joined(Join(factors), [expand(t, task) for t in transformers], task)


@expand.register(InteractionFeatures)
def _(interaction: InteractionFeatures, task: Task) -> Node:
    if len(interaction.transformers) != 2:
        return whole(interaction, task)
    blocks = [expand(transformer, task) for _, transformer in interaction.transformers]
    return _joined(Multiply(), blocks, task)


@expand.register(ColumnTransformer)
def _(transformer: ColumnTransformer, task: Task) -> Node:
    plain = transformer.remainder == "drop" and not transformer.transformer_weights
    for _, inner, columns in transformer.transformers:
        names = columns if isinstance(columns, list) else [columns]
        plain = plain and not isinstance(inner, str)
        plain = plain and bool(names) and all(isinstance(name, str) for name in names)
    if not plain:
        return whole(transformer, task)
    blocks = [
        expand(inner, task.then(SelectColumns(columns)))
        for _, inner, columns in transformer.transformers
    ]
    threshold = transformer.sparse_threshold
    # Always split: the training rows decide whether the result is sparse.
    return task.node(Join((None,) * len(blocks), threshold), *blocks)


@expand.register(VotingClassifier)
def _(voting: VotingClassifier, task: Task) -> Node:
    voters = [voter for _, voter in voting.estimators]
    if voting.voting != "soft" or "drop" in voters or not _give_probabilities(voters):
        return whole(voting, task)
    weights = None if voting.weights is None else tuple(map(float, voting.weights))
    return task.node(Average(weights), *(expand(voter, task) for voter in voters))


@expand.register(StackingClassifier)
def _(stack: StackingClassifier, task: Task) -> Node:
    voters = [voter for _, voter in stack.estimators]
    known = stack.stack_method in ("auto", "predict_proba") and stack.cv != "prefit"
    if stack.passthrough or not known or not _give_probabilities(voters):
        return whole(stack, task)
    folds = _fixed_folds(stack.cv, task)
    if folds is None:
        return whole(stack, task)
    answers = _with_inner(voters, task, folds)
    meta = Meta(len(voters), tuple(fold.rows for fold in folds))
    final = stack.final_estimator or LogisticRegression()
    return expand(final, replace(task, input=task.node(meta, *answers)))


@expand.register(LateFusionClassifier)
def _(late: LateFusionClassifier, task: Task) -> Node:
    return _fused(late, [voter for _, voter in late.estimators], task)


@expand.register(HybridFusionClassifier)
def _(hybrid: HybridFusionClassifier, task: Task) -> Node:
    return _fused(hybrid, [voter for _, voter in hybrid.late_estimators()], task)


@expand.register(FusionNetClassifier)
def _(net: FusionNetClassifier, task: Task) -> Node:
    blocks = [expand(block, task) for _, block in net.blocks()]
    return task.node(ClassifyBlocks(net.network()), *blocks)


@expand.register(OneVsRestClassifier)
def _(each: OneVsRestClassifier, task: Task) -> Node:
    if task.y.ndim == 1:
        return whole(each, task)
    shares = shares_of(task.y[task.rows.train])
    varied = [label for label, share in enumerate(shares) if share is None]
    if not varied:
        return whole(each, task)
    votes = [expand(each.estimator, task.about(label)) for label in varied]
    return task.node(BesideLabels(shares), *votes)


@expand.register(CalibratedClassifierCV)
def _(calibrated: CalibratedClassifierCV, task: Task) -> Node:
    inner = calibrated.estimator
    if not isinstance(inner, Pipeline):
        return whole(calibrated, task)
    # What stands before the first step that learns is the same under every inner fold.
    rest = list(inner.steps)
    while len(rest) > 1 and task.input.rows is None and is_row_wise(rest[0][1]):
        task = task.then(rest.pop(0)[1])
    return whole(clone(calibrated).set_params(estimator=Pipeline(rest)), task)


def _joined(work: Join | Multiply, blocks: Sequence[Node], task: Task) -> Node:
    """Return the node of blocks side by side; whole when all of them are."""
    is_whole = all(block.rows is None for block in blocks)
    return Node(
        work, tuple(blocks), None if is_whole else task.rows, task.input.dataset
    )


def _fused(late: Any, voters: list[Any], task: Task) -> Node:
    # Only probabilities can be combined elsewhere; and a voter that sees features
    # instead of columns can't tell where they are missing.
    if not _give_probabilities(voters) or not isinstance(task.input.work, Source):
        return whole(late, task)
    columns = tuple(columns_of(voter) for voter in voters)
    if late.rule != "weighted":
        answers = [expand(voter, task) for voter in voters]
        return task.node(Fuse(late.rule, columns), task.input, *answers)
    folds = _fixed_folds(late.cv, task)
    if folds is None:
        return whole(late, task)
    fuse = Fuse(late.rule, columns, tuple(fold.rows for fold in folds))
    return task.node(fuse, task.input, *_with_inner(voters, task, folds))


def _give_probabilities(voters: Sequence[Any]) -> bool:
    return all(hasattr(voter, "predict_proba") for voter in voters)


def _fixed_folds(cv: Any, task: Task) -> list[Task] | None:
    """Return the inner folds, or None when every look at them gives others."""
    unseeded = getattr(cv, "shuffle", False) and cv.random_state is None
    if unseeded or (hasattr(cv, "split") and not hasattr(cv, "get_n_splits")):
        return None
    folds = task.inner(cv)
    answered = np.concatenate([fold.rows.apply for fold in folds])
    return (
        folds if np.array_equal(np.sort(answered), np.sort(task.rows.train)) else None
    )


def _with_inner(voters: Sequence[Any], task: Task, folds: Sequence[Task]) -> list[Node]:
    full = [expand(voter, task) for voter in voters]
    return full + [expand(voter, fold) for voter in voters for fold in folds]
