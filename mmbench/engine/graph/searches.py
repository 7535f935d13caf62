"""Searches for parameters: scikit-learn's own, over answers that nodes give.

A search is fitted by scikit-learn itself, to row numbers and an estimator that only
stands for the searched one: what "fits" and answers is the engine. So candidates share
every node that they can, with each other and with other methods, and ranks, ties,
candidates that fail and successive halving are scikit-learn's. The best candidate's own
steps are fitted at last, and those of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import check_scoring
from sklearn.utils import get_tags

from mmbench.engine.after.fitted_nodes import live_inputs
from mmbench.engine.execution.worker import heartbeat
from mmbench.engine.graph.expansion import Subproblem, expand
from mmbench.engine.graph.light_work import LightWork
from mmbench.engine.graph.node import Fitted, Node, perform
from mmbench.engine.graph.values import (
    Context,
    Failed,
    FailedInputError,
    Rows,
    Split,
    View,
)
from mmbench.engine.graph.works import Concatenate
from mmbench.spec import digest_of, spec_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks import Prediction


class SearchResult(NamedTuple):
    """What a search has found.

    Attributes
    ----------
    best_params_, cv_results_ : mapping
        As scikit-learn's searches have them.
    models : tuple of object
        What was fitted for the best candidate alone.
    """

    best_params_: Mapping[str, Any]
    cv_results_: Mapping[str, Any]
    models: tuple[Any, ...]

    def computed_with(self) -> dict[str, str]:
        """Return the precision and device that the models chose, if any."""
        said = (model.computed_with() for model in self.models if _says(model))
        return next(said, {})


def _says(model: Any) -> bool:
    return hasattr(model, "computed_with")


@dataclass(frozen=True)
class Search(LightWork):
    """A search for the parameters of a method, and its best candidate's answers.

    The inputs are what an answer may need; what only fitting needs; and, where it is
    known beforehand which candidates are tried on which rows, their answers.

    Parameters
    ----------
    estimator : estimator
        The search.
    input : Node
        What it is given as ``X``.
    views : tuple of View
        The question inside the target that it answers.
    live, others : tuple of str
        The keys of the inputs: those that an answer may need, and the others.
    folds : tuple of Rows
        The inner folds that are known beforehand.
    answers : mapping of (str, str) to str
        The keys of the candidates' answers there, by the digests of the candidate and
        of the fold.
    reads_columns : bool
        Whether a candidate starts from columns as they are, in work of its own.
    """

    kind: ClassVar[str] = "Search"

    estimator: Any
    input: Node
    views: tuple[View, ...]
    live: tuple[str, ...]
    others: tuple[str, ...]
    folds: tuple[Rows, ...]
    answers: Mapping[tuple[str, str], str]
    reads_columns: bool
    light = False
    uses_target = True
    tolerant = True

    @property
    def n_live(self) -> int:
        """The inputs that an answer may need: those of the best candidate, any one."""
        return len(self.live)

    def identity(self) -> Any:
        """Return what the work is."""
        return [spec_of(self.estimator), self.input.key]

    def learn(self, inputs: Sequence[Any], rows: Rows, context: Context) -> Fitted:
        """Let scikit-learn search, and fit the best candidate."""
        problem = Subproblem(self.input, rows, context, self.views)
        values = dict(zip((*self.live, *self.others), inputs, strict=True))
        evaluation = Evaluation(problem, values, self.live, self.answers)
        search = self.estimator
        scorer = check_scoring(search.estimator, search.scoring)
        stand_in = StandIn(clone(search.estimator), evaluation, self.folds)
        # Nobody looks at training scores, which would have to be fitted for.
        search = clone(search).set_params(
            estimator=stand_in,
            scoring=lambda each, X, y: scorer(each.answered(X), None, y),
            n_jobs=None,
            return_train_score=False,
        )
        search.fit(rows.train.reshape(-1, 1), context.y[rows.train])
        best = evaluation.fitted(expand(search.best_estimator_.estimator, problem))
        models = tuple(each.model for each in best.own.values() if each.model)
        result = SearchResult(search.best_params_, search.cv_results_, models)
        return Fitted(None, best.answer, result, needs=best.needs)


class StandIn(BaseEstimator):
    """Stands for a method in its search: rows are numbers, and the engine answers.

    Parameters
    ----------
    estimator : estimator
        What it stands for; its parameters are searched.
    evaluation : Evaluation
        Knows or finds what the method answers.
    folds : sequence of Rows
        The folds that are known beforehand: there, "fit" fails where the method does.
    """

    def __init__(
        self, estimator: Any, evaluation: Evaluation, folds: Sequence[Rows]
    ) -> None:
        self.estimator, self.evaluation, self.folds = estimator, evaluation, folds

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of the method.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the parameters of its parts.

        Returns
        -------
        dict of str to object
            By name.
        """
        params: dict[str, Any] = self.estimator.get_params(deep)
        return params

    def set_params(self, **params: Any) -> StandIn:
        """Set parameters of the method.

        Parameters
        ----------
        **params : object
            New values by name.

        Returns
        -------
        self
            The stand-in itself.
        """
        self.estimator.set_params(**params)
        return self

    def __sklearn_clone__(self) -> StandIn:
        return StandIn(clone(self.estimator), self.evaluation, self.folds)

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.estimator)

    def fit(self, X: NDArray[np.intp], y: Any) -> StandIn:  # noqa: ARG002
        """Remember the rows, and raise what fitting the method to them raises.

        Parameters
        ----------
        X : ndarray of int, shape (n_rows, 1)
            Numbers of rows in place of features.
        y : object
            Ignored; the context has the target.

        Returns
        -------
        self
            The stand-in itself.
        """
        self.train_ = X[:, 0]
        for fold in self.folds:
            if np.array_equal(fold.train, self.train_):
                self.evaluation.prediction(self.estimator, fold)
        return self

    def answered(self, X: NDArray[np.intp]) -> Any:
        """Return a fitted estimator that answers as the method does for these rows.

        Parameters
        ----------
        X : ndarray of int, shape (n_rows, 1)
            Numbers of the rows to answer for.

        Returns
        -------
        estimator
            Its predictions are computed already.
        """
        rows, context = Rows(self.train_, X[:, 0]), self.evaluation.problem.context
        prediction = self.evaluation.prediction(self.estimator, rows)
        target, trained = map(context.target.take, (rows.apply, rows.train))
        return context.answers.as_estimator(target, prediction, trained=trained)


