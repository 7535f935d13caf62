"""Texts from a suite or a table to the report, resumed, and where nothing is known."""

import json

import numpy as np
import pytest
from PIL import Image

from mmbench.engine import run
from mmbench.fusion.generation import (
    ConsensusText,
    NearestText,
    RandomTrainingText,
    TextEnsemble,
)
from mmbench.report.make import report_of
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.tasks import get_task
from tests.engine.conftest import make_dataset
from tests.engine.test_equal import text
from tests.tasks.generation.test_equal import CAPTIONED

pytestmark = pytest.mark.generation

MEMBERS = [("near", text(NearestText())), ("many", text(ConsensusText(10)))]
METHODS = {
    "random": RandomTrainingText(),
    **{f"text/{name}": method for name, method in MEMBERS},
    "text/both": TextEnsemble(MEMBERS),
}


def make_suite(methods=METHODS):
    data = make_dataset("fruit", lambda: CAPTIONED, task="generation")
    return Suite(name="s", datasets=[data], methods=methods, cv=3)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Return the results folder of a run that was ended half way, and resumed."""
    folder = tmp_path_factory.mktemp("texts")
    how = {"cache": folder / "cache", "debug": True, "throughput": False}
    first = run(make_suite(), folder / "out", probes=False, **how)
    kept = [next(first) for _ in range(4)]
    first.close()
    rest = list(run(make_suite(), folder / "out", probes=False, **how))
    assert {r.key for r in kept}.isdisjoint({r.key for r in rest})
    assert {record.status for record in (*kept, *rest)} == {"ok"}
    report_of(folder / "out")
    return folder / "out"


def test_scores_are_those_of_the_stored_texts(out):
    task, store = get_task("generation"), ResultStore(out)
    records = store.records()
    assert len(records) == 12
    for record in records.values():
        target, said = task.answers.load(store.predictions(record.key).arrays)
        for name in ("cider_d", "bleu_4", "copied"):
            found = task.metrics_by_name[name].score(target, said)
            assert record.scores[name] == pytest.approx(found)


def test_the_report_says_what_people_score_and_what_is_drawn_at_random(out):
    said = (out / "report.md").read_text()
    assert "A person's text against the other references has CIDEr-D" in said
    assert "(a person)" in (out / "tables" / "texts.csv").read_text()
    # In the main table and in that of all methods, where only methods have ranks.
    assert said.count("| (a person) |") == 2
    assert said.count("| random |") >= 2


def test_the_report_draws_precisions_and_shows_the_best_and_the_worst_texts(out):
    said = (out / "report.md").read_text()
    assert (out / "figures" / "fruit-precisions.svg").is_file()
    for kind in ("Confident errors", "Best answers"):
        assert kind in said
    # Beside the best of three methods, what the other two say of the same rows.
    row = next(line for line in said.splitlines() if "next best methods |" in line)
    first = said.splitlines()[said.splitlines().index(row) + 2].split(" | ")[-1]
    assert len(first.split("; ")) == 2


def test_a_table_of_pictures_and_lists_of_captions_runs_in_one_command(
    tmp_path, mmbench
):
    rng = np.random.default_rng(0)
    rows = []
    for number in range(30):
        shade = int(rng.integers(2)) * 200
        Image.new("RGB", (8, 8), (shade + int(rng.integers(50)), 0, 0)).save(
            tmp_path / f"{number}.png"
        )
        word = "dark" if shade < 100 else "red"
        said = [f"a {word} square number {number % 7}", f"one {word} picture"]
        rows.append({"image": f"{number}.png", "captions": said})
    (tmp_path / "captions.json").write_text(json.dumps(rows))
    only = ["--method", "random", "--method", "*color/consensus-cider"]
    asked = ["--data", "captions.json", "--image", "image", *only, "--folds", "2"]
    fast = ["--no-throughput", "--no-ablation", "--retrain", "none", "--debug"]

    done = mmbench("run", "captioning", *asked, "--text-target", "captions", *fast)

    assert done.exit_code == 0, done.output
    assert "2 references per row" in done.output
    refused = mmbench("run", "captioning", *asked)
    assert refused.exit_code == 2
    assert "needs --text-target COL" in refused.stderr
