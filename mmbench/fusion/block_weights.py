"""Early fusion whose blocks' weights are searched with the predictor's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sklearn.model_selection import ParameterGrid
from sklearn.model_selection._search import BaseSearchCV

from mmbench.fusion.early import early_fusion

__all__ = ["BlockWeightSearchCV", "searched_early_fusion"]

_Params = dict[str, Any]


class BlockWeightSearchCV(BaseSearchCV):
    """Search the weights of an early fusion's blocks, and its predictor's parameters.

    Every candidate of the grid is tried with all blocks alike and with each block
    alone. From the best of them, one block's weight after another is varied while the
    others stay. So the number of candidates grows with the number of blocks, not with a
    power of it, a useless block ends with weight zero, and no block can pull the whole
    below what another block alone scores out of fold.

    Parameters
    ----------
    estimator : Pipeline
        As :func:`~mmbench.fusion.early_fusion` makes it: a union ``features``, and a
        predictor.
    param_grid : dict of str to sequence
        The other parameters, such as ``{"classifier__C": [30.0, 3.0]}``. Of candidates
        that score alike, the first wins.
    weights : sequence of float, default=(0.0, 0.3, 3.0)
        What a block's features are multiplied by; one is tried anyhow.
    scoring : str, default=None
        What is maximised; by default accuracy or R².
    cv : int, splitter or list of (train, test), default=None
        The folds inside the training rows, as
        :class:`~sklearn.model_selection.GridSearchCV` takes them.
    n_jobs : int, default=None
        Candidates fitted at once.
    refit : bool, default=True
        As in :class:`~sklearn.model_selection.GridSearchCV`.
    verbose : int, default=0
        As in :class:`~sklearn.model_selection.GridSearchCV`.
    pre_dispatch : str, default="2*n_jobs"
        As in :class:`~sklearn.model_selection.GridSearchCV`.
    error_score : float or "raise", default=nan
        As in :class:`~sklearn.model_selection.GridSearchCV`.
    return_train_score : bool, default=False
        As in :class:`~sklearn.model_selection.GridSearchCV`.

    Attributes
    ----------
    best_params_, best_score_, best_estimator_, cv_results_ : object
        As :class:`~sklearn.model_selection.GridSearchCV` has them; the weights are
        ``features__transformer_weights``.

    See Also
    --------
    searched_early_fusion : Builds one of branches and a predictor.

    References
    ----------
    Block weights as hyperparameters are multiple kernel learning with linear kernels:
    M. Gönen, E. Alpaydin (2011), "Multiple kernel learning algorithms", Journal of
    Machine Learning Research 12, 2211-2268.
    """

    def __init__(
        self,
        estimator: Any,
        param_grid: Mapping[str, Sequence[Any]],
        *,
        weights: Sequence[float] = (0.0, 0.3, 3.0),
        scoring: Any = None,
        cv: Any = None,
        n_jobs: int | None = None,
        refit: bool = True,
        verbose: int = 0,
        pre_dispatch: Any = "2*n_jobs",
        error_score: Any = float("nan"),
        return_train_score: bool = False,
    ) -> None:
        super().__init__(
            estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.param_grid = param_grid
        self.weights = weights

    def first_candidates(self) -> list[_Params]:
        """Return the candidates that are tried whatever the others score.

        Returns
        -------
        list of dict
            Parameters of the estimator.
        """
        names = self._blocks()
        alone = [{n: float(n == name) for n in names} for name in names]
        starts = [dict.fromkeys(names, 1.0), *(alone if len(names) > 1 else [])]
        grid = list(ParameterGrid(self.param_grid))
        return [{_WEIGHTS: start, **params} for start in starts for params in grid]

    def _blocks(self) -> list[str]:
        return [
            name for name, _ in self.estimator.get_params()["features"].transformer_list
        ]

    def _run_search(self, evaluate_candidates: Callable[..., Any]) -> None:
        results = evaluate_candidates(self.first_candidates())
        for name in self._blocks():
            varied = list(self._varied(name, results))
            if varied:
                results = evaluate_candidates(varied)

    def _varied(self, name: str, results: Mapping[str, Any]) -> Iterator[_Params]:
        """Yield the best candidate so far with other weights of one block."""
        best = results["params"][results["rank_test_score"].argmin()]
        for weight in (1.0, *self.weights):
            weights = {**best[_WEIGHTS], name: weight}
            params = {**best, _WEIGHTS: weights}
            if any(weights.values()) and params not in results["params"]:
                yield params


_WEIGHTS = "features__transformer_weights"


def searched_early_fusion(
    branches: Sequence[tuple[str, Any]],
    predictor: Any,
    grid: Mapping[str, Sequence[Any]],
    *,
    cv: Any = 3,
) -> BlockWeightSearchCV:
    """Join the branches' features, their weights searched, under one predictor.

    Parameters
    ----------
    branches : list of (str, transformer)
        As :func:`~mmbench.fusion.early_fusion` takes them.
    predictor : classifier or regressor
        What is trained on the joined features; scale matters to it.
    grid : dict of str to sequence
        The predictor's parameters to search jointly, such as ``{"C": [30.0, 3.0]}``.
    cv : int, splitter or list of (train, test), default=3
        The folds inside the training rows.

    Returns
    -------
    BlockWeightSearchCV
        Unfitted.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from mmbench.fusion import branch
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["noise", "size"])
    >>> blocks = [(name, branch([name], "passthrough")) for name in X]
    >>> search = searched_early_fusion(blocks, LogisticRegression(), {"C": [1.0]})
    >>> search.fit(X, X["size"] > 0).best_params_["features__transformer_weights"]
    {'noise': 0.0, 'size': 1.0}
    """
    method = early_fusion(branches, predictor)
    last = method.steps[-1][0]
    named = {f"{last}__{name}": values for name, values in grid.items()}
    return BlockWeightSearchCV(method, named, cv=cv)
