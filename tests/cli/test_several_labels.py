"""A table with several labels a row goes all the way to a report."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score

pytestmark = pytest.mark.multilabel

CLUES = {"comedy": "joke", "crime": "thief", "drama": "tears"}
# Every set of labels, none of them included, six times.
LABELS = [
    [genre for bit, genre in enumerate(CLUES) if row >> bit & 1] for row in range(8)
] * 6
ASKED = (
    *("--data", "films.csv", "--target", "genres", "--label-separator", "|"),
    *("--text", "plot", "--numeric", "year", "--folds", "3", "--out", "out"),
    *("--debug", "--cache", "cache", "--no-throughput", "--no-ablation"),
)
CHOSEN = ("dummy", "plot/tfidf/logistic", "plot+numeric/*/late-mean/logistic")


@pytest.fixture
def ran(mmbench, tmp_path):
    """Run a few methods on films of several genres; return what was said."""
    rng = np.random.default_rng(0)
    lines = ["plot,year,genres"]
    for labels in LABELS:
        words = [f"w{i}" for i in rng.integers(0, 50, 4)]
        words += [CLUES[label] for label in labels if rng.random() < 0.9]
        lines.append(
            f"{' '.join(words)},{rng.integers(1950, 2020)},{'|'.join(labels) or '|'}"
        )
    (tmp_path / "films.csv").write_text("\n".join(lines))
    methods = (word for name in CHOSEN for word in ("--method", name))
    return mmbench("run", "quick", *ASKED, *methods)


def test_a_table_of_several_labels_a_row_is_run_and_reported(ran, tmp_path):
    assert ran.exit_code == 0, ran.output
    assert "48 samples, 3 labels, several per sample; plot (text)" in ran.stderr
    assert "6 of 48 cells hold no label; their samples have none of them" in ran.stderr
    out = tmp_path / "out"
    plan = json.loads((out / "plan.json").read_text())
    assert plan["datasets"]["films"]["task"] == "multilabel"
    assert (out / "report.html").stat().st_size > 0

    scores = {name: [] for name in CHOSEN[:2]}
    for line in (out / "records.jsonl").read_text().splitlines():
        record = json.loads(line)
        assert record["status"] == "ok", record
        with np.load(out / "predictions" / f"{record['key']}.npz") as answers:
            ids, proba, truth = (answers[n] for n in ("sample_ids", "proba", "y_true"))
            assert answers["classes"].tolist() == list(CLUES)
        held = [LABELS[int(row) - 1] for row in ids]
        y = np.array([[genre in labels for genre in CLUES] for labels in held], int)
        np.testing.assert_array_equal(truth, y)
        told = (proba > 0.5).astype(int)
        expected = {
            "accuracy": accuracy_score(y, told),
            "f1_micro": f1_score(y, told, average="micro", zero_division=0),
            "f1_samples": f1_score(y, told, average="samples", zero_division=0),
            "average_precision_macro": average_precision_score(y, proba),
        }
        for name, value in expected.items():
            assert record["scores"][name] == pytest.approx(value), name
        scores.setdefault(record["method"], []).append(record["scores"]["f1_macro"])
    assert {len(of_folds) for of_folds in scores.values()} == {3}
    assert np.mean(scores["plot/tfidf/logistic"]) > np.mean(scores["dummy"]) + 0.2
