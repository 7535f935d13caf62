"""Questions from a suite or a table to their report."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression

from mmbench.engine import run
from mmbench.feature_extraction import PixelsExtractor
from mmbench.fusion import branch, early_fusion
from mmbench.report.make import report_of
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.tasks import get_task, scores_of
from mmbench.tasks.answering.estimators import QuestionPrior
from tests.engine.conftest import make_dataset
from tests.engine.test_equal import text
from tests.tasks.answering.asked import make_asked

pytestmark = pytest.mark.answering

PICTURES = branch("image", PixelsExtractor(), SimpleImputer())
METHODS = {
    "dummy": DummyClassifier(strategy="prior"),
    "prior": branch("text", QuestionPrior()),
    "text": text(LogisticRegression(max_iter=300)),
    "both": early_fusion(
        [("text", text()), ("image", PICTURES)], LogisticRegression(max_iter=300)
    ),
}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Return the results folder of a run with a report."""
    folder = tmp_path_factory.mktemp("asked")
    asked = make_dataset("asked", make_asked, task="answering")
    suite = Suite(name="s", datasets=[asked], methods=METHODS, cv=3)
    how = {"cache": folder / "cache", "debug": True, "throughput": False}
    records = list(run(suite, folder / "out", probes=True, with_samples=True, **how))
    assert {record.status for record in records} == {"ok"}
    report_of(folder / "out")
    return folder / "out"


def test_scores_are_those_of_the_stored_answers(out):
    task, store = get_task("answering"), ResultStore(out)
    for record in store.records().values():
        target, said = task.answers.load(store.predictions(record.key).arrays)
        again = scores_of(task.metrics, target, said)
        assert {n: again[n] for n in record.scores} == pytest.approx(record.scores)


def test_question_and_picture_together_beat_the_question_alone(out):
    tables = pd.read_csv(out / "tables" / "methods.csv", index_col="method")
    found = tables["vqa_accuracy_mean"]
    assert found["both"] > max(found["text"], found["prior"], found["dummy"]) + 0.05


def test_the_report_shows_types_controls_and_all_answers(out):
    said = (out / "report.md").read_text()
    assert "incongruent pictures" in said
    slices = pd.read_csv(out / "tables" / "slices.csv")
    assert {"is it", "which fruit"} <= set(slices["slice"])
    assert {"yes/no", "other"} <= set(slices["slice"])
    # What people said, with how many said it, beside the answer.
    assert "yes (2)" in said or "no (2)" in said


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Return a table of questions, pictures and answers."""
    folder = tmp_path_factory.mktemp("table")
    rng, rows = np.random.default_rng(0), []
    for i in range(24):
        shade = int(rng.integers(2)) * 200
        Image.new("L", (16, 16), shade + i).save(folder / f"{i}.png")
        about = {"picture": f"{i}.png"}
        bright = "yes" if shade else "no"
        said = [bright, bright, "maybe"]
        rows.append({**about, "asked": "is it bright?", "said": said})
        rows.append({**about, "asked": "is it a cat?", "said": [f"odd {i}"]})
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "asked.jsonl").write_text(text)
    return folder / "asked.jsonl"


QUICK = "--folds 2 --no-throughput --no-ablation --retrain none --cache cache --debug"


def test_a_table_runs_in_one_command_whatever_answers_are_rare(table, mmbench):
    asked = f"run answering --data {table} --text asked --image picture --target said"
    few = "--method dummy --method asked/prior --answers 2 --out out"
    done = mmbench(*f"{asked} {few} {QUICK}".split())
    assert done.exit_code == 0, done.output
    assert "24 of 48 rows have an answer that no other row has" in done.output
    assert "ranked by VQA accuracy" in done.output
    plan = ResultStore("out").plan()
    assert plan["datasets"]["asked"]["n_chosen_among"] == 2
    trained = [record.n_train for record in ResultStore("out").records().values()]
    assert max(trained) < 24


def test_labels_of_another_task_are_asked_as_answers(mmbench):
    few = "--dataset moving_glyphs_questions --method dummy --method question/prior"
    done = mmbench(*f"run answering {few} {QUICK} --out out".split())
    assert done.exit_code == 0, done.output
    records = ResultStore("out").records().values()
    assert {record.status for record in records} == {"ok"}
    assert all("consistency" in record.scores for record in records)


def test_what_is_no_table_of_answers_is_refused_in_one_line(table, mmbench):
    done = mmbench("run", "answering", "--data", table, "--text", "asked")
    assert done.exit_code == 2
    assert "needs --target COL, the answers" in done.output
    done = mmbench("run", "quick", "--data", table, "--text", "asked", "--answers", "9")
    assert "--answers is for the suite answering." in done.output


def test_a_run_that_stops_midway_ends_like_one_that_never_did(tmp_path):
    asked = make_dataset("asked", make_asked, task="answering")
    few = {name: METHODS[name] for name in ("dummy", "prior")}
    suite = Suite(name="s", datasets=[asked], methods=few, cv=3)
    how = {"debug": True, "throughput": False, "probes": False}
    begun = run(suite, tmp_path / "a", cache=tmp_path / "cache", **how)
    stopped = [next(begun) for _ in range(2)]
    begun.close()
    list(run(suite, tmp_path / "a", cache=tmp_path / "cache", **how))
    list(run(suite, tmp_path / "b", cache=tmp_path / "other", **how))
    found = [ResultStore(tmp_path / name).records() for name in "ab"]
    assert {r.key for r in stopped} < found[0].keys() == found[1].keys()
    scores = [{key: r.scores for key, r in each.items()} for each in found]
    assert scores[0] == scores[1]
