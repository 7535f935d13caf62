"""How the engine looks into scikit-learn's compositions and into our fusions.

Importing this module registers them all with
:func:`mmbench.engine.graph.expansion.expand`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import (
    FixedThresholdClassifier,
    TunedThresholdClassifierCV,
)
from sklearn.model_selection._search import BaseSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from mmbench.engine.graph.blocks import Join, Multiply
from mmbench.engine.graph.expansion import (
    Subproblem,
    expand,
    is_row_wise,
    whole,
    with_own_folds,
)
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.predicting import (
    Average,
    Fuse,
    JoinParts,
    PredictBlocks,
    StackingFeatures,
    Teach,
    constants_of,
)
from mmbench.engine.graph.search_planning import expand_search
from mmbench.engine.graph.target_transforms import InvertTarget, TransformedTarget
from mmbench.engine.graph.values import Rows
from mmbench.engine.graph.works import Source, TransformBlocks
from mmbench.fusion import (
    BlockFeatures,
    FoldBaggingClassifier,
    FoldBaggingRegressor,
    FusionNetClassifier,
    FusionNetRegressor,
    GreedyEnsembleClassifier,
    GreedyEnsembleRegressor,
    HybridFusionClassifier,
    HybridFusionRegressor,
    InteractionFeatures,
    KeyFrameRegressor,
    LateFusionClassifier,
    LateFusionRegressor,
    SelectColumns,
    columns_of,
)
from mmbench.fusion.embedding import (
    EmbeddingEnsemble,
    JointEmbedding,
    SemanticMatching,
    TaughtMatching,
)
from mmbench.fusion.generation import FusedTranslator, TextEnsemble

__all__ = ["expand"]

_THRESHOLDS = (FixedThresholdClassifier, TunedThresholdClassifierCV)

expand.register(BaseSearchCV, expand_search)


@expand.register(Pipeline)
def _(pipeline: Pipeline, problem: Subproblem) -> Node:
    steps = [step for _, step in pipeline.steps if step not in (None, "passthrough")]
    if len(steps) < len(pipeline.steps) or pipeline.transform_input:
        return whole(pipeline, problem)
    for step in steps:
        problem = problem.then(step)
    return problem.input


@expand.register(FeatureUnion)
def _(union: FeatureUnion, problem: Subproblem) -> Node:
    transformers = [transformer for _, transformer in union.transformer_list]
    if any(isinstance(transformer, str) for transformer in transformers):
        return whole(union, problem)
    weights = union.transformer_weights or {}
    factors = tuple(weights.get(name) for name, _ in union.transformer_list)
    return _joined(Join(factors), [expand(t, problem) for t in transformers], problem)


@expand.register(InteractionFeatures)
def _(interaction: InteractionFeatures, problem: Subproblem) -> Node:
    if len(interaction.transformers) != 2:
        return whole(interaction, problem)
    blocks = [
        expand(transformer, problem) for _, transformer in interaction.transformers
    ]
    return _joined(Multiply(), blocks, problem)


@expand.register(BlockFeatures)
def _(features: BlockFeatures, problem: Subproblem) -> Node:
    blocks = [expand(block, problem) for _, block in features.blocks()]
    combiner = with_own_folds(features.combiner, problem)
    combine = TransformBlocks(combiner, uses_target=False)
    made = problem.node(combine, *blocks)
    if not features.joined:
        return made
    return _joined(Join((None,) * (len(blocks) + 1)), [*blocks, made], problem)


@expand.register(ColumnTransformer)
def _(transformer: ColumnTransformer, problem: Subproblem) -> Node:
    plain = transformer.remainder == "drop" and not transformer.transformer_weights
    for _, inner, columns in transformer.transformers:
        names = columns if isinstance(columns, list) else [columns]
        plain = plain and not isinstance(inner, str)
        plain = plain and bool(names) and all(isinstance(name, str) for name in names)
    if not plain:
        return whole(transformer, problem)
    blocks = [
        expand(inner, problem.then(SelectColumns(columns)))
        for _, inner, columns in transformer.transformers
    ]
    threshold = transformer.sparse_threshold
    # Always split: the training rows decide whether the result is sparse.
    return problem.node(Join((None,) * len(blocks), threshold), *blocks)


@expand.register(VotingClassifier)
@expand.register(VotingRegressor)
def _(voting: VotingClassifier | VotingRegressor, problem: Subproblem) -> Node:
    voters = [voter for _, voter in voting.estimators]
    by_label = getattr(voting, "voting", "soft") != "soft"
    if by_label or "drop" in voters or not problem.context.answers.combines(voters):
        return whole(voting, problem)
    weights = None if voting.weights is None else tuple(map(float, voting.weights))
    return problem.node(Average(weights), *(expand(voter, problem) for voter in voters))


@expand.register(FoldBaggingClassifier)
@expand.register(FoldBaggingRegressor)
def _(bag: FoldBaggingClassifier | FoldBaggingRegressor, problem: Subproblem) -> Node:
    combines = problem.context.answers.combines([bag.estimator])
    folds = _fixed_folds(bag.cv, problem) if combines else None
    if folds is None or problem.input.rows is not None:
        return whole(bag, problem)
    return _bagged(bag.estimator, problem, folds)


@expand.register(StackingClassifier)
def _(stack: StackingClassifier, problem: Subproblem) -> Node:
    if stack.stack_method not in ("auto", "predict_proba"):
        return whole(stack, problem)
    return _stacked(stack, stack.final_estimator or LogisticRegression(), problem)


@expand.register(StackingRegressor)
def _(stack: StackingRegressor, problem: Subproblem) -> Node:
    return _stacked(stack, stack.final_estimator or RidgeCV(), problem)


@expand.register(GreedyEnsembleClassifier)
@expand.register(GreedyEnsembleRegressor)
@expand.register(LateFusionClassifier)
@expand.register(LateFusionRegressor)
def _(late: LateFusionClassifier | LateFusionRegressor, problem: Subproblem) -> Node:
    return _fused(late, [voter for _, voter in late.estimators], problem)


@expand.register(EmbeddingEnsemble)
@expand.register(TextEnsemble)
def _(ensemble: EmbeddingEnsemble | TextEnsemble, problem: Subproblem) -> Node:
    return _fused(ensemble, [member for _, member in ensemble.estimators], problem)


@expand.register(HybridFusionClassifier)
@expand.register(HybridFusionRegressor)
def _(
    hybrid: HybridFusionClassifier | HybridFusionRegressor, problem: Subproblem
) -> Node:
    return _fused(hybrid, [voter for _, voter in hybrid.late_estimators()], problem)


@expand.register(FusionNetClassifier)
@expand.register(FusionNetRegressor)
def _(net: FusionNetClassifier | FusionNetRegressor, problem: Subproblem) -> Node:
    blocks = [expand(block, problem) for _, block in net.blocks()]
    return problem.node(PredictBlocks(net.network()), *blocks)


@expand.register(KeyFrameRegressor)
def _(key_frames: KeyFrameRegressor, problem: Subproblem) -> Node:
    blocks = [expand(block, problem) for block in key_frames.blocks()]
    return problem.node(PredictBlocks(key_frames.scorer()), *blocks)


@expand.register(FusedTranslator)
def _(fused: FusedTranslator, problem: Subproblem) -> Node:
    blocks = [expand(block, problem) for block in fused.blocks()]
    return problem.node(PredictBlocks(fused.writer()), *blocks)


@expand.register(JointEmbedding)
def _(joint: JointEmbedding, problem: Subproblem) -> Node:
    blocks = [expand(block, problem) for block in joint.blocks()]
    return problem.node(PredictBlocks(joint.embedder()), *blocks)


@expand.register(SemanticMatching)
def _(matching: SemanticMatching, problem: Subproblem) -> Node:
    # A task that has no question for each side can't answer by classifiers.
    pairs = list(zip(matching.classifiers(), problem.parts(), strict=True))
    answers = [expand(classifier, part) for classifier, part in pairs]
    return problem.node(JoinParts((None, None)), *answers)


@expand.register(TaughtMatching)
def _(matching: TaughtMatching, problem: Subproblem) -> Node:
    (teacher, taught), at = matching.roles(), matching.teacher_at
    parts = problem.parts()
    asked, other = parts[at], parts[1 - at]
    folds = _fixed_folds(matching.cv, asked)
    if folds is None or not isinstance(taught, Pipeline) or len(taught) < 2:
        return whole(matching, problem)
    rows = tuple(fold.rows for fold in folds)
    own = [] if matching.own is None else [expand(matching.own, other)]
    shares = matching.label_share, matching.own_share if own else None
    teach = Teach(taught[-1], at, *shares, rows)
    features = expand(Pipeline(taught.steps[:-1]), problem)
    full, *inner = _with_inner([teacher], asked, folds)
    return problem.node(teach, features, full, *own, *inner)


@expand.register(TransformedTargetRegressor)
def _(transformed: TransformedTargetRegressor, problem: Subproblem) -> Node:
    func, inverse = transformed.func, transformed.inverse_func
    plain = transformed.transformer is None and func and inverse
    if not plain or transformed.regressor is None:
        return whole(transformed, problem)
    inner = problem.seen_by(TransformedTarget(func, problem.rows))
    # Ours keeps answers in the range of the training rows.
    invert = InvertTarget(inverse, getattr(transformed, "clips", False))
    return problem.node(invert, expand(transformed.regressor, inner))


@expand.register(OneVsRestClassifier)
def _(each: OneVsRestClassifier, problem: Subproblem) -> Node:
    # scikit-learn's own passes over the thresholds that a classifier was tuned to.
    inner = each.estimator
    inner = inner[-1] if isinstance(inner, Pipeline) else inner
    if type(each) is OneVsRestClassifier and isinstance(inner, _THRESHOLDS):
        return whole(each, problem)
    parts = problem.parts()
    constants = constants_of([part.y_train for part in parts])
    varied = [p for p, value in zip(parts, constants, strict=True) if value is None]
    if not varied:
        return whole(each, problem)
    answers = [expand(each.estimator, part) for part in varied]
    return problem.node(JoinParts(constants), *answers)


@expand.register(CalibratedClassifierCV)
def _(calibrated: CalibratedClassifierCV, problem: Subproblem) -> Node:
    inner = calibrated.estimator
    if not isinstance(inner, Pipeline):
        return whole(calibrated, problem)
    # What stands before the first step that learns is the same under every inner fold.
    rest = list(inner.steps)
    while len(rest) > 1 and problem.input.rows is None and is_row_wise(rest[0][1]):
        problem = problem.then(rest.pop(0)[1])
    return whole(clone(calibrated).set_params(estimator=Pipeline(rest)), problem)


def _joined(work: Join | Multiply, blocks: Sequence[Node], problem: Subproblem) -> Node:
    """Return the node of blocks side by side; whole when all of them are."""
    is_whole = all(block.rows is None for block in blocks)
    return Node(
        work, tuple(blocks), None if is_whole else problem.rows, problem.input.dataset
    )


def _stacked(stack: Any, final: Any, problem: Subproblem) -> Node:
    voters = [voter for _, voter in stack.estimators]
    prefit = isinstance(stack.cv, str)
    if stack.passthrough or prefit or not problem.context.answers.combines(voters):
        return whole(stack, problem)
    folds = _fixed_folds(stack.cv, problem)
    if folds is None:
        return whole(stack, problem)
    answers = _with_inner(voters, problem, folds)
    meta = StackingFeatures(len(voters), tuple(fold.rows for fold in folds))
    return expand(final, replace(problem, input=problem.node(meta, *answers)))


def _fused(late: Any, voters: list[Any], problem: Subproblem) -> Node:
    # Labels can't be combined elsewhere; and a voter that sees features instead of
    # columns can't tell where they are missing.
    if not problem.context.answers.combines(voters) or not isinstance(
        problem.input.work, Source
    ):
        return whole(late, problem)
    columns = tuple(columns_of(voter) for voter in voters)
    if not late.learns_weights:
        answers = [expand(voter, problem) for voter in voters]
        return problem.node(Fuse(late.rule, columns), problem.input, *answers)
    folds = _fixed_folds(late.cv, problem)
    if folds is None:
        return whole(late, problem)
    rows = tuple(fold.rows for fold in folds)
    fuse = Fuse(late.rule, columns, rows, late.selection())
    bagged = getattr(late, "bagged", False)
    answers = _with_inner(voters, problem, folds, bagged=bagged)
    return problem.node(fuse, problem.input, *answers)


def _bagged(voter: Any, problem: Subproblem, folds: Sequence[Subproblem]) -> Node:
    """Return the mean of what a voter answers that is fitted in each fold."""
    apply = problem.rows.apply
    parts = [problem.on(Rows(fold.rows.train, apply)) for fold in folds]
    return problem.node(Average(None), *(expand(voter, part) for part in parts))


def _fixed_folds(cv: Any, problem: Subproblem) -> list[Subproblem] | None:
    """Return the inner folds, or None when every look at them gives others."""
    unseeded = getattr(cv, "shuffle", False) and cv.random_state is None
    if unseeded or (hasattr(cv, "split") and not hasattr(cv, "get_n_splits")):
        return None
    folds = problem.inner(cv)
    answered = np.concatenate([fold.rows.apply for fold in folds])
    return (
        folds
        if np.array_equal(np.sort(answered), np.sort(problem.rows.train))
        else None
    )


def _with_inner(
    voters: Sequence[Any],
    problem: Subproblem,
    folds: Sequence[Subproblem],
    *,
    bagged: bool = False,
) -> list[Node]:
    full = [
        _bagged(voter, problem, folds) if bagged else expand(voter, problem)
        for voter in voters
    ]
    return full + [expand(voter, fold) for voter in voters for fold in folds]
