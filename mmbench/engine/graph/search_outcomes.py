"""What searches for parameters found, as records keep it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from mmbench.engine.execution.foreign import shortened
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.values import Context, PartView
from mmbench.spec import digest_of

_COLUMNS = ("mean_test_score", "std_test_score", "rank_test_score")
_OF_HALVING = ("iter", "n_resources")
_MOST_TEXT = 500


def search_outcome(model: Any) -> dict[str, Any] | None:
    """Return what a fitted search found, or None of what is not a search.

    Parameters
    ----------
    model : estimator
        Such as a fitted :class:`~sklearn.model_selection.GridSearchCV`.

    Returns
    -------
    dict or None
        JSON data: ``best_params``, and columns of scikit-learn's ``cv_results_``, an
        entry a candidate. Where several metrics were scored there are no scores.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> X = np.arange(6.0).reshape(-1, 1)
    >>> search = GridSearchCV(Ridge(), {"alpha": [100, 0.01]}, cv=2).fit(X, X[:, 0])
    >>> found = search_outcome(search)
    >>> found["best_params"], found["rank_test_score"]
    ({'alpha': 0.01}, [2, 1])
    """
    results = getattr(model, "cv_results_", None)
    best = getattr(model, "best_params_", None)
    if not isinstance(results, Mapping) or not isinstance(best, Mapping):
        return None
    columns = {
        name: [_plain(value) for value in np.asarray(results[name]).tolist()]
        for name in (*_COLUMNS, *_OF_HALVING)
        if name in results
    }
    tried = [_plain_params(params) for params in results.get("params", ())]
    return {"best_params": _plain_params(best), "params": tried} | columns


def search_names(node: Node, method: Any, context: Context) -> list[str]:
    """Return the names of a search inside a method.

    Parameters
    ----------
    node : Node
        The node whose work is the search.
    method : estimator
        As it was looked into.
    context : Context
        The dataset.

    Returns
    -------
    list of str
        The parameters where such a search stands, or its class where it is the method
        itself; with the question that it answers, where a target has several.
    """
    search, about = getattr(node.work, "estimator", None), ""
    for view in node.views:
        if isinstance(view, PartView):
            part = context.answers.parts(context.target)[view.key]
            about += f" of {part.name}"
        context = view.of(context)
    kind = type(search)
    inside = {kind.__name__: method} | method.get_params(deep=True)
    alike = {name: each for name, each in inside.items() if type(each) is kind}
    digest = digest_of(search)
    names = [name for name, each in alike.items() if digest_of(each) == digest]
    return [f"{name}{about}" for name in names or [kind.__name__]]


def _plain_params(params: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in params.items()}


def _plain(value: Any) -> Any:
    """Return a value as JSON data: a number, a text, or else what it is in words."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return _plain_params(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return shortened(repr(value), _MOST_TEXT)
