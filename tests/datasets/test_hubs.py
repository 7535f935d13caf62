"""Tables of hubs are read by name, without the net here and without running code."""

from __future__ import annotations

import json
import sys
import types

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sklearn.datasets

from mmbench.datasets import read_table
from mmbench.datasets.hubs import Reference, parse_reference
from mmbench.errors import DataError, MissingDependencyError, UsageError

NAMES = {"_type": "ClassLabel", "names": ["sad", "glad"]}


class Part:
    """As much of a Hugging Face dataset as is looked at."""

    def __init__(self, features, **columns):
        self.table = pa.table(columns)
        about = json.dumps({"info": {"features": features}})
        schema = self.table.schema.with_metadata({"huggingface": about})
        self.features = types.SimpleNamespace(arrow_schema=schema)
        self.info = types.SimpleNamespace(license="cc0-1.0")

    def with_format(self, kind):
        assert kind == "arrow"
        return self

    def __getitem__(self, rows):
        assert rows == slice(None)
        return self.table


TRAIN = Part({"label": NAMES}, text=["a b", "c d", "e"], label=[0, 1, -1])
TEST = Part({"label": NAMES}, text=["f", "g"], label=[1, 0])


@pytest.fixture
def hugging_face(monkeypatch):
    asked = []

    def load_dataset(name, revision):
        asked.append((name, revision))
        if name == "nobody/nothing":
            raise FileNotFoundError("Dataset 'nobody/nothing' doesn't exist.\nMore.")
        return (
            {"train": TRAIN, "test": TEST} if name == "me/moods" else {"train": TRAIN}
        )

    module = types.ModuleType("datasets")
    module.load_dataset = load_dataset
    monkeypatch.setitem(sys.modules, "datasets", module)
    return asked


def test_parts_names_of_classes_and_withheld_labels_are_kept(hugging_face):
    dataset = read_table("hf:me/moods@abc", target="label", text=["text"])
    samples = dataset.load()
    assert hugging_face == [("me/moods", "abc")]
    assert samples.X["text"].tolist() == ["a b", "c d", "f", "g"]
    assert samples.y.tolist() == ["sad", "glad", "glad", "sad"]
    assert samples.split.tolist() == ["train", "train", "test", "test"]
    assert (dataset.name, dataset.licence) == ("moods", "cc0-1.0")
    assert "1 of 5 cells have no label" in dataset.notices[0]


@pytest.mark.multilabel
def test_lists_of_named_labels_are_several_labels_a_row(hugging_face, monkeypatch):
    cells = [[0, 1], [1], [], None]
    lists = {"label": {"_type": "Sequence", "feature": NAMES}}
    part = Part(lists, text=list("abcd"), label=cells)
    monkeypatch.setattr(
        sys.modules["datasets"], "load_dataset", lambda *_, **__: {"train": part}
    )
    dataset = read_table("hf:me/tags", target="label", text=["text"])
    samples = dataset.load()
    assert dataset.task.name == "multilabel"
    assert samples.schema["classes"] == ["glad", "sad"]
    assert samples.y.tolist() == [[1, 1], [1, 0], [0, 0]]


@pytest.mark.multilabel
def test_joined_labels_of_a_hub_are_separated(hugging_face, monkeypatch):
    part = Part({}, text=list("ab"), kind=["x/y", "x"])
    monkeypatch.setattr(
        sys.modules["datasets"], "load_dataset", lambda *_, **__: {"train": part}
    )
    dataset = read_table(
        "hf:me/tags", target="kind", text=["text"], label_separator="/"
    )
    assert dataset.load().y.tolist() == [[1, 1], [1, 0]]


def test_without_a_test_part_there_is_no_official_split(hugging_face):
    dataset = read_table("hf:me/folds", target="label", text=["text"])
    assert not dataset.has_split


def test_what_can_t_be_loaded_is_one_line(hugging_face):
    with pytest.raises(
        DataError, match=r"hf:nobody/nothing can't be .*doesn't exist\.$"
    ):
        read_table("hf:nobody/nothing", target="label", text=["text"])


def test_a_folder_called_datasets_is_not_hugging_face_s(monkeypatch):
    # From the repository's root, ``import datasets`` finds the folder of cards.
    monkeypatch.setitem(sys.modules, "datasets", types.ModuleType("datasets"))
    with pytest.raises(MissingDependencyError, match=r"mmbench\[hub\]"):
        read_table("hf:me/moods", target="label", text=["text"])


def test_openml_is_asked_by_name_and_version_or_by_number(monkeypatch):
    asked = []

    def fetch_openml(**which):
        asked.append(which)
        frame = pd.DataFrame(
            {
                "width": [1.0, np.nan, 3.0, 4.0],
                "kind": pd.Categorical(["a", "b", "a", "b"]),
            }
        )
        return types.SimpleNamespace(frame=frame, details={"licence": "Public"})

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch_openml)
    for text in ("openml:iris@1", "openml:61"):
        dataset = read_table(text, target="kind", numeric=["width"])
    assert asked[0] | {"name": "iris", "version": 1} == asked[0]
    assert asked[1]["data_id"] == 61
    assert dataset.load().y.tolist() == ["a", "b", "a", "b"]
    assert np.isnan(dataset.load().X["width"].iloc[1])
    assert dataset.licence == "Public"


@pytest.mark.parametrize("text", ["table.csv", "easy_vqa", "C:/x.csv", "hf/x.csv"])
def test_what_is_no_reference_is_left_alone(text):
    assert parse_reference(text) is None


def test_a_reference_without_a_name_is_refused():
    with pytest.raises(UsageError, match="write openml:NAME"):
        parse_reference("openml:")
    assert parse_reference("openml:a@2") == Reference(
        hub="openml", name="a", version="2"
    )
