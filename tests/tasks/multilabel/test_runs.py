"""Data with several labels per sample, from a suite to its records."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score

from mmbench.engine import folds_of
from mmbench.errors import DataError
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import LateFusionClassifier, branch
from mmbench.results import ResultStore
from tests.engine.conftest import make_dataset
from tests.tasks.multilabel.tagged import make_tagged

TAGS = ["b", "bright", "c", "rare"]
VOTERS = [
    ("text", branch("text", TfidfVectorizer(), LogisticRegression())),
    ("size", branch(["size"], SimpleImputer(), LogisticRegression())),
]
METHODS = {
    "dummy": DummyClassifier(strategy="prior"),
    **dict(VOTERS),
    "text+size": LateFusionClassifier(VOTERS, rule="weighted", cv=3),
}


@pytest.fixture
def tagged():
    return make_dataset("tags", make_tagged, task="multilabel")


def test_every_trial_is_scored_by_its_probabilities_of_each_label(
    tagged, make_suite, go, tmp_path
):
    records = go(make_suite(METHODS, datasets=[tagged]))
    assert {record.status for record in records.values()} == {"ok"}
    store = ResultStore(tmp_path / "out")
    for record in records.values():
        found = store.predictions(record.key)
        assert found.arrays["classes"].tolist() == TAGS
        given, y_true = found.arrays["proba"] > 0.5, found.arrays["y_true"]
        wanted = {
            f"f1_{average}": f1_score(y_true, given, average=average, zero_division=0)
            for average in ("micro", "weighted", "samples")
        }
        wanted["average_precision_macro"] = average_precision_score(
            y_true, found.arrays["proba"]
        )
        assert {name: record.scores[name] for name in wanted} == pytest.approx(wanted)


def test_the_plan_says_that_there_are_several_labels(tagged, make_suite, go, tmp_path):
    go(make_suite({"dummy": METHODS["dummy"]}, datasets=[tagged, make_dataset()]))
    described = ResultStore(tmp_path / "out").plan()["datasets"]
    kinds = {name: (d["task"], d["n_classes"]) for name, d in described.items()}
    assert kinds == {"tags": ("multilabel", 4), "fruit": ("classification", 3)}


def test_methods_are_timed_and_asked_again_as_with_one_label(
    tagged, make_suite, go, tmp_path
):
    suite = make_suite(METHODS, datasets=[tagged])
    go(suite, throughput=True, probes=True)
    store = ResultStore(tmp_path / "out")
    assert set(store.throughput()["tags"]) == set(METHODS)
    changes = store.probes()["tags"]["text+size"]["changes"]
    f1 = {
        tuple(change["modalities"]): change["scores"]["f1_macro"]
        for change in changes
        if change["kind"] == "present"
    }
    assert f1["image", "numeric", "text"] > f1["image", "numeric"] > f1[()]


def test_shuffled_labels_are_told_no_better_than_by_chance(make_suite, go):
    def load():
        samples = make_tagged(300)
        order = np.random.default_rng(0).permutation(300)
        return samples._replace(y=samples.y[order])

    shuffled = make_dataset("shuffled", load, task="multilabel")
    records = go(make_suite(METHODS, datasets=[shuffled]))
    area = [r.scores["roc_auc_ovr"] for (m, *_), r in records.items() if m == "text"]
    assert np.mean(area) == pytest.approx(0.5, abs=0.07)


def test_a_dataset_must_know_whether_it_has_several_labels(make_suite, go):
    one = make_dataset("tags", make_tagged)
    with pytest.raises(
        DataError, match="dataset 'tags': classification needs one label per sample"
    ):
        go(make_suite({"dummy": METHODS["dummy"]}, datasets=[one]))
    none = make_dataset("fruit", task="multilabel")
    with pytest.raises(DataError, match="needs an indicator y with a name"):
        go(make_suite({"dummy": METHODS["dummy"]}, datasets=[none]))


def test_folds_hold_each_label_in_proportion():
    samples = make_tagged()
    wanted = samples.y.sum(axis=0) / 3
    for fold in folds_of(make_dataset(task="multilabel"), samples, 3, seed=0):
        assert np.abs(samples.y[fold.test].sum(axis=0) - wanted).max() <= 1


def test_folds_of_several_labels_keep_groups_whole():
    samples = make_tagged(groups=True)
    tested = []
    for fold in folds_of(make_dataset(task="multilabel"), samples, 3, seed=0):
        assert not set(samples.groups[fold.train]) & set(samples.groups[fold.test])
        tested += fold.test.tolist()
    assert sorted(tested) == list(range(90))
