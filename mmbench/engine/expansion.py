"""Look into estimators: from a method to the nodes of its work.

:func:`expand` is a :func:`functools.singledispatch` over estimator types. What it does
not know is run whole. How scikit-learn's compositions and our fusions are expanded is
told in :mod:`mmbench.engine.compositions`. To make the engine see into a composition of
your own, register how it is expanded::

    @expand.register(MyChain)
    def _(estimator, task):
        for step in estimator.chain:
            task = task.then(step)
        return expand(estimator.last, task)
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import is_classifier
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

from mmbench.engine.node import Node
from mmbench.engine.values import Rows
from mmbench.engine.voting import Classify
from mmbench.engine.works import Concatenate, Inner, Map, Source, Transform
from mmbench.fusion import BlockScaler, SelectColumns
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

# scikit-learn has no way of asking: SelectKBest may do without labels, but looks.
_IGNORE_LABELS = (
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
class Task:
    """What an estimator is asked: learn some rows of a node's value, answer for others.

    Parameters
    ----------
    input : Node
        What the estimator is given as ``X``.
    rows : Rows
        Which rows to learn from and which to answer for.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        All labels of the dataset, or an indicator of several for each sample.
    label : int, optional
        Which one of several labels `y` is about.
    found : dict of str to Node
        The nodes of row-wise transformers so far. Tasks may share it: these nodes are
        the same whatever the rows are, and of many chunks each.
    """

    input: Node
    rows: Rows
    y: NDArray[Any]
    label: int | None = None
    found: dict[str, Node] = field(default_factory=dict, repr=False)

    def then(self, transformer: Any) -> Task:
        """Return the task for what stands behind a transformer."""
        return replace(self, input=expand(transformer, self))

    def node(self, work: Any, *inputs: Node) -> Node:
        """Return a node on this task's rows; its input is the task's unless given."""
        # What looks at no labels is the same work for each of several.
        label = self.label if work.looks_at_labels else None
        return Node(work, inputs or (self.input,), self.rows, self.input.dataset, label)

    def about(self, label: int) -> Task:
        """Return the task of telling which samples have one of several labels."""
        return replace(self, y=self.y[:, label], label=label)

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


def ignores_labels(transformer: Any) -> bool:
    """Tell whether a transformer is sure to learn the same whatever the labels are.

    Such a transformer is fitted once for all of several labels. Of mmbench's own, those
    that need labels say so.
    """
    if isinstance(transformer, _IGNORE_LABELS):
        return True
    is_ours = type(transformer).__module__.startswith("mmbench.")
    return is_ours and not get_tags(transformer).target_tags.required


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
        key = digest_of(estimator, task.input.key)
        if key not in task.found:
            task.found[key] = _mapped(estimator, light, task)
        return task.found[key]
    return task.node(Transform(estimator, light, not ignores_labels(estimator)))


def _mapped(transformer: Any, light: bool, task: Task) -> Node:
    """Return the node of a row-wise transformer; a heavy one runs in chunks."""
    n_rows, dataset = len(task.y), task.input.dataset
    least, most = _CHUNK_ROWS
    chunk_rows = min(max(least, n_rows // _CHUNKS), most)
    if light or n_rows <= chunk_rows:
        return Node(Map(transformer, light), (task.input,), None, dataset)
    edges = [*range(0, n_rows, chunk_rows), n_rows]
    chunks = [
        Node(Map(transformer, chunk=chunk), (task.input,), None, dataset)
        for chunk in itertools.pairwise(edges)
    ]
    return Node(Concatenate(), tuple(chunks), None, dataset)


def whole(estimator: Any, task: Task) -> Node:
    """Return the node that runs an estimator without looking into it."""
    classifies = is_classifier(estimator) or not hasattr(estimator, "transform")
    return task.node(Classify(estimator) if classifies else Transform(estimator))


def source(dataset: str) -> Node:
    """Return the node of a dataset's columns as they are."""
    return Node(Source(), (), None, dataset)
