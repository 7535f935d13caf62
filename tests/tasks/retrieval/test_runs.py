"""Retrieval from a suite or a table to its report."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.impute import SimpleImputer

from mmbench.engine import make_plan, run
from mmbench.feature_extraction import PixelsExtractor
from mmbench.fusion import branch
from mmbench.fusion.embedding import EmbeddingEnsemble, JointEmbedding, RandomEmbedding
from mmbench.fusion.joint_spaces import CCASpace, ProcrustesSpace
from mmbench.report.make import report_of
from mmbench.report.queries import find_queries
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.tasks import get_task
from tests.engine.conftest import make_dataset
from tests.engine.test_equal import text
from tests.tasks.retrieval.paired import make_pairs

PICTURES = branch("image", PixelsExtractor(), SimpleImputer())
SIDES = [("text", text()), ("image", PICTURES)]
MEMBERS = {
    "cca": JointEmbedding(SIDES, CCASpace(10)),
    "procrustes": JointEmbedding(SIDES, ProcrustesSpace(10)),
}
METHODS = {
    "random": RandomEmbedding(),
    **MEMBERS,
    "both": EmbeddingEnsemble([*MEMBERS.items()], rule="mean", cv=3),
}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Return the results folder of a run with a report."""
    folder = tmp_path_factory.mktemp("pairs")
    pairs = make_dataset("pairs", lambda: make_pairs(90, captions=2), task="retrieval")
    suite = Suite(name="s", datasets=[pairs], methods=METHODS, cv=3)
    how = {
        "cache": folder / "cache",
        "debug": True,
        "throughput": False,
        "with_samples": True,
    }
    records = list(run(suite, folder / "out", probes=True, **how))
    assert {record.status for record in records} == {"ok"}
    report_of(folder / "out")
    return folder / "out"


def test_scores_are_those_of_the_stored_embeddings(out):
    task, store = get_task("retrieval"), ResultStore(out)
    for record in store.records().values():
        target, said = task.answers.load(store.predictions(record.key).arrays)
        truth = target.scored
        # Every caption asks for the picture of its pair, of which there are as many.
        likeness = said["text"].astype(float) @ said["image"].astype(float).T
        pictures = np.unique(truth[:, 2], return_index=True)[1]
        best = truth[pictures][likeness[:, pictures].argmax(axis=1), 0]
        expected = (best == truth[:, 0]).mean()
        assert record.scores["text_to_image_hit_at_1"] == pytest.approx(expected)


def test_what_is_learnt_beats_chance(out):
    tables = pd.read_csv(out / "tables" / "methods.csv", index_col="method")
    found = tables["hit_at_10_mean"]
    # Ten of thirty pictures, and twenty of sixty captions at most by chance.
    assert found["random"] < 0.55
    assert found["cca"] > found["random"] + 0.1


def test_a_verdict_says_what_the_ensemble_adds_over_its_members(out):
    assert ResultStore(out).plan()["methods"]["both"]["members"] == [*MEMBERS]
    said = (out / "report.md").read_text()
    assert "the best of its members" in said


def test_without_all_its_members_an_ensemble_is_not_compared():
    some = {name: METHODS[name] for name in ("random", "cca", "both")}
    pairs = make_dataset("pairs", lambda: make_pairs(20), task="retrieval")
    plan = make_plan(Suite(name="s", datasets=[pairs], methods=some, cv=2))
    assert "members" not in plan.as_json()["methods"]["both"]


def test_modalities_are_taken_away_fold_by_fold(out):
    found = json.loads((out / "probes.json").read_text())["pairs"]["cca"]["changes"]
    assert all(0 <= change["scores"]["hit_at_1"] <= 1 for change in found)


def test_nothing_is_taken_away_where_each_side_is_one_modality():
    is_ablated = get_task("retrieval").data.is_ablated
    assert not is_ablated({"caption": "text", "title": "text", "photo": "image"})
    assert not is_ablated({"caption": "text", "clip": "video"})
    assert is_ablated({"caption": "text", "price": "numeric", "photo": "image"})


