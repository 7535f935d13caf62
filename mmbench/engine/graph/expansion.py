"""Look into estimators: from a method to the nodes of its work.

:func:`expand` is a :func:`functools.singledispatch` over estimator types. What it does
not know is run whole. How scikit-learn's compositions and our fusions are expanded
stands in :mod:`mmbench.engine.graph.compositions`. To make the engine see into a
composition of your own, register how it is expanded::

    @expand.register(MyChain)
    def _(estimator, problem):
        for step in estimator.chain:
            problem = problem.then(step)
        return expand(estimator.last, problem)
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
)
from sklearn.impute import SimpleImputer
from sklearn.model_selection import check_cv
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.utils import get_tags

from mmbench.engine.graph.node import Node
from mmbench.engine.graph.predicting import Predict
from mmbench.engine.graph.values import Context, PartView, Rows, View
from mmbench.engine.graph.works import Concatenate, Inner, Map, Source, Transform
from mmbench.fusion import BlockScaler, NestedFolds, SelectColumns
from mmbench.spec import digest_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Transformers that treat each row by itself. "Needs no fit" would not say as much:
# a FunctionTransformer that subtracts the mean of its input needs no fit either.
_ROW_WISE = (Binarizer, HashingVectorizer, Normalizer, SelectColumns)

# Rows that a row-wise transformer handles at once: many workers share one dataset, and
# a killed run loses no more than this. More chunks than these share no better.
_CHUNK_ROWS = (64, 512)
_CHUNKS = 32

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

# scikit-learn has no way of asking: SelectKBest may do without targets, but looks.
_IGNORE_TARGET = (
    *_LIGHT,
    PCA,
    CountVectorizer,
    FunctionTransformer,
    OrdinalEncoder,
    QuantileTransformer,
    RobustScaler,
    TfidfTransformer,
    TruncatedSVD,
)


@dataclass(frozen=True)
class Subproblem:
    """What an estimator is asked: learn some rows of a node's value, answer for others.

    Parameters
    ----------
    input : Node
        What the estimator is given as ``X``.
    rows : Rows
        Which rows to learn from and which to answer for.
    context : Context
        The dataset, with the question that is asked.
    views : tuple of View, default=()
        How that question stands in the whole target.
    found : dict of str to Node
        The nodes of row-wise transformers so far. Problems may share it: these nodes
        are the same whatever the rows are, and of many chunks each.
    """

    input: Node
    rows: Rows
    context: Context
    views: tuple[View, ...] = ()
    found: dict[str, Node] = field(default_factory=dict, repr=False)

    @property
    def y_train(self) -> NDArray[Any]:
        """The targets of the training rows, as ``fit`` is given them."""
        return self.context.y[self.rows.train]

    def then(self, transformer: Any) -> Subproblem:
        """Return the problem for what stands behind a transformer.

        Parameters
        ----------
        transformer : estimator
            Unfitted.

        Returns
        -------
        Subproblem
            The same, its input what the transformer returns.
        """
        return replace(self, input=expand(transformer, self))

    def node(self, work: Any, *inputs: Node) -> Node:
        """Return a node on these rows; its input is the problem's unless given.

        Parameters
        ----------
        work : object
            What the node does.
        *inputs : Node
            The nodes whose values it takes.

        Returns
        -------
        Node
            It is keyed by work, inputs, rows and dataset.
        """
        # What looks at no target is the same work for each part of it.
        views = self.views if work.uses_target else ()
        return Node(work, inputs or (self.input,), self.rows, self.input.dataset, views)

    def seen_by(self, view: View) -> Subproblem:
        """Return the problem of answering a question inside the target.

        Parameters
        ----------
        view : View
            Which question inside the target is asked.

        Returns
        -------
        Subproblem
            The same rows with another target.
        """
        views = (*self.views, view)
        return replace(self, context=view.of(self.context), views=views)

    def parts(self) -> list[Subproblem]:
        """Return the problems that a target of several columns is made of, if any."""
        n_parts = len(self.context.answers.parts(self.context.target))
        return [self.seen_by(PartView(i)) for i in range(n_parts)]

    def inner(self, cv: Any) -> list[Subproblem]:
        """Return the problems of a cross-validation inside the training rows.

        Parameters
        ----------
        cv : int, splitter or list of (train, test)
            As :func:`~sklearn.model_selection.check_cv` takes it.

        Returns
        -------
        list of Subproblem
            One per fold, which answers for rows of the training part.
        """
        train, y = self.rows.train, self.y_train
        classifies = self.context.answers.is_classifier
        if classifies:
            y = np.unique(y, return_inverse=True)[1]
        splits = check_cv(cv, y, classifier=classifies).split(np.zeros(len(y)), y)
        return [self.on(Rows(train[a], train[b])) for a, b in splits]

    def on(self, rows: Rows) -> Subproblem:
        """Return the problem of learning, and answering for, some training rows.

        Parameters
        ----------
        rows : Rows
            Numbers of rows of the dataset.

        Returns
        -------
        Subproblem
            The same question about other rows.
        """
        return replace(self, rows=rows, input=self._within(rows))

    def _within(self, rows: Rows) -> Node:
        if self.input.rows is None:
            return self.input
        # What was learnt from all training rows stays learnt; only rows are picked.
        return Node(Inner(self.input.rows), (self.input,), rows, self.input.dataset)


def is_row_wise(transformer: Any) -> bool:
    """Return whether a transformer treats each row by itself and learns nothing.

    Such a transformer runs once over all rows of a dataset, whatever the folds. A class
    says so of itself with the attribute ``row_wise = True``. One that is several such
    transformers, one behind the other, may return them, unfitted, by a method
    ``chain()``: each is then work of its own, which others may share.

    Parameters
    ----------
    transformer : estimator
        Unfitted.

    Returns
    -------
    bool
        False where it is not known.
    """
    return getattr(transformer, "row_wise", False) or isinstance(transformer, _ROW_WISE)


def _ignores_target(transformer: Any) -> bool:
    """Return whether a transformer is sure to learn the same whatever the target is.

    Such a transformer is fitted once for all parts of a target. Of mmbench's own, those
    that need targets say so.
    """
    if isinstance(transformer, _IGNORE_TARGET):
        return True
    is_ours = type(transformer).__module__.startswith("mmbench.")
    return is_ours and not get_tags(transformer).target_tags.required


@functools.singledispatch
def expand(estimator: Any, problem: Subproblem) -> Node:
    """Return the node whose value is what an estimator answers.

    Parameters
    ----------
    estimator : estimator
        A transformer or a predictor, seeded; it is left as it is.
    problem : Subproblem
        What it is asked.

    Returns
    -------
    Node
        Its value is split into features of both parts of the rows, for a transformer,
        or a :class:`~mmbench.tasks.Prediction`, for a predictor.
    """
    if problem.context.answers.is_answer(estimator):
        return whole(estimator, problem)
    if is_row_wise(estimator) and hasattr(estimator, "chain"):
        for step in estimator.chain():
            problem = problem.then(step)
        return problem.input
    light = isinstance(estimator, _LIGHT)
    if is_row_wise(estimator) and problem.input.rows is None:
        key = digest_of(estimator, problem.input.key)
        if key not in problem.found:
            problem.found[key] = _mapped(estimator, light, problem)
        return problem.found[key]
    return problem.node(Transform(estimator, light, not _ignores_target(estimator)))


def _mapped(transformer: Any, light: bool, problem: Subproblem) -> Node:
    """Return the node of a row-wise transformer; a heavy one runs in chunks."""
    n_rows, dataset = len(problem.context.y), problem.input.dataset
    least, most = _CHUNK_ROWS
    chunk_rows = min(max(least, n_rows // _CHUNKS), most)
    if light or n_rows <= chunk_rows:
        return Node(Map(transformer, light), (problem.input,), None, dataset)
    edges = [*range(0, n_rows, chunk_rows), n_rows]
    chunks = [
        Node(Map(transformer, chunk=chunk), (problem.input,), None, dataset)
        for chunk in itertools.pairwise(edges)
    ]
    return Node(Concatenate(), tuple(chunks), None, dataset)


def whole(estimator: Any, problem: Subproblem) -> Node:
    """Return the node that runs an estimator without looking into it.

    Parameters
    ----------
    estimator : estimator
        A predictor or transformer, unfitted.
    problem : Subproblem
        The rows, the input and the question.

    Returns
    -------
    Node
        It fits a clone.
    """
    estimator = with_own_folds(estimator, problem)
    answers = problem.context.answers.is_answer(estimator)
    return problem.node(Predict(estimator) if answers else Transform(estimator))


def source(dataset: str) -> Node:
    """Return the node of a dataset's columns as they are.

    Parameters
    ----------
    dataset : str
        The dataset's digest.

    Returns
    -------
    Node
        Its value is the data frame.
    """
    return Node(Source(), (), None, dataset)


def with_own_folds(estimator: Any, problem: Subproblem) -> Any:
    """Return an estimator whose nested folds are those of the rows that it learns from.

    So it is the same work as where it stands inside no other cross-validation.

    Parameters
    ----------
    estimator : estimator
        Unfitted.
    problem : Subproblem
        The rows that it is fitted to.

    Returns
    -------
    estimator
        The same, or a clone whose ``cv`` is a list.
    """
    cv = getattr(estimator, "cv", None)
    if not isinstance(cv, NestedFolds):
        return estimator
    return clone(estimator).set_params(cv=list(cv.split(None, problem.y_train)))
