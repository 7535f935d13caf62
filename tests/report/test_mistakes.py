"""What methods get wrong: held to their stored predictions, sample by sample."""

import base64
import csv
import dataclasses
import io
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from mmbench import make_report, read_table, run
from mmbench.cli import main
from mmbench.datasets import Samples, kept_samples
from mmbench.errors import UnknownNameError, UsageError
from mmbench.feature_extraction import PixelsExtractor, TfidfVectorizer
from mmbench.fusion import LateFusionClassifier, branch
from mmbench.report.mistakes import KINDS, Only, find_mistakes
from mmbench.report.mistakes.shown_samples import shown_samples
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.stats import label_errors
from mmbench.suite import Suite

N = 60


def picture(value):
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), value, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mistakes")
    rng = np.random.default_rng(0)
    y = np.arange(N) % 2
    words = np.where(rng.random(N) < 0.8, y, 1 - y)
    shades = np.where(rng.random(N) < 0.8, 60 + 120 * y, rng.integers(0, 255, N))
    table = {
        "name": [
            f"{['sour lemon', 'sweet melon'][w]} {i % 5}" for i, w in enumerate(words)
        ],
        "photo": [picture(value) for value in shades],
        "kind": np.array(["lemon", "melon"])[y].tolist(),
        "shop": ["north", "south", "east"] * (N // 3),
    }
    data = read_table(
        table, target="kind", text=["name"], image=["photo"], slices=["shop"]
    )
    name = make_pipeline(branch("name", TfidfVectorizer()), LogisticRegression())
    photo = branch(
        "photo", make_pipeline(PixelsExtractor(size=4), LogisticRegression())
    )
    methods = {
        "dummy": DummyClassifier(strategy="prior"),
        "name": name,
        "photo": photo,
        "both": LateFusionClassifier([("name", name), ("photo", photo)]),
    }
    suite = Suite(name="s", datasets=[data], methods=methods, cv=3, slices=["shop"])
    how = {"throughput": False, "probes": False, "retrain": "none", "debug": True}
    out, cache = folder / "out", folder / "cache"
    run(suite, out, cache=cache, with_samples=True, **how)
    return out


@pytest.fixture(scope="module")
def answers(done):
    """True class and probability of melon, by method and sample, as they are stored."""
    store, found = ResultStore(done), {}
    for record in store.records().values():
        kept = store.predictions(record.key)
        for i, sample in enumerate(kept.sample_ids.tolist()):
            found[record.method, str(sample)] = (kept.y_true[i], kept.proba[i, 1])
    return found


def mistakes(done, **asked):
    read = Run.read(ResultStore(done))
    return find_mistakes(read, read.datasets["data"], **asked)


def test_errors_are_the_surest_wrong_answers(done, answers):
    rows = [r for r in mistakes(done, method="both") if r.kind == KINDS[0]]
    wrong = {}
    for (method, sample), (truth, melon) in answers.items():
        said = "melon" if melon > 0.5 else "lemon"
        if method == "both" and said != truth:
            wrong[sample] = max(melon, 1 - melon)
    assert {row.sample for row in rows} == set(wrong)
    ordered = sorted(wrong.values(), reverse=True)
    assert [row.score for row in rows] == pytest.approx(ordered)
    assert all(row.score == pytest.approx(wrong[row.sample]) for row in rows)


def test_suspects_are_those_of_confident_learning(done, answers):
    rows = [r for r in mistakes(done, method="both") if r.kind == KINDS[1]]
    own = {s: each for (m, s), each in answers.items() if m == "both"}
    labels = [int(truth == "melon") for truth, _ in own.values()]
    proba = np.array([[1 - p, p] for _, p in own.values()])
    found = label_errors(labels, proba)
    names = [*own]
    assert {row.sample for row in rows} == {names[i] for i in found.suspects}
    assert {row.rather for row in rows} <= {"lemon", "melon"}
    assert all(row.rather != row.truth for row in rows)


def test_disputed_samples_come_first_where_votes_are_split(done, answers):
    rows = [r for r in mistakes(done, method="both") if r.kind == KINDS[2]]
    assert rows
    for row in rows:
        votes = {m: answers[m, row.sample][1] > 0.5 for m in ("name", "photo", "both")}
        assert 0 < sum(votes.values()) < 3


def test_each_modality_alone_is_quoted(done, answers):
    row = mistakes(done, method="both")[0]
    said = dict(part.split(": ") for part in row.others.split("; "))
    for modality, method in (("text", "name"), ("image", "photo")):
        melon = answers[method, row.sample][1]
        expected = "melon" if melon > 0.5 else "lemon"
        assert said[modality] == f"{expected} ({max(melon, 1 - melon):.2f})"


def test_versus_keeps_what_the_other_gets_right(done, answers):
    rows = mistakes(done, method="name", only=Only(versus="photo"))
    errors = [row for row in rows if row.kind == KINDS[0]]
    assert errors
    for row in errors:
        truth, melon = answers["photo", row.sample]
        assert ("melon" if melon > 0.5 else "lemon") == truth


def test_classes_and_slices_filter(done):
    rows = mistakes(done, method="name", only=Only(label="melon"))
    assert {row.truth for row in rows} == {"melon"}
    rows = mistakes(done, method="name", only=Only(slice=("shop", "north")))
    assert rows
    assert all((int(row.sample) - 1) % 3 == 0 for row in rows)


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"method": "nmae"}, "method"),
        ({"only": Only(label="plum")}, "class"),
        ({"only": Only(slice=("shop", "west"))}, "slice"),
        ({"only": Only(slice=("year", "1"))}, "slice column"),
    ],
)
def test_unknown_names_are_told(done, asked, match):
    with pytest.raises(UnknownNameError, match=f"no {match} is named"):
        mistakes(done, **asked)


