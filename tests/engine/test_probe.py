"""Methods are asked again about rows whose modalities are missing or mixed up."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

from mmbench.engine import folds_of, make_plan
from mmbench.engine.after.perturbations import changes, origin
from mmbench.feature_extraction import PixelsExtractor, TfidfVectorizer
from mmbench.fusion import (
    GreedyEnsembleClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
    stacked_fusion,
)
from mmbench.results import ResultStore

from .conftest import Flatten, make_dataset
from .oracle import ready_for

KINDS = ["image", "numeric", "text"]
COLUMN = {"text": "text", "image": "image", "numeric": "size"}


def branches():
    return [
        ("t", branch("text", TfidfVectorizer())),
        ("i", branch("image", PixelsExtractor(), SimpleImputer())),
        ("s", branch(["size"], SimpleImputer())),
    ]


def voters(classifier):
    return [
        (name, branch(b.steps[0][1].columns, *(s for _, s in b.steps[1:]), classifier))
        for name, b in branches()
    ]


METHODS = {
    "alone": voters(LogisticRegression())[0][1],
    "early": early_fusion(branches(), RandomForestClassifier(10)),
    "late": LateFusionClassifier(voters(LogisticRegression()), rule="weighted", cv=3),
    "hybrid": HybridFusionClassifier(branches(), LogisticRegression()),
    "greedy, bagged": GreedyEnsembleClassifier(
        voters(LogisticRegression()), cv=3, bagged=True
    ),
    "stacked": stacked_fusion(voters(LogisticRegression()), LogisticRegression(), cv=3),
}


def changed(X, rows):
    """Return the columns of changed rows, made cell by cell."""
    X = X.copy().reset_index(drop=True)
    for kind, picked in rows.items():
        column = COLUMN[kind]
        missing = np.nan if kind == "numeric" else None
        cells = [missing if row == -1 else X[column][row] for row in picked]
        X[column] = type(X[column])(cells, dtype=X[column].dtype)
    return X


@pytest.fixture
def probed(go, make_suite, tmp_path):
    def probe_it(methods, **changes):
        suite = make_suite(methods, **changes)
        go(suite, probes=True)
        return make_plan(suite), ResultStore(tmp_path / "out").probes()["fruit"]

    return probe_it


@pytest.mark.parametrize("name", METHODS)
def test_the_scores_are_those_of_plain_scikit_learn_on_changed_rows(name, probed):
    plan, found = probed({name: METHODS[name]})
    samples = plan.samples["fruit"]
    folds = folds_of(make_dataset(), samples, 3, 0)
    planned = list(changes(KINDS))
    y_true, y_pred = [], [[] for _ in planned]
    for number, fold in enumerate(folds):
        y = samples.y[fold.train]
        model = ready_for(METHODS[name], samples, fold).fit(
            samples.X.iloc[fold.train], y
        )
        y_true.append(samples.y[fold.test])
        n = len(fold.test)
        X = [
            changed(samples.X.iloc[fold.test], origin(change, KINDS, n, number))
            for change in planned
        ]
        answers = model.predict(pd.concat(X))  # once, since a row stands by itself
        for i, of_fold in enumerate(y_pred):
            of_fold.append(answers[i * n : (i + 1) * n])
    y_true = np.concatenate(y_true)
    asked = found[name]["changes"]
    assert len(asked) == len(planned)
    for probe, change, of_folds in zip(asked, planned, y_pred, strict=True):
        labels = np.concatenate(of_folds)
        assert (probe["kind"], tuple(probe["modalities"])) == change[:2]
        assert probe["scores"]["accuracy"] == accuracy_score(y_true, labels)
        expected = f1_score(y_true, labels, average="macro")
        assert probe["scores"]["f1_macro"] == pytest.approx(expected, abs=1e-12)


def test_with_all_modalities_present_the_score_is_that_of_the_run(probed, tmp_path):
    _, found = probed({"late": METHODS["late"]})
    store = ResultStore(tmp_path / "out")
    kept = [store.predictions(record.key) for record in store.records().values()]
    kept = [each.arrays for each in kept]
    right = [p["classes"][p["label"]] == p["y_true"] for p in kept]
    (whole,) = [p for p in found["late"]["changes"] if p["modalities"] == KINDS]
    assert whole["scores"]["accuracy"] == np.concatenate(right).mean()


def test_a_method_that_ignores_a_modality_loses_nothing_with_it(probed):
    _, found = probed({"alone": METHODS["alone"]})
    scores = {
        (p["kind"], tuple(p["modalities"]), p["number"]): p["scores"]["log_loss"]
        for p in found["alone"]["changes"]
    }
    whole = scores["present", ("image", "numeric", "text"), 0.0]
    assert scores["present", ("text",), 0.0] == whole
    assert scores["shuffled", ("image",), 1] == whole
    assert scores["shuffled", ("text",), 1] > whole


def test_rows_that_miss_a_modality_miss_it_at_every_larger_share():
    lost = [
        set(np.flatnonzero(origin(change, ["a", "b"], 40, 0)["a"] == -1))
        for change in changes(["a", "b"])
        if change[:2] == ("missing", ("a",))
    ]
    assert [len(rows) for rows in lost] == [10, 20, 30]
    assert lost[0] < lost[1] < lost[2]


def test_what_the_engine_cannot_look_into_is_not_asked(go, make_suite, tmp_path):
    go(make_suite({"dummy": DummyClassifier()}), probes=True)
    assert ResultStore(tmp_path / "out").probes() == {}


def test_a_method_that_cannot_bear_a_missing_cell_says_so_and_the_run_ends_well(
    go, make_suite, tmp_path
):
    suite = make_suite({"image": branch("image", Flatten(), LogisticRegression())})
    records = go(suite, probes=True)
    probes = ResultStore(tmp_path / "out").probes()["fruit"]
    assert {record.status for record in records.values()} == {"ok"}
    assert probes["image"]["reason"].startswith("ValueError: ")


def test_probing_can_be_left_out(go, make_suite, tmp_path):
    go(make_suite({"alone": METHODS["alone"]}), probes=False)
    assert not (tmp_path / "out" / "probes.json").exists()
