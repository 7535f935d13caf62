from __future__ import annotations

import json

import pytest

from mmbench import feature_extraction
from mmbench.checks import CHECKS
from mmbench.cli import encoders
from mmbench.cli.list import KINDS
from mmbench.datasets import EMBEDDED
from mmbench.predictors import CLASSIFIERS, REGRESSORS
from mmbench.suites import SUITES
from mmbench.suites.at_hand import NETWORKS, TEXT_MODELS
from mmbench.suites.materials import (
    AUDIO_EXTRACTORS,
    IMAGE_EXTRACTORS,
    TEXT_EXTRACTORS,
    VIDEO_EXTRACTORS,
)
from mmbench.suites.parts import FUSIONS
from mmbench.tasks import all_metrics

NAMES = {
    "datasets": set(EMBEDDED),
    "extractors": {
        *(*TEXT_EXTRACTORS, "vectors", *TEXT_MODELS),
        *(*IMAGE_EXTRACTORS, "glyph_cnn", *NETWORKS, *encoders._NETWORKS),
        *AUDIO_EXTRACTORS,
        *VIDEO_EXTRACTORS,
        *encoders._WITHOUT_NAME,
    },
    "classifiers": set(CLASSIFIERS),
    "regressors": set(REGRESSORS),
    "fusions": {*FUSIONS, "kernel", "canonical"},
    "suites": set(SUITES),
    "checks": set(CHECKS),
}


def names_of(kind):
    # Other tests make tasks of their own known, for as long as they run.
    return set(all_metrics()) if kind == "metrics" else NAMES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_json_holds_every_name_of_a_kind_and_nothing_else(mmbench, kind):
    result = mmbench("list", kind, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    names = {row["name"] for row in json.loads(result.stdout)}
    assert names == names_of(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_shown_as_a_table_of_its_names(mmbench, kind):
    result = mmbench("list", kind)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in names_of(kind))


@pytest.mark.multilabel
def test_a_metric_is_described_for_each_task_where_it_means_something_else(mmbench):
    rows = json.loads(mmbench("list", "metrics", "--json").stdout)
    said = {row["name"]: row["description"] for row in rows}
    assert said["accuracy"].startswith(
        "share of samples whose class is right; multilabel: share of samples given all "
    )
    assert "multilabel" not in said["f1_weighted"]


def test_all_kinds_are_counted(mmbench):
    out = mmbench("list").stdout
    assert f"{len(all_metrics())} metrics" in out
    assert f"{len(EMBEDDED)} datasets" in out
    assert all(kind in out for kind in KINDS)


def test_json_of_all_kinds_is_one_object(mmbench):
    listed = json.loads(mmbench("list", "--json").stdout)
    assert list(listed) == list(KINDS)


def test_datasets_say_how_large_they_are(mmbench):
    rows = json.loads(mmbench("list", "datasets", "--json").stdout)
    digits = next(row for row in rows if row["name"] == "digits")
    assert (digits["samples"], digits["classes"]) == (1797, 10)
    assert digits["columns"] == ["image (image)"]


def extractor_rows(mmbench):
    return json.loads(mmbench("list", "extractors", "--json").stdout)


def test_every_public_extractor_has_a_row_and_a_doctest(mmbench):
    public = {
        name
        for name in feature_extraction.__all__
        if name.endswith(("Extractor", "Vectorizer"))
    }
    assert {row["class"] for row in extractor_rows(mmbench)} == public
    undocumented = {
        name
        for name in public
        if ">>>" not in str(getattr(feature_extraction, name).__doc__)
    }
    assert undocumented == set()


def test_every_extractor_says_what_it_costs_and_needs(mmbench):
    rows = {row["name"]: row for row in extractor_rows(mmbench)}
    assert {row["cost"] for row in rows.values()} == {"low", "medium", "high"}
    assert rows["tfidf"]["needs"] is None
    assert rows["glyph_cnn"]["needs"] == "mmbench[torch]"
    assert rows["resnet50"]["needs"] == "mmbench[torch], weights"
    assert "mmbench[timm]" in rows["timm"]["needs"]


def test_the_networks_that_are_listed_are_torchvisions():
    models = pytest.importorskip("torchvision.models")
    assert encoders._NETWORKS.keys() <= set(models.list_models(module=models))


def test_an_unknown_kind_is_bad_usage(mmbench):
    result = mmbench("list", "models")
    assert result.exit_code == 2
    assert "'extractors'" in result.stderr


def test_what_needs_torch_says_so(mmbench):
    rows = {
        row["name"]: row
        for kind in ("extractors", "fusions")
        for row in json.loads(mmbench("list", kind, "--json").stdout)
    }
    for name in ("lstm", "joint", "gated", "attention"):
        assert rows[name]["needs"] == "mmbench[torch]"
    assert "mmbench[transformers]" in rows["transformer"]["needs"]
    assert rows["early"]["needs"] is None
