"""Which nodes a search for parameters needs, as far as that is known beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    ParameterGrid,
    ParameterSampler,
    RandomizedSearchCV,
)
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from mmbench.engine.after.fitted_nodes import live_inputs, reads_columns
from mmbench.engine.graph.expansion import (
    Subproblem,
    expand,
    whole,
    with_own_folds,
)
from mmbench.engine.graph.node import Node, walk
from mmbench.engine.graph.searches import Search
from mmbench.spec import digest_of
from mmbench.tasks import Answers

__all__ = ["SEARCHES", "expand_search"]

_HALVING = (HalvingGridSearchCV, HalvingRandomSearchCV)
SEARCHES = (GridSearchCV, RandomizedSearchCV, *_HALVING)
"""Scikit-learn's searches that the engine looks into; those derived are run whole."""


def expand_search(search: Any, problem: Subproblem) -> Node:
    """Return a search's node; it runs whole where its scores can't be computed.

    Parameters
    ----------
    search : estimator
        One of :data:`SEARCHES`, or one whose ``first_candidates`` says what it tries
        whatever that scores.
    problem : Subproblem
        What it is asked.

    Returns
    -------
    Node
        Its inputs are the features that all candidates share and those that are the
        same for all rows, and the candidates' answers in the inner folds. Successive
        halving draws other rows each time, so there it is the former alone. Where later
        candidates depend on the scores of the first, it is also the features that the
        first share in the inner folds.
    """
    search = with_own_folds(search, problem)
    if not _is_plain(search) or not _can_answer(search, problem):
        return whole(search, problem)
    methods = candidates(search)
    if not all(_can_be_scored(each, search.scoring) for each in methods):
        return whole(search, problem)
    roots = [expand(each, problem) for each in methods]
    folds: list[Subproblem] = []
    common = {problem.input.key}
    if not isinstance(search, _HALVING):
        folds = problem.inner(search.cv)
        common = _common(roots)
    found = _Boundary(common)
    for root in roots:
        found.visit(root, is_live=True)
    answers = {
        (digest_of(method), fold.rows.digest): expand(method, fold)
        for method in methods
        for fold in folds
    }
    if hasattr(search, "first_candidates"):
        for fold in folds:
            found.rest |= _shared([expand(each, fold) for each in methods])
    others = found.rest | {node.key: node for node in answers.values()}
    others = {key: node for key, node in others.items() if key not in found.live}
    work = Search(
        estimator=search,
        input=problem.input,
        views=problem.views,
        live=tuple(found.live),
        others=tuple(others),
        folds=tuple(fold.rows for fold in folds),
        answers={name: node.key for name, node in answers.items()},
        reads_columns=found.reads_columns,
    )
    return problem.node(work, *found.live.values(), *others.values())


def candidates(search: Any) -> list[Any]:
    """Return the methods that a search tries, as far as that is known beforehand.

    Parameters
    ----------
    search : BaseSearchCV
        Unfitted, with its random state set.

    Returns
    -------
    list of estimator
        Unfitted; the estimator alone for halving searches, and the first ones where
        others depend on their scores.
    """
    tried: Any = [{}]
    if hasattr(search, "first_candidates"):
        tried = search.first_candidates()
    elif hasattr(search, "param_grid"):
        tried = ParameterGrid(search.param_grid)
    elif not isinstance(search, _HALVING):
        seed = search.random_state
        tried = ParameterSampler(
            search.param_distributions, search.n_iter, random_state=seed
        )
    return [
        clone(search.estimator).set_params(**clone(params, safe=False))
        for params in tried
    ]


@dataclass
class _Boundary:
    """Where the work of single candidates ends: what all share, or all rows do.

    Parameters
    ----------
    common : set of str
        Keys of the nodes that all candidates share.
    """

    common: set[str]
    live: dict[str, Node] = field(default_factory=dict)
    rest: dict[str, Node] = field(default_factory=dict)
    reads_columns: bool = False
    _seen: set[tuple[str, bool]] = field(default_factory=set)

    def visit(self, node: Node, *, is_live: bool) -> None:
        """Note the boundary under a node, and whether it takes part in an answer."""
        if (node.key, is_live) in self._seen:
            return
        self._seen.add((node.key, is_live))
        if node.rows is None or node.key in self.common:
            (self.live if is_live else self.rest)[node.key] = node
            return
        self.reads_columns |= is_live and reads_columns(node)
        n_live = len(live_inputs(node))
        for i, inner in enumerate(node.inputs):
            self.visit(inner, is_live=is_live and i < n_live)


def _common(roots: Sequence[Node]) -> set[str]:
    return set.intersection(*({node.key for node in walk([r])} for r in roots))


def _shared(roots: Sequence[Node]) -> dict[str, Node]:
    """Return the nodes where the work that several answers share ends."""
    shared = _Boundary(_common(roots))
    for root in roots:
        shared.visit(root, is_live=False)
    return shared.rest


def _is_plain(search: Any) -> bool:
    """Return whether a search is one that is known, repeatable, and of one score."""
    # What nothing seeds gives other candidates or folds each time.
    seed = getattr(search, "random_state", 0)
    return (
        (type(search) in SEARCHES or hasattr(search, "first_candidates"))
        and isinstance(seed, int | np.integer)
        and _is_repeatable(search.cv)
        and (search.refit is True or isinstance(search.refit, str))
        and not get_tags(search.estimator).input_tags.pairwise
    )


def _is_repeatable(cv: Any) -> bool:
    """Return whether folds depend on rows and targets alone, the same each time."""
    if cv is None or isinstance(cv, int | list | tuple):
        return True
    is_known = type(cv).__module__.startswith("sklearn.")
    shuffles = getattr(cv, "shuffle", hasattr(cv, "random_state"))
    return is_known and (not shuffles or isinstance(cv.random_state, int | np.integer))


def _can_answer(search: Any, problem: Subproblem) -> bool:
    """Return whether the task's answers can be shown to scikit-learn's scorers."""
    answers = problem.context.answers
    shows = getattr(type(answers), "as_estimator", Answers.as_estimator)
    return answers.is_answer(search) and shows is not Answers.as_estimator


def _can_be_scored(method: Any, scoring: Any) -> bool:
    """Return whether a score looks at labels, numbers or probabilities alone."""
    if scoring is None:
        score = getattr(_last(method), "score", None)
        return getattr(score, "__func__", None) in _OWN_SCORES
    if not isinstance(scoring, str) and not hasattr(scoring, "_response_method"):
        return False
    asked = get_scorer(scoring)._response_method
    names: Sequence[str] = [asked] if isinstance(asked, str) else asked
    first = next((name for name in names if hasattr(method, name)), None)
    return first in ("predict", "predict_proba")


_OWN_SCORES = (ClassifierMixin.score, RegressorMixin.score)


def _last(method: Any) -> Any:
    return _last(method.steps[-1][1]) if isinstance(method, Pipeline) else method
