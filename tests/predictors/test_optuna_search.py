"""A search by Optuna asks for what Optuna proposes."""

import numpy as np
import optuna
import pytest
from scipy.stats import loguniform
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, ParameterSampler, cross_val_score

from mmbench.predictors import OptunaSearchCV

SPACE = {"alpha": (0.01, 1000.0), "fit_intercept": [True, False]}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 8))
Y = X[:, 0] + RNG.normal(size=40)


def test_later_candidates_are_those_that_optuna_proposes_after_the_first() -> None:
    search = OptunaSearchCV(Ridge(), SPACE, n_iter=8, n_startup=4, cv=KFold(3))
    search.fit(X, Y)

    first = [{"alpha": 1.0, "fit_intercept": True}]
    drawn = {**SPACE, "alpha": loguniform(0.01, 1000.0)}
    first += list(ParameterSampler(drawn, 3, random_state=0))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(n_startup_trials=0, seed=0)
    study = optuna.create_study(sampler=sampler, direction="maximize")
    space = {
        "alpha": optuna.distributions.FloatDistribution(0.01, 1000.0, log=True),
        "fit_intercept": optuna.distributions.CategoricalDistribution([0, 1]),
    }

    def score(alpha: float, fit_intercept: bool) -> tuple[dict[str, object], float]:
        params = {"alpha": float(f"{alpha:.3g}"), "fit_intercept": fit_intercept}
        return params, cross_val_score(Ridge(**params), X, Y, cv=KFold(3)).mean()

    expected = []
    for each in first:
        params, found = score(**each)
        expected.append((params, found))
        place = {**params, "fit_intercept": int(not params["fit_intercept"])}
        study.add_trial(
            optuna.trial.create_trial(params=place, distributions=space, value=found)
        )
    for _ in range(4):
        trial = study.ask(space)
        alpha, place = trial.params["alpha"], trial.params["fit_intercept"]
        expected.append(score(alpha, [True, False][place]))
        study.tell(trial, expected[-1][1])

    tried = [{**first[0], **params} for params in search.cv_results_["params"]]
    assert tried == [params for params, _ in expected]
    scores = [found for _, found in expected]
    np.testing.assert_allclose(search.cv_results_["mean_test_score"], scores)
    assert search.best_score_ == pytest.approx(max(scores))


def test_a_small_space_is_not_tried_twice() -> None:
    space = {"fit_intercept": [True, False]}
    search = OptunaSearchCV(Ridge(), space, n_iter=9, cv=2).fit(X, Y)
    assert search.cv_results_["params"] == [
        {},
        {"fit_intercept": True},
        {"fit_intercept": False},
    ]


def test_a_range_that_has_no_logarithm_is_refused() -> None:
    search = OptunaSearchCV(Ridge(), {"alpha": (-1.0, 1.0)}, cv=2)
    with pytest.raises(ValueError, match=r"'alpha'\] must be a list, or the two ends"):
        search.fit(X, Y)
