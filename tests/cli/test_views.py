"""Views and embeddings of a table are units of their own."""

import json
from pathlib import Path

import numpy as np
import pytest

from mmbench.cli.request import Request
from mmbench.cli.requested_suite import requested_suite


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "items.jsonl"
    rows = [
        {
            "name": "red cup" if i % 2 else "blue bus",
            "clip": rng.normal(size=3).tolist() if i else None,
            "v0_a": float(i % 2),
            "v0_b": rng.normal(),
            "kind": "cup" if i % 2 else "bus",
        }
        for i in range(40)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def test_they_are_fused_with_text_and_with_each_other(table):
    request = Request(
        suite="fusion",
        data=Path(table),
        target=("kind",),
        text=("name",),
        embedding=("clip",),
        view=("zero=v0_*",),
    )
    suite = requested_suite(request)
    assert {
        "clip/numeric/logistic",
        "zero/numeric/svm",
        "zero+clip/numeric/kernel/svm",
        "name+zero+clip/tfidf+numeric/early/logistic",
    } <= suite.methods.keys()
    (dataset,) = suite.datasets
    assert dataset.views == {
        "zero": ("v0_a", "v0_b"),
        "clip": ("clip_0", "clip_1", "clip_2"),
    }
    (notice,) = [each for each in dataset.notices if "clip" in each]
    assert notice.startswith("column 'clip_0': 1 of 40 cells are empty")
    assert dataset.load().X.columns.tolist() == ["name", *dataset.columns("numeric")]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (("--view", "zero"), "--view must be NAME=GLOB, got 'zero'"),
        (("--view", "zero=w*"), "--view zero=w*: no column matches 'w*'"),
        (("--view", "zero=[nv]*"), "numeric and as text|text and as numeric"),
        (("--embedding", "name"), "expected a list of numbers, got 'blue bus'"),
    ],
)
def test_what_is_no_view_is_refused(mmbench, table, view, said):
    asked = ("--data", table, "--target", "kind", "--text", "name")
    result = mmbench("plan", "fusion", *asked, *view)
    assert result.exit_code == 2
    words = " ".join(result.stderr.split())
    assert any(each in words for each in said.split("|"))
