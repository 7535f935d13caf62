"""Methods beside themselves tuned: each searches its own space with an equal budget.

A tuned method is a :class:`~sklearn.model_selection.GridSearchCV` over candidates that
are drawn beforehand, the first of which is the method as it is. So it is an estimator
like any other, the engine shares what its candidates have in common, and of candidates
that score alike inside the training rows the default wins. Successive halving tries the
same candidates on few rows first; Optuna draws half of them by what others scored.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from sklearn.base import BaseEstimator, clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import get_scorer_names
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    ParameterGrid,
    ParameterSampler,
)
from sklearn.model_selection._search import BaseSearchCV

from mmbench.errors import UsageError
from mmbench.feature_extraction import spaces as of_extractors
from mmbench.fusion import BlockWeightSearchCV
from mmbench.predictors import OptunaSearchCV
from mmbench.predictors import spaces as of_predictors
from mmbench.predictors.optuna_search import short
from mmbench.suite import Suite
from mmbench.suites.kinds import PredictorKind, kind_of
from mmbench.tasks import Answers

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "SPACES",
    "TUNED",
    "Tuner",
    "recorded_counts",
    "search_space",
    "tuned",
    "tuned_suite",
]

TUNED = "tuned"
"""The last part of a tuned method's name, behind the name of the method."""

Tuner = Literal["random", "halving", "optuna"]
"""How candidates are found and tried."""

SPACES: Mapping[type, Mapping[str, Any]] = {
    **of_predictors.SPACES,
    **of_extractors.SPACES,
}
"""What there is to search, by class of estimator."""

_WEIGHTS = (1.0, 0.3, 3.0)
_MOST_BLOCKS = 4


def tuned_suite(
    suite: Suite, n_candidates: int | Mapping[str, int], tuner: Tuner = "random"
) -> Suite:
    """Return a suite with every method that has something to tune beside itself tuned.

    Parameters
    ----------
    suite : Suite
        Methods and datasets.
    n_candidates : int or mapping of str to int
        How many candidates each method tries, itself among them; of a mapping by name,
        methods that it lacks are left as they are.
    tuner : {"random", "halving", "optuna"}, default="random"
        How candidates are found and tried; see :func:`tuned`.

    Returns
    -------
    Suite
        A copy; the tuned methods are called ``NAME/tuned``.

    Raises
    ------
    UsageError
        When there are fewer than two candidates, or the task's answers can't be scored
        inside the training rows.
    """
    task = suite.datasets[0].task
    if type(task.answers).as_estimator is Answers.as_estimator:
        raise UsageError(
            f"--tune: candidates can't be scored inside the training rows of the task "
            f"{task.name!r}; leave it out, or put a search into the methods."
        )
    floors = task.answers.floors()
    counts = n_candidates
    if isinstance(counts, int):
        counts = {n: counts for n in suite.methods if n not in floors}
    if min(counts.values(), default=2) < 2:
        raise UsageError(
            f"--tune must be at least 2 candidates, got {min(counts.values())}; the "
            f"first is the method as given."
        )
    kind = kind_of(task)
    scoring = _scoring(suite, kind)
    methods: dict[str, BaseEstimator] = {}
    for name, method in suite.methods.items():
        methods[name] = method
        search = None
        if name in counts:
            how = {"cv": kind.few, "scoring": scoring, "tuner": tuner}
            search = tuned(method, counts[name], **how)
        if search is not None:
            methods[f"{name}/{TUNED}"] = search
    return replace(suite, methods=methods)


def recorded_counts(plan: Mapping[str, Any]) -> dict[str, int]:
    """Return how many candidates each tuned method of a run tries.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.

    Returns
    -------
    dict of str to int
        By the name of the method as it is.
    """
    end = f"/{TUNED}"
    specs = {
        name.removesuffix(end): described.get("spec", {}).get("params", {})
        for name, described in plan["methods"].items()
        if name.endswith(end)
    }
    counts = {}
    for name, params in specs.items():
        grid, n_iter = params.get("param_grid"), params.get("n_iter")
        if isinstance(grid, list):
            counts[name] = len(grid)
        elif isinstance(n_iter, int):
            counts[name] = n_iter
    return counts