class Best(NamedTuple):
    """The best candidate, fitted.

    Attributes
    ----------
    answer : callable
        From the live inputs' values to the prediction.
    own : dict of str to Fitted
        What was learnt for it alone.
    needs : tuple of int
        Which of the live inputs it looks at.
    """

    answer: Callable[[Sequence[Any]], Any]
    own: dict[str, Fitted]
    needs: tuple[int, ...]


@dataclass(frozen=True)
class Evaluation:
    """Evaluates nodes inside the work of another one, each once.

    Parameters
    ----------
    problem : Subproblem
        What is asked.
    values : dict of str to value
        What is known already, by the nodes' keys.
    live : sequence of str
        The keys of what is given again for each answer.
    answers : mapping of (str, str) to str
        The keys of what methods answer, by the digests of method and rows, so that they
        need not be looked into again.
    """

    problem: Subproblem
    values: dict[str, Any]
    live: Sequence[str]
    answers: Mapping[tuple[str, str], str]

    def prediction(self, method: Any, rows: Rows) -> Prediction:
        """Return the predictions of a method fitted to some of the rows.

        Parameters
        ----------
        method : estimator
            A candidate, unfitted.
        rows : Rows
            The training rows, and those to answer for.

        Returns
        -------
        Prediction
            For the latter.
        """
        key = self.answers.get((digest_of(method), rows.digest))
        if key is None or key not in self.values:
            found = self.value(expand(method, self.problem.on(rows)))
        else:
            found = _succeeded(self.values[key])
        prediction: Prediction = found
        return prediction

    def value(self, node: Node) -> Any:
        """Return a node's value; raise where it is known to have failed.

        Parameters
        ----------
        node : Node
            A node under the search.

        Returns
        -------
        object
            Its value, kept unless it is quick to make.

        Raises
        ------
        FailedInputError
            When the node is known to have failed.
        """
        if node.key in self.values:
            value = self.values[node.key]
        else:
            inputs = [self.value(inner) for inner in node.inputs]
            heartbeat()
            value = perform(node.work, inputs, node.rows, self._context(node))[0]
            if not node.light:
                self.values[node.key] = value
        return _succeeded(value)

    def fitted(self, root: Node) -> Best:
        """Learn what a root needs for answering and the live inputs don't say.

        Parameters
        ----------
        root : Node
            The node of the best candidate's answer.

        Returns
        -------
        Best
            How it answers, and which live inputs it looks at.
        """
        own: dict[str, Fitted] = {}
        self._learn(root, own)
        looked_at = {root.key, *(n.key for n in _under(root, self.live))}
        needs = tuple(i for i, key in enumerate(self.live) if key in looked_at)
        live = self.live

        def answer(parts: Sequence[Any]) -> Any:
            return _answer(root, dict(zip(live, parts, strict=True)), own)

        return Best(answer, own, needs)

    def _learn(self, node: Node, own: dict[str, Fitted]) -> Any:
        """Return a node's value for training rows, and keep what it learnt."""
        if node.key in self.live:
            return self.value(node)
        if node.key not in own:
            n_live = len(live_inputs(node))
            inputs = [self._learn(inner, own) for inner in node.inputs[:n_live]]
            if isinstance(node.work, Concatenate):
                own[node.key] = Fitted(None, lambda parts: parts[0])
            else:
                inputs += [self.value(inner) for inner in node.inputs[n_live:]]
                heartbeat()
                context, rows = self._context(node), self.problem.rows
                own[node.key] = node.work.learn(inputs, rows, context)
        if node.rows is None:
            return self.value(node)
        return Split(own[node.key].train, None)

    def _context(self, node: Node) -> Context:
        # What looks at no target has no views, and is asked in whatever context.
        return self.problem.context.seen_by(node.views[len(self.problem.views) :])


def _succeeded(value: Any) -> Any:
    if isinstance(value, Failed):
        raise FailedInputError(value.reason)
    return value


def _under(node: Node, known: Iterable[str]) -> Iterable[Node]:
    if node.key not in known:
        for inner in live_inputs(node):
            yield inner
            yield from _under(inner, known)


def _answer(node: Node, known: dict[str, Any], own: Mapping[str, Fitted]) -> Any:
    if node.key not in known:
        parts = [_answer(inner, known, own) for inner in live_inputs(node)]
        known[node.key] = own[node.key].answer(parts)
    return known[node.key]