def test_without_ablation_no_trial_is_asked_again(tmp_path):
    pairs = make_dataset("pairs", lambda: make_pairs(30), task="retrieval")
    sides = {"text": "text", "image": "image"}
    suite = Suite(
        name="s", datasets=[replace(pairs, modalities=sides)], methods=MEMBERS, cv=3
    )
    how = {"cache": tmp_path / "cache", "debug": True, "throughput": False}
    assert {r.status for r in run(suite, tmp_path / "out", **how)} == {"ok"}
    assert ResultStore(tmp_path / "out").probes() == {}


def test_the_report_draws_hit_rates_in_both_directions(out):
    names = {path.name for path in (out / "figures").iterdir()}
    for way in ("text-to-image", "image-to-text"):
        assert any(f"hits-{way}" in name for name in names)


def test_the_report_shows_queries_with_what_they_find_the_worst_first(out):
    run = Run.read(ResultStore(out))
    (here,) = run.datasets.values()
    found = find_queries(here, run.predictions)
    assert {row.kind for row in found} == {"text_to_image", "image_to_text"}
    samples = make_pairs(90, captions=2)
    key = dict(zip(samples.X.index, samples.y, strict=True))
    for row in found:
        right = [key[item] == key[row.query] for item, _ in row.items]
        assert right == [is_right for _, is_right in row.items]
        first = right.index(True) + 1 if any(right) else None
        assert row.rank == first if first else row.rank is None or row.rank > 5
    ranks = [row.rank for row in found if row.kind == "text_to_image"]
    assert ranks == sorted(ranks, reverse=True)
    page = (out / "report.html").read_text()
    assert len(re.findall(r'class="framed"[^>]*><img src="data:', page)) == sum(
        is_right for r in found if r.wanted == "image" for _, is_right in r.items
    )


def test_the_report_says_how_many_queries_are_answered_a_second(tmp_path):
    pairs = make_dataset("pairs", lambda: make_pairs(24), task="retrieval")
    some = {name: METHODS[name] for name in ("random", "cca")}
    suite = Suite(name="s", datasets=[pairs], methods=some, cv=2)
    [*run(suite, tmp_path / "out", cache=tmp_path / "cache", debug=True)]
    report_of(tmp_path / "out")
    kept = ResultStore(tmp_path / "out").throughput()["pairs"]["cca"]
    # A query is embedded as an item is, and then ranked.
    assert 0 < kept["queries_per_s"] < kept["samples_per_s"]
    speeds = pd.read_csv(tmp_path / "out" / "tables" / "throughput.csv")
    assert speeds["queries_per_s"].gt(0).all()
    assert "queries/s" in (tmp_path / "out" / "report.md").read_text()


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Return a table of captions and pictures."""
    folder = tmp_path_factory.mktemp("table")
    samples = make_pairs(40)
    names = [f"{name}.png" for name in samples.X.index]
    for name, pixels in zip(names, samples.X["image"], strict=True):
        Image.fromarray(np.kron(pixels, np.ones((8, 8), np.uint8))).save(folder / name)
    frame = {"caption": samples.X["text"], "image": names, "same": "k"}
    pd.DataFrame(frame).to_csv(folder / "pairs.csv", index=False)
    return folder / "pairs.csv"


def test_a_table_of_captions_and_pictures_runs_in_one_command(table, mmbench):
    few = "--folds 2 --method random --method tfidf+hog/cca-local --debug --cache cache"
    quick = "--no-throughput --no-ablation --retrain none --gallery-size 10 --out out"
    asked = f"run retrieval --data {table} --text caption --image image"
    done = mmbench(*f"{asked} {few} {quick}".split())
    assert done.exit_code == 0, done.output
    assert "ranked by R-sum" in done.output
    plan = ResultStore("out").plan()
    assert plan["datasets"]["pairs"]["gallery_size"] == 10


REFUSED = {
    "one side": ("--text caption", "needs both sides of pairs"),
    "only pictures": ("--image image", "needs two sides, .* got image columns only"),
    "one key": (
        "--text caption --image image --key same",
        "all rows have the same key",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_pair_is_refused_in_one_line(name, table, mmbench):
    options, expected = REFUSED[name]
    done = mmbench("run", "retrieval", "--data", table, *options.split())
    assert done.exit_code == 2
    assert re.search(expected, done.output)
    assert len(done.output.strip().splitlines()) == 1
