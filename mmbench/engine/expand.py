"""Look into estimators: from a method to the nodes of its work.

:func:`expand` is a :func:`functools.singledispatch` over estimator types. What it does
not know is run whole. To make the engine see into a composition of your own, register
how it is expanded::

    @expand.register(MyChain)
    def _(estimator, task):
        for step in estimator.chain:
            task = task.then(step)
        return expand(estimator.last, task)
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import check_cv
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    Binarizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    StandardScaler,
)

from mmbench.engine.node import Node, Rows
from mmbench.engine.works import (
    Average,
    Classify,
    Fuse,
    Inner,
    Join,
    Map,
    Meta,
    Source,
    Transform,
)
from mmbench.fusion import (
    BlockScaler,
    HybridFusionClassifier,
    LateFusionClassifier,
    SelectColumns,
    columns_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Transformers that treat each row by itself. "Needs no fit" would not say as much:
# a FunctionTransformer that subtracts the mean of its input needs no fit either.
_ROW_WISE = (Binarizer, HashingVectorizer, Normalizer, SelectColumns)

# Doing these again costs less than writing their output down and reading it back.
_LIGHT = (
    Binarizer,
    BlockScaler,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    SelectColumns,
    SimpleImputer,
    StandardScaler,
)


@dataclass(frozen=True)
class Task:
    """What an estimator is asked: learn some rows of a node's value, answer for others.

    Parameters
    ----------
    input : Node
        What the estimator is given as ``X``.
    rows : Rows
        Which rows to learn from and which to answer for.
    y : ndarray of shape (n_samples,)
        All labels of the dataset.
    """

    input: Node
    rows: Rows
    y: NDArray[Any]

    def then(self, transformer: Any) -> Task:
        """Return the task for what stands behind a transformer."""
        return replace(self, input=expand(transformer, self))

    def node(self, work: Any, *inputs: Node) -> Node:
        """Return a node on this task's rows; its input is the task's unless given."""
        return Node(work, inputs or (self.input,), self.rows, self.input.dataset)

    def inner(self, cv: Any) -> list[Task]:
        """Return the tasks of a cross-validation inside the training rows."""
        train = self.rows.train
        y = np.unique(self.y[train], return_inverse=True)[1]
        splits = check_cv(cv, y, classifier=True).split(np.zeros(len(y)), y)
        folds = [Rows(train[a], train[b]) for a, b in splits]
        return [replace(self, rows=rows, input=self._within(rows)) for rows in folds]

    def _within(self, rows: Rows) -> Node:
        if self.input.rows is None:
            return self.input
        # What was learnt from all training rows stays learnt; only rows are picked.
        return Node(Inner(self.input.rows), (self.input,), rows, self.input.dataset)


def is_row_wise(transformer: Any) -> bool:
    """Tell whether a transformer treats each row by itself and learns nothing.

    Such a transformer runs once over all rows of a dataset, whatever the folds. A class
    says so of itself with the attribute ``row_wise = True``.
    """
    return getattr(transformer, "row_wise", False) or isinstance(transformer, _ROW_WISE)


@functools.singledispatch
def expand(estimator: Any, task: Task) -> Node:
    """Return the node whose value is what an estimator answers for a task.

    Parameters
    ----------
    estimator : estimator
        A transformer or a classifier, seeded; it is left as it is.
    task : Task
        What it is asked.

    Returns
    -------
    Node
        Its value is split into features of both parts of the rows, for a transformer,
        or :class:`~mmbench.engine.node.Votes` for a classifier.
    """
    if is_classifier(estimator) or not hasattr(estimator, "transform"):
        return task.node(Classify(estimator))
    light = isinstance(estimator, _LIGHT)
    if is_row_wise(estimator) and task.input.rows is None:
        return Node(Map(estimator, light), (task.input,), None, task.input.dataset)
    return task.node(Transform(estimator, light))


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
    return joined(Join(factors), [expand(t, task) for t in transformers], task)


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


def whole(estimator: Any, task: Task) -> Node:
    """Return the node that runs an estimator without looking into it."""
    classifies = is_classifier(estimator) or not hasattr(estimator, "transform")
    return task.node(Classify(estimator) if classifies else Transform(estimator))


def joined(work: Join, blocks: Sequence[Node], task: Task) -> Node:
    """Return the node of blocks side by side; whole when all of them are."""
    is_whole = all(block.rows is None for block in blocks)
    return Node(
        work, tuple(blocks), None if is_whole else task.rows, task.input.dataset
    )


def source(dataset: str) -> Node:
    """Return the node of a dataset's columns as they are."""
    return Node(Source(), (), None, dataset)


def _fused(late: Any, voters: list[Any], task: Task) -> Node:
    # Only probabilities can be combined elsewhere; and a voter that sees features
    # instead of columns can't tell where they are missing.
    if not _give_probabilities(voters) or not isinstance(task.input.work, Source):
        return whole(late, task)
    columns = tuple(columns_of(voter) for voter in voters)
    if late.rule != "weighted":
        answers = [expand(voter, task) for voter in voters]
        return task.node(Fuse(late.rule, columns), *answers)
    folds = _fixed_folds(late.cv, task)
    if folds is None:
        return whole(late, task)
    fuse = Fuse(late.rule, columns, tuple(fold.rows for fold in folds))
    return task.node(fuse, *_with_inner(voters, task, folds))


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