def tuned(
    method: Any,
    n_candidates: int,
    *,
    cv: Any,
    scoring: str,
    random_state: int = 0,
    tuner: Tuner = "random",
) -> BaseSearchCV | None:
    """Return a method that searches its own space inside its training rows.

    Parameters
    ----------
    method : estimator
        Unfitted. Of one that is a search itself, the searched method is tuned, as
        nothing is gained by a search in a search.
    n_candidates : int
        How many candidates are tried, the method as it is first.
    cv, scoring
        As :class:`~sklearn.model_selection.GridSearchCV` takes them.
    random_state : int, default=0
        Draws the candidates.
    tuner : {"random", "halving", "optuna"}, default="random"
        Candidates are drawn at random and tried on all rows; or on a share of them,
        the best third of them on three times as many, and so on, as
        :class:`~sklearn.model_selection.HalvingRandomSearchCV` does; or half of them
        are drawn by what the others scored, as
        :class:`~mmbench.predictors.OptunaSearchCV` does.

    Returns
    -------
    GridSearchCV, HalvingGridSearchCV, OptunaSearchCV or None
        None where there is nothing to search.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> search = tuned(Ridge(), 3, cv=5, scoring="r2")
    >>> search.param_grid
    [{}, {'alpha': [2.57]}, {'alpha': [9.92]}]
    """
    searched = method.estimator if isinstance(method, BaseSearchCV) else method
    space = {**search_space(searched), **_own_space(method)}
    if not space:
        return None
    how = {"cv": cv, "scoring": scoring}
    if tuner == "optuna":
        how |= {"n_iter": n_candidates, "n_startup": min(10, -(-n_candidates // 2))}
        plain: dict[str, Any] = {
            # All distributions of the spaces are log-uniform.
            name: choices
            if isinstance(choices, list)
            else tuple(map(float, choices.support()))
            for name, choices in space.items()
        }
        return OptunaSearchCV(clone(searched), plain, random_state=random_state, **how)
    grid = [{}, *_drawn(space, n_candidates - 1, random_state)]
    if tuner == "halving":
        how |= {"min_resources": "exhaust", "random_state": random_state}
        return HalvingGridSearchCV(clone(searched), grid, **how)
    return GridSearchCV(clone(searched), grid, **how)


def search_space(method: Any) -> dict[str, Any]:
    """Return the parameters of a method that there is a choice of.

    Parameters
    ----------
    method : estimator
        Unfitted.

    Returns
    -------
    dict of str to list or distribution
        By the name that ``set_params`` takes; only where the method's own value is
        among the choices, and not inside a search of the method's own.
    """
    parts = method.get_params(deep=True)
    searches = [n for n, part in parts.items() if isinstance(part, BaseSearchCV)]
    found: dict[str, Any] = {}
    for name, part in {"": method, **parts}.items():
        if any(name.startswith(f"{search}__") for search in searches):
            continue
        for param, choices in SPACES.get(type(part), {}).items():
            if _is_among(getattr(part, param), choices):
                found[f"{name}__{param}" if name else param] = choices
    return found


def _own_space(method: Any) -> dict[str, Any]:
    """Return what a search would search itself."""
    if isinstance(method, BlockWeightSearchCV):
        blocks = [name for name, _ in method.estimator["features"].transformer_list]
        return {"features__transformer_weights": [*_block_weights(blocks)]}
    for field in ("param_grid", "param_distributions"):
        space = getattr(method, field, None)
        if isinstance(method, BaseSearchCV) and isinstance(space, Mapping):
            return dict(space)
    return {}


def _block_weights(blocks: Sequence[str]) -> Iterator[dict[str, float]]:
    """Yield weights of blocks; of many blocks, one is weighed otherwise at a time."""
    if len(blocks) <= _MOST_BLOCKS:
        for weights in itertools.product(_WEIGHTS, repeat=len(blocks)):
            yield dict(zip(blocks, weights, strict=True))
        return
    alike = dict.fromkeys(blocks, 1.0)
    yield alike
    for block, weight in itertools.product(blocks, _WEIGHTS[1:]):
        yield {**alike, block: weight}


def _is_among(value: Any, choices: Any) -> bool:
    if isinstance(choices, list):
        return any(type(value) is type(each) and value == each for each in choices)
    low, high = choices.support()
    return isinstance(value, int | float) and bool(low <= value <= high)


def _drawn(
    space: Mapping[str, Any], n: int, random_state: int
) -> list[dict[str, list[Any]]]:
    """Draw candidates; all there are, where there are no more."""
    n_all = math.inf
    if all(isinstance(choices, list) for choices in space.values()):
        n_all = len(ParameterGrid(dict(space)))
    sampler = ParameterSampler(
        dict(space), int(min(n, n_all)), random_state=random_state
    )
    return [{name: [short(v)] for name, v in each.items()} for each in sampler]


def _scoring(suite: Suite, kind: PredictorKind) -> str:
    """Return scikit-learn's name of what ranks methods, or of the kind's own."""
    metric = suite.ranked_by(suite.datasets[0])
    known = set(get_scorer_names())
    return next((n for n in (metric, f"neg_{metric}") if n in known), kind.scoring)
