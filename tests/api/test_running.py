"""Suites from Python: run at once, looked at as frames, two methods in a few lines."""

import gc
import sys
import types
from collections.abc import Callable

import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

import mmbench
from mmbench import Results, Suite, compare_methods, iter_run, run
from mmbench.errors import StoreError, UnknownNameError, UsageError

FRUIT = [f"{word} sweet fruit {i}" for i, word in enumerate(["red", "round"] * 15)]
TOOLS = [f"{word} steel tool {i}" for i, word in enumerate(["hard", "round"] * 15)]
QUICKLY = {"cv": 3, "debug": True, "throughput": False, "probes": False}
METHODS = {
    "bayes": make_pipeline(CountVectorizer(), MultinomialNB()),
    "linear": make_pipeline(CountVectorizer(), LogisticRegression()),
    "dummy": DummyClassifier(),
}


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    frame = pd.DataFrame(
        {"name": FRUIT + TOOLS, "kind": ["fruit"] * 30 + ["tool"] * 30, "size": 1.5}
    )
    path = tmp_path_factory.mktemp("tables") / "things.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def compared(table, tmp_path_factory):
    asked = {"target": "kind", "text": ["name"], "methods": METHODS}
    out = tmp_path_factory.mktemp("compared") / "out"
    return compare_methods(table, **asked, out=out, **QUICKLY)


def test_plain_pipelines_on_one_text_column_are_methods_as_they_are(compared):
    board = compared.leaderboard()
    assert board["method"].tolist()[-1] == "dummy"
    assert board["rank"].tolist()[0] == 1
    assert board["accuracy_mean"].tolist() == [1.0, 1.0, 0.5]
    assert compared.best["things"] in METHODS


def test_a_frame_has_a_row_a_trial_with_scores_as_scikit_learn_computes_them(compared):
    frame = compared.to_frame()
    assert len(frame) == len(compared) == 3 * 3
    dummy = frame[frame["method"] == "dummy"]
    y = ["fruit"] * 10 + ["tool"] * 10
    expected = f1_score(y, ["fruit"] * 20, average="macro")
    assert dummy["f1_macro"].tolist() == pytest.approx([expected] * 3)


def test_verdicts_are_sentences_by_dataset_and_the_report_is_a_file(compared):
    verdicts = compared.verdicts["things"]
    assert any("bayes" in sentence and "95 % CI" in sentence for sentence in verdicts)
    assert compared.report().name == "report.html"
    assert compared.report().is_file()


def test_results_show_themselves_as_text_and_in_a_notebook(compared):
    assert "9 of 9 trials ok" in repr(compared)
    assert "bayes" in repr(compared)
    assert "<table" in compared._repr_html_()
    assert "<script" not in compared._repr_html_()


def test_results_can_be_read_from_a_folder_that_is_there(compared, tmp_path):
    assert Results(compared.out).leaderboard().equals(compared.leaderboard())
    with pytest.raises(StoreError):
        Results(tmp_path / "nothing")
    with pytest.raises(UnknownNameError, match="did you mean 'things'"):
        compared.leaderboard("thing")


def test_without_a_folder_results_last_as_long_as_they_are_held(table):
    results = compare_methods(
        table, target="kind", text=["name"], methods=METHODS, **QUICKLY
    )
    out = results.out
    assert (out / "plan.json").is_file()
    del results
    gc.collect()
    assert not out.exists()


def test_records_can_be_had_as_trials_end(table, tmp_path):
    data = mmbench.read_table(table, target="kind", text=["name"])
    suite = Suite(name="s", datasets=[data], methods={"dummy": DummyClassifier()}, cv=2)
    how = {"debug": True, "throughput": False, "probes": False}
    records = iter_run(suite, tmp_path / "out", **how)
    assert next(records).status == "ok"
    records.close()
    assert len(Results(tmp_path / "out")) == 1
    assert len(run(suite, tmp_path / "out", **how)) == 2


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"scoring": ["acuracy"]}, "did you mean 'accuracy'"),
        ({"methods": {"r": make_pipeline(CountVectorizer(), Ridge())}}, "regressor"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(table, tmp_path, wrong, error):
    asked = {"target": "kind", "text": ["name"], "methods": METHODS} | wrong
    with pytest.raises(UsageError, match=error):
        compare_methods(table, **asked, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_suite_refuses_a_method_of_another_task_at_once(table):
    data = mmbench.read_table(table, target="kind", text=["name"])
    with pytest.raises(UsageError, match="classification needs a classifier"):
        Suite(name="s", datasets=[data], methods={"r": DummyRegressor()})


def xgboost() -> object:
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1, random_state=0)


def lightgbm() -> object:
    module = pytest.importorskip("lightgbm")
    how = {"n_estimators": 3, "min_child_samples": 2, "verbosity": -1, "n_jobs": 1}
    return module.LGBMClassifier(**how, random_state=0)


def catboost() -> object:
    module = pytest.importorskip("catboost")
    how = {"n_estimators": 3, "max_depth": 2, "thread_count": 1, "random_state": 0}
    return module.CatBoostClassifier(**how, verbose=0, allow_writing_files=False)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("make", [xgboost, lightgbm, catboost])
def test_plain_boosting_of_string_labels_equals_that_of_their_numbers(
    make: Callable[[], object], table, tmp_path
):
    plain = make_pipeline(CountVectorizer(dtype=float), make())
    found = compare_methods(
        table,
        target="kind",
        text=["name"],
        methods={"plain": plain},
        out=tmp_path / "out",
        **QUICKLY,
    )
    frame = pd.read_csv(table)
    store = mmbench.ResultStore(found.out)
    for record in found:
        assert record.status == "ok", record.reason
        kept = store.predictions(record.key)
        test = kept.sample_ids - 1
        train = frame.index.difference(test)
        model = make_pipeline(CountVectorizer(dtype=float), make())
        model.fit(frame["name"][train], (frame["kind"][train] == "tool").astype(int))
        expected = model.predict_proba(frame["name"][test])
        assert kept.arrays["proba"] == pytest.approx(expected, abs=1e-12)


def test_a_run_in_a_notebook_shows_how_far_it_is_and_clears_it(table, monkeypatch):
    shown: list[str] = []
    shell = types.SimpleNamespace(kernel=object())
    handle = types.SimpleNamespace(update=shown.append)
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell
    display = types.ModuleType("IPython.display")
    display.HTML = str
    display.display = lambda line, **_: shown.append(line) or handle
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    asked = {"target": "kind", "text": ["name"], "methods": METHODS}
    compare_methods(table, **asked, **QUICKLY)
    assert any("trials 0/9" in line for line in shown)
    assert "<progress" in shown[0]
    assert shown[-1] == ""
