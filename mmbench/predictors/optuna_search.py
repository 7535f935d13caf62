"""A search for parameters by Optuna, fitted as scikit-learn's own searches are."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scipy.stats import loguniform
from sklearn.model_selection import ParameterGrid, ParameterSampler
from sklearn.model_selection._search import BaseSearchCV

from mmbench.errors import require_installed

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution

__all__ = ["OptunaSearchCV"]

_Params = dict[str, Any]


class OptunaSearchCV(BaseSearchCV):
    """Search parameters by a tree-structured Parzen estimator, as Optuna has it.

    The estimator as it is comes first, then candidates drawn at random; each one after
    that is drawn where those that scored well so far are dense and the others are not.

    Parameters
    ----------
    estimator : estimator
        What is searched.
    param_distributions : dict of str to list or tuple of (float, float)
        Lists of values; or the ends of a range of numbers above 0, which are drawn
        log-uniformly. Being plain data, they can be saved with a fitted search.
    n_iter : int, default=20
        How many candidates are tried, the estimator as it is among them.
    n_startup : int, default=10
        How many of them don't depend on scores.
    scoring : str, default=None
        What is maximised; by default the estimator's own score.
    cv : int, splitter or list of (train, test), default=None
        As :class:`~sklearn.model_selection.GridSearchCV` takes it.
    random_state : int, default=0
        Draws the candidates.
    n_jobs : int, default=None
        Fits at once.
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
        As :class:`~sklearn.model_selection.GridSearchCV` has them.

    References
    ----------
    J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl (2011), "Algorithms for
    hyper-parameter optimization", NeurIPS.
    T. Akiba, S. Sano, T. Yanase, T. Ohta, M. Koyama (2019), "Optuna: a next-generation
    hyperparameter optimization framework", KDD.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> search = OptunaSearchCV(Ridge(), {"alpha": (0.1, 10.0)}, n_iter=3)
    >>> search.first_candidates()
    [{}, {'alpha': 1.25}, {'alpha': 2.69}]
    """

    def __init__(
        self,
        estimator: Any,
        param_distributions: Mapping[str, list[Any] | tuple[float, float]],
        *,
        n_iter: int = 20,
        n_startup: int = 10,
        scoring: Any = None,
        cv: Any = None,
        random_state: int = 0,
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
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.n_startup = n_startup
        self.random_state = random_state

    def check_requirements(self) -> None:
        """Look for the library.

        Raises
        ------
        MissingDependencyError
            When it is not installed.
        """
        require_installed("optuna", extra="optuna")

    def first_candidates(self) -> list[_Params]:
        """Return the candidates that are tried whatever the others score.

        Returns
        -------
        list of dict
            Parameters of the estimator; the first are none.
        """
        given = self.param_distributions
        space = {
            name: choices if isinstance(choices, list) else loguniform(*choices)
            for name, choices in given.items()
        }
        n = min(self.n_startup, self.n_iter, _size_of(given) + 1) - 1
        drawn = ParameterSampler(space, n, random_state=self.random_state)
        return [{}, *({name: short(v) for name, v in each.items()} for each in drawn)]

    def _run_search(self, evaluate_candidates: Callable[..., Any]) -> None:
        distributions = {
            name: _distribution(name, choices)
            for name, choices in self.param_distributions.items()
        }
        first = self.first_candidates()
        results = evaluate_candidates(first)
        with _quiet():
            study = self._study()
            for params, score in zip(first, results["mean_test_score"], strict=True):
                self._tell(study, distributions, params, float(score))
        for _ in range(self.n_iter - len(first)):
            with _quiet():
                trial = study.ask(distributions)
            params = self._named(trial.params)
            if params not in results["params"]:
                results = evaluate_candidates([params])
            position = results["params"].index(params)
            score = float(results["mean_test_score"][position])
            with _quiet():
                _end(study, trial, score)

    def _study(self) -> Study:
        import optuna

        sampler = optuna.samplers.TPESampler(n_startup_trials=0, seed=self.random_state)
        return optuna.create_study(sampler=sampler, direction="maximize")

    def _tell(
        self,
        study: Study,
        distributions: Mapping[str, BaseDistribution],
        params: _Params,
        score: float,
    ) -> None:
        """Add a candidate that was not asked for, if it is one of the space."""
        from optuna.trial import create_trial

        whole = {**self.estimator.get_params(), **params}
        internal = {
            name: _internal(whole[name], choices)
            for name, choices in self.param_distributions.items()
        }
        if not math.isnan(score) and None not in internal.values():
            study.add_trial(
                create_trial(
                    params=internal, distributions=dict(distributions), value=score
                )
            )

    def _named(self, asked: Mapping[str, Any]) -> _Params:
        """Return what was asked for, as the estimator takes it."""
        return {
            name: choices[asked[name]]
            if isinstance(choices, list)
            else short(asked[name])
            for name, choices in self.param_distributions.items()
        }


def short(value: Any) -> Any:
    """Return a number with three digits, which is all that it is worth.

    Parameters
    ----------
    value : object
        A parameter's value.

    Returns
    -------
    object
        Anything but a float is returned unchanged.
    """
    return float(f"{value:.3g}") if isinstance(value, float) else value


def _size_of(space: Mapping[str, Any]) -> int | float:
    if all(isinstance(choices, list) for choices in space.values()):
        return len(ParameterGrid(dict(space)))
    return math.inf


def _distribution(name: str, choices: Any) -> BaseDistribution:
    """Return the values of a parameter as Optuna has them; of a list, their places."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if isinstance(choices, list):
        return CategoricalDistribution(range(len(choices)))
    if not (isinstance(choices, tuple) and len(choices) == 2 and choices[0] > 0):
        raise ValueError(
            f"param_distributions[{name!r}] must be a list, or the two ends of a range "
            f"of numbers above 0, got {choices!r}."
        )
    low, high = map(float, choices)
    return FloatDistribution(low, high, log=True)


def _internal(value: Any, choices: Any) -> Any:
    """Return a value as Optuna has it, None where it is none of the choices."""
    if isinstance(choices, list):
        pairs = enumerate(choices)
        same = (i for i, v in pairs if type(v) is type(value) and v == value)
        return next(same, None)
    low, high = choices
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and low <= value <= high else None


def _end(study: Study, trial: Any, score: float) -> None:
    from optuna.trial import TrialState

    if math.isnan(score):
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, score)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna from reporting what it does on the standard error."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)
