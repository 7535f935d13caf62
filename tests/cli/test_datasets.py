from __future__ import annotations

import dataclasses
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmbench.cli.datasets import verify
from mmbench.datasets import EMBEDDED, Samples, catalogue
from mmbench.errors import DataError
from mmbench.testing import check_dataset


def test_show_prints_what_the_card_says(mmbench):
    result = mmbench("datasets", "show", "digits")
    assert result.exit_code == 0
    for words in ("Handwritten digits", "1,797 samples, 10 classes", "Alpaydin"):
        assert words in result.stdout


def test_cards_and_verification_are_printed_as_json(mmbench):
    card = json.loads(mmbench("datasets", "show", "digits", "--json").output)
    found = json.loads(mmbench("datasets", "verify", "digits", "--json").output)

    assert card["name"] == found["name"] == "digits"
    assert found["verified"]
    assert found["checksum"] == card["checksum"]


def test_verify_says_that_an_embedded_dataset_holds(mmbench):
    result = mmbench("datasets", "verify", "digits")
    assert result.exit_code == 0
    assert "digits verified: version 1, 1,797 samples, 10 classes" in result.stdout


def test_verify_ends_with_1_when_the_data_is_other(mmbench, monkeypatch):
    def changed():
        raise DataError("the font is another version.")

    other = dataclasses.replace(EMBEDDED["digits"], load=changed)
    monkeypatch.setattr(catalogue, "find_dataset", lambda *_: other)
    result = mmbench("datasets", "verify", "digits")
    assert result.exit_code == 1
    assert result.stderr == "digits failed verification: the font is another version.\n"


def test_verify_counts_samples():
    few = Samples(pd.DataFrame({"image": [None] * 3}), np.array([0, 1, 2]))
    other = dataclasses.replace(EMBEDDED["digits"], load=lambda: few)
    with pytest.raises(DataError, match=r"n_samples should be 1,797, got 3\."):
        verify(other)


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_dataset_is_told_the_nearest_one(mmbench, command):
    result = mmbench("datasets", command, "digit")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "mmbench: error: no dataset is named 'digit'; did you mean 'digits'?"
    )


@pytest.mark.answering
@pytest.mark.generation
@pytest.mark.multilabel
@pytest.mark.retrieval
@pytest.mark.summarisation
def test_the_table_in_the_documentation_is_made_from_the_cards(mmbench):
    page = Path(__file__).parents[2] / "datasets" / "README.md"
    result = mmbench("datasets", "list", "--markdown")
    assert result.stdout == page.read_text(encoding="utf-8"), (
        "make it again: mmbench datasets list --markdown > datasets/README.md"
    )


def test_list_tells_what_is_there_and_what_is_not(mmbench, tmp_path):
    result = mmbench("datasets", "list", "--json", "--data-dir", tmp_path)
    states = {row["name"]: row["state"] for row in json.loads(result.stdout)}
    assert states["glyphs"] == "embedded"
    assert states["fashion_mnist"] == "to download"
    assert states["hateful_memes"] == "to obtain"


def write_reuters(folder, text="oil up"):
    folder.mkdir()
    for part in ("train", "test"):
        line = json.dumps({"label": "crude", "text": text})
        (folder / f"r8_{part}.jsonl.gz").write_bytes(gzip.compress(line.encode()))


def test_fetch_shows_the_licence_and_refuses_what_is_not_the_dataset(mmbench, tmp_path):
    write_reuters(tmp_path / "mine")
    home = tmp_path / "home"
    result = mmbench("datasets", "fetch", "r8", "--from", "mine", "--data-dir", home)
    assert result.exit_code == 2
    assert "licence: unstated (academic)" in result.stdout
    assert "r8_train.jsonl.gz does not match its card" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(home.iterdir())


def test_nothing_is_downloaded_before_the_licence_is_accepted(mmbench, tmp_path):
    result = mmbench("datasets", "fetch", "fashion_mnist", "--data-dir", tmp_path / "h")
    assert result.exit_code == 1
    assert "licence: MIT" in result.stdout
    assert not (tmp_path / "h").exists()


def test_what_can_t_be_downloaded_says_how_it_is_got(mmbench, tmp_path):
    result = mmbench("datasets", "fetch", "hateful_memes", "--data-dir", tmp_path)
    assert result.exit_code == 2
    assert "Accept its licence" in result.stderr
    assert "--from PATH" in result.stderr


def test_a_run_on_what_is_not_installed_says_how_it_is_got(mmbench, tmp_path):
    result = mmbench("run", "text", "--data", "r8", "--data-dir", tmp_path)
    assert result.exit_code == 2
    assert "dataset 'r8' is not installed" in result.stderr


def write_plants(folder):
    page = Path(__file__).parents[2] / "docs" / "howto" / "dataset.md"
    text = page.read_text(encoding="utf-8")
    card = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[0]
    folder.mkdir()
    (folder / "card.toml").write_text(card)
    for part in ("train", "test"):
        rows = [f"{part} rose {i},flower\n{part} oak {i},tree\n" for i in range(5)]
        (folder / f"{part}.csv").write_text("".join(["common_name,kind\n", *rows]))


@pytest.mark.multilabel
def test_verify_says_where_samples_have_several_labels(mmbench, tmp_path):
    write_plants(tmp_path / "plants")
    card = tmp_path / "plants" / "card.toml"
    text = card.read_text().replace("classification", "multi-label classification")
    card.write_text(text.replace("[reader]", '[reader]\nlabel_separator = "&"'))
    for part in ("train", "test"):
        path = tmp_path / "plants" / f"{part}.csv"
        path.write_text(path.read_text() + f"{part} hedge rose,flower & tree\n")
    check_dataset(tmp_path / "plants")
    result = mmbench("datasets", "verify", "plants")
    assert "22 samples, 2 labels, several per sample, sha256:" in result.stdout


def test_the_readme_s_folder_is_a_dataset_that_runs(mmbench, tmp_path):
    write_plants(tmp_path / "plants")
    check_dataset(tmp_path / "plants")
    result = mmbench("datasets", "verify", "plants")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "plants verified: version 1, 20 samples, 2 classes" in result.stdout
    asked = ("--data", "plants", "--method", "dummy", "--pilot", "0")
    plan = mmbench("plan", "text", *asked)
    assert "trials    1\n" in plan.stdout  # the official split, not five folds
    folds = mmbench("plan", "text", *asked, "--ignore-split")
    assert "trials    5\n" in folds.stdout
