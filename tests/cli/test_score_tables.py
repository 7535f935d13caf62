"""``mmbench score`` of labels, label sets and numbers equals scikit-learn's metrics."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)

RNG = np.random.default_rng(0)
IDS = [f"s{i}" for i in range(60)]
TRUTH = RNG.choice(["cat", "dog", "emu"], 60)
SAID = np.where(RNG.random(60) < 0.7, TRUTH, "fox")
PROBA = RNG.dirichlet([1, 1, 1], 60).round(6)


def scored(mmbench, folder, task, *tables, ending="csv"):
    truth, said = tables
    shuffled = pd.DataFrame({"id": IDS, **said}).sample(frac=1, random_state=0)
    files = {"references": pd.DataFrame({"id": IDS, **truth}), "predictions": shuffled}
    asked = ["--task", task, "--json"]
    for name, table in files.items():
        path = folder / f"{name}.{ending}"
        if ending == "csv":
            table.to_csv(path, index=False)
        else:
            table.to_json(path, orient="records", lines=True)
        asked += [f"--{name}", path]
    result = mmbench("score", *asked)
    return json.loads(result.stdout) if result.exit_code == 0 else result


def values(found):
    for each in found["scores"].values():
        if each["low"] is not None:
            assert each["low"] <= each["score"] <= each["high"]
    return {name: each["score"] for name, each in found["scores"].items()}


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_labels_are_scored_as_scikit_learn_scores_them(mmbench, tmp_path, ending):
    labels = {"label": TRUTH}, {"label": SAID}
    found = scored(mmbench, tmp_path, "classification", *labels, ending=ending)
    assert (found["n"], found["unit"]) == (60, "sample")
    scores = values(found)
    assert scores["accuracy"] == pytest.approx(accuracy_score(TRUTH, SAID))
    # "fox" is answered and never right.
    f1 = f1_score(TRUTH, SAID, average="macro", zero_division=0)
    assert scores["f1_macro"] == pytest.approx(f1)
    assert found["scores"]["accuracy"]["low"] < scores["accuracy"]


def test_probabilities_are_scored_without_labels(mmbench, tmp_path):
    columns = {f"proba_{n}": PROBA[:, i] for i, n in enumerate(["cat", "dog", "emu"])}
    truth = {"label": TRUTH}
    scores = values(scored(mmbench, tmp_path, "classification", truth, columns))
    assert scores["log_loss"] == pytest.approx(
        log_loss(TRUTH, PROBA / PROBA.sum(axis=1)[:, None])
    )


@pytest.mark.multilabel
def test_label_sets_are_scored_as_scikit_learn_scores_them(mmbench, tmp_path):
    truth, said = RNG.integers(0, 2, (2, 60, 3))
    tables = [dict(zip("abc", each.T, strict=True)) for each in (truth, said)]
    scores = values(scored(mmbench, tmp_path, "multilabel", *tables))
    for average in ("micro", "macro", "samples"):
        expected = f1_score(truth, said, average=average, zero_division=0)
        assert scores[f"f1_{average}"] == pytest.approx(expected)


@pytest.mark.regression
def test_numbers_are_scored_as_scikit_learn_scores_them(mmbench, tmp_path):
    truth, said = RNG.normal(10, 2, (2, 60))
    tables = {"number": truth}, {"number": said}
    scores = values(scored(mmbench, tmp_path, "regression", *tables))
    assert scores["r2"] == pytest.approx(r2_score(truth, said))
    assert scores["rmse"] == pytest.approx(root_mean_squared_error(truth, said))
    assert scores["mae"] == pytest.approx(mean_absolute_error(truth, said))


@pytest.mark.parametrize(
    ("references", "predictions", "message"),
    [
        ("id,label\na,x\nb,y\n", "id,label\na,x\n", "lacks a prediction for the id b"),
        ("id,label\na,x\n", "id,label\na,x\na,y\n", "has the id 'a' in row 1 already"),
        ("id,label\na,x\n", "id,label\na,\n", "row 1, column 'label': the cell of"),
        ("id,label\na,x\n", "id,label\na,x,y\n", "line 2: 3 cells under 2 names"),
        ("id,kind\na,x\n", "id,label\na,x\n", "no column is named 'label'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    mmbench, tmp_path, references, predictions, message
):
    files = {"references": references, "predictions": predictions}
    asked = ["--task", "classification"]
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
        asked += [f"--{name}", tmp_path / f"{name}.csv"]
    result = mmbench("score", *asked)
    assert (result.exit_code, message in result.output) == (2, True), result.output
