"""Fits are repeated after the trials, so that their processor time is well known."""

import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB

from mmbench.engine.after import fit_times
from mmbench.engine.after.fit_times import Repeated
from mmbench.results import ResultStore

from .conftest import Flatten
from .test_execute import pixels


class CountingFits(ClassifierMixin, BaseEstimator):
    """Counts its fits; fails from some number on."""

    fits = 0
    fails_after = 10**9

    def fit(self, X, y):
        type(self).fits += 1
        if type(self).fits > type(self).fails_after:
            raise RuntimeError("worn out")
        self.classes_ = sorted(set(y))
        return self

    def predict(self, X):
        return [self.classes_[0]] * len(X)


@pytest.fixture
def fits(go, make_suite, tmp_path, monkeypatch):
    def of(methods):
        monkeypatch.setattr(CountingFits, "fits", 0)
        go(make_suite(methods), throughput=True)
        speeds = ResultStore(tmp_path / "out").throughput()["fruit"]
        return {name: speed.get("fit") for name, speed in speeds.items()}

    return of


def test_quick_fits_of_the_first_fold_are_repeated_fifteen_times(fits):
    found = fits({"count": pixels(CountingFits(), Flatten)})

    assert found["count"]["repeats"] == 15
    # Three folds, then the repeats.
    assert CountingFits.fits == 3 + 15
    assert 0 < found["count"]["cpu_s"] < 0.1
    assert 1e-4 < found["count"]["yardstick_s"] < 1
    assert 0 <= found["count"]["error"] < 1


def test_a_method_that_can_not_be_fitted_again_is_left_out(fits, monkeypatch):
    monkeypatch.setattr(CountingFits, "fails_after", 5)
    found = fits(
        {
            "worn": pixels(CountingFits(), Flatten),
            "other": pixels(GaussianNB(), Flatten),
        }
    )
    assert found["worn"] is None
    assert found["other"]["repeats"] == 15


def test_a_method_that_takes_long_in_a_trial_is_not_repeated(fits, monkeypatch):
    monkeypatch.setattr(fit_times, "_LONG_S", 0.0)
    assert fits({"count": pixels(CountingFits(), Flatten)}) == {"count": None}
    assert CountingFits.fits == 3


def test_one_interrupted_repeat_hardly_matters():
    # The third was interrupted; the machine was half as fast during the last two.
    found = fit_times.summary([0.2, 0.2, 0.9, 0.4, 0.4], [0.01] * 3 + [0.02] * 3)

    # 20, 20, 60, 20, 20 yardsticks.
    assert found == Repeated(cpu_s=0.4, relative=20.0, error=0.0, repeats=5)


class _Node:
    def __init__(self, key):
        self.key = key


def test_repeats_keep_to_their_budget_and_the_longest_methods_are_left_out():
    quick, middle, long = _Node("quick"), _Node("middle"), _Node("long")
    pieces = {"a": [(quick, 0.01)], "b": [(quick, 0.01), (middle, 0.2)]}

    assert fit_times.budgets(pieces, 100.0).keys() == {"quick", "middle"}
    # 15 and 5 times at most and at least; a tenth more for the yardstick.
    each_s = fit_times.budgets(pieces, 2.2)["middle"]
    assert 0.9 * 1.85 <= each_s <= 1.85
    # Five times 0.5 s are more than there is.
    pieces["c"] = [(long, 0.5)]
    assert fit_times.budgets(pieces, 2.0).keys() == {"quick", "middle"}
    assert fit_times.budgets(pieces, 0.01) == {}
