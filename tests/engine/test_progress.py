"""A run notifies its display of every phase and every unit."""

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from mmbench.errors import MissingDependencyError
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch


class Watcher:
    """Keeps what it is notified of."""

    def __init__(self):
        self.expected, self.phases, self.idle, self.worked = None, [], [], []

    def expect(self, units):
        self.expected = units

    def enter(self, phase, n_units, *, n_idle=0):
        self.phases.append((phase, n_units, n_idle))
        self.worked.append(0)
        self.idle.append(0)

    def advance(self, *, worked=True):
        (self.worked if worked else self.idle)[-1] += 1


class NeedsTorch(DummyClassifier):
    def fit(self, X, y=None):
        raise MissingDependencyError("torch", extra="torch")


METHODS = {
    "dummy": DummyClassifier(),
    "text": branch("text", TfidfVectorizer(), LogisticRegression()),
}


@pytest.fixture
def watched(go, make_suite):
    def run(methods=METHODS, **options):
        watcher = Watcher()
        options = {"throughput": True, "probes": True} | options
        go(make_suite(methods), progress=watcher, **options)
        return watcher

    return run


def test_every_phase_is_counted_to_its_end(watched):
    seen = watched()
    assert seen.expected == {"trials": 6, "throughput": 2, "timing": 2, "ablation": 6}
    # Their columns are pieces of work, too; then a predictor, and an extractor before.
    ahead = [("throughput", 2, 0), ("timing", 5, 0), ("ablation", 6, 0)]
    assert seen.phases == [("trials", 6, 0), *ahead]
    # The dummy takes all columns at once, so the engine can't look into it.
    assert (seen.worked, seen.idle) == ([6, 2, 5, 3], [0, 0, 0, 3])


def test_what_is_left_out_is_not_expected(watched):
    seen = watched(throughput=False, probes=False)
    assert seen.expected == {"trials": 6, "throughput": 0, "timing": 0, "ablation": 0}
    assert seen.phases == [("trials", 6, 0)]


def test_nothing_is_counted_where_all_is_finished(watched):
    watched()
    again = watched()
    assert again.expected == {"trials": 0, "throughput": 0, "timing": 0, "ablation": 0}
    assert again.phases == []


def test_finished_trials_are_not_counted_again(watched):
    watched({"dummy": METHODS["dummy"]})
    assert watched().phases[0] == ("trials", 3, 0)


class LacksTorch(NeedsTorch):
    def check_requirements(self):
        raise MissingDependencyError("torch", extra="torch")


def test_trials_that_are_known_to_be_skipped_are_not_counted(watched):
    seen = watched({"torch": LacksTorch(), "dummy": METHODS["dummy"]})
    assert seen.expected == {"trials": 3, "throughput": 1, "timing": 1, "ablation": 3}
    ahead = [("throughput", 1, 0), ("timing", 2, 0), ("ablation", 3, 0)]
    assert seen.phases == [("trials", 3, 0), *ahead]


def test_skipped_trials_take_no_work(watched):
    seen = watched({"torch": NeedsTorch(), "dummy": METHODS["dummy"]})
    assert (seen.worked[0], seen.idle[0]) == (3, 3)
    # What was skipped can't be measured.
    ahead = [("throughput", 1, 0), ("timing", 2, 0), ("ablation", 3, 0)]
    assert seen.phases[1:] == ahead