def test_a_run_without_slices_says_so(done):
    read = Run.read(ResultStore(done))
    bare = dataclasses.replace(read, slices={})
    with pytest.raises(UsageError, match="kept no slices"):
        find_mistakes(bare, bare.datasets["data"], only=Only(slice=("shop", "north")))


def test_the_command_writes_them_as_csv(done, tmp_path):
    file = tmp_path / "errors.csv"
    words = ["errors", str(done), "--method", "both", "-n", "3", "--csv", str(file)]
    found = CliRunner().invoke(main, words, catch_exceptions=False)
    assert found.exit_code == 0
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["sample"] for row in rows] == [
        row.sample for row in mistakes(done, method="both", n_most=3)
    ]
    shown = CliRunner().invoke(main, words[:-2], catch_exceptions=False)
    assert "Confident errors on data, both:" in shown.output


def test_the_report_shows_samples_only_where_they_are_kept(done, tmp_path):
    page = make_report(done).read_text()
    assert "img-src data:" in page
    assert page.count("data:image/jpeg;base64,") >= 3
    assert "sour lemon" in page
    bare = shutil.copytree(done, tmp_path / "bare")
    (bare / "samples.json").unlink()
    page = make_report(bare).read_text()
    assert "Sample ids only" in page
    for word in ("img-src", "data:image/jpeg", "sour lemon"):
        assert word not in page


def test_thumbnails_are_small_and_texts_are_cut():
    X = pd.DataFrame(
        {"photo": [np.zeros((300, 200, 3), np.uint8), None], "text": ["x" * 900, None]}
    )
    kept = kept_samples(
        Samples(X, np.array([0, 1])), {"photo": "image", "text": "text"}
    )
    photo, nothing = kept["columns"]["photo"]["cells"]
    assert nothing is None
    with Image.open(io.BytesIO(base64.b64decode(photo))) as image:
        assert (image.format, image.size) == ("JPEG", (64, 96))
    assert kept["columns"]["text"]["cells"] == ["x" * 500, None]


def test_nothing_but_base64_gets_into_a_page():
    cells = ['"><script>', "QUJD"]
    column = {"modality": "image", "cells": cells}
    shown = shown_samples({"ids": [1, 2], "columns": {"photo": column}})
    assert shown.images("1") == ()
    assert re.fullmatch(r"data:image/jpeg;base64,QUJD", *shown.images("2"))
