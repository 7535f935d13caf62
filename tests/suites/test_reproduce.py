"""The trial groups fit their datasets' cards, and the command tries them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mmbench.cli import main
from mmbench.datasets import Dataset, Samples, load_card
from mmbench.suites.reproduce import GROUPS, build_group

BY_NAME = {group.name: group for group in GROUPS}


def dataset_of(name: str) -> Dataset:
    """Return a dataset with a card's columns and no rows."""
    card = load_card(name)
    X = pd.DataFrame({column: [] for column in card.modalities})
    return Dataset(
        name=name,
        version=card.version,
        source=card.source,
        licence=card.licence,
        modalities=card.modalities,
        load=lambda: Samples(X, np.array([])),
        has_split=bool(card.official_split),
    )


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_every_goal_names_methods_of_its_group(group):
    suite = build_group(group, dataset_of(group.dataset), {})
    for goal in group.goals:
        assert goal.method in suite.methods
        assert goal.baseline is None or goal.baseline in suite.methods
        assert (goal.theirs is None) == (goal.kind != "reach")
    assert "dummy" in suite.methods
    assert load_card(group.dataset).status == "proven"


@pytest.mark.parametrize(
    ("name", "what", "theirs"),
    [
        ("flipkart1050", "name and image", 0.928),
        ("flipkart1050", "name, description and image", 0.945),
        ("newsgroups20", "TF-IDF and a linear SVM", 0.862),
        ("r8", "TF-IDF and a linear SVM", 0.974),
        ("mr", "TF-IDF and a linear SVM", 0.770),
        ("mfeat", "all six views", 0.018),
        ("leaves100", "all three views", 0.99),
        ("easy_vqa", "question and picture", 0.95),
        ("fsdd", "official split", 0.99),
        ("fsdd-speakers", "leave one speaker out, mean", 0.85),
    ],
)
def test_the_numbers_are_those_that_were_set(name, what, theirs):
    goals = {goal.name: goal.theirs for goal in BY_NAME[name].goals}
    assert goals[what] == theirs


def test_without_weights_nothing_stands_in_for_the_network():
    suite = build_group(BY_NAME["flipkart1050"], dataset_of("flipkart1050"), {})
    network = suite.methods["image"].steps[1][1]
    assert (network.arch, network.weights) == ("mobilenet_v2", "default")


def run(*arguments):
    return CliRunner().invoke(
        main, ["run", "reproduce", *arguments], prog_name="mmbench"
    )


def test_a_folder_without_any_of_the_data_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    result = run("--data-dir", "empty", "--dataset", "r8", "--out", "out")
    assert result.exit_code == 2
    assert "contains none of the datasets: r8" in result.stderr
    assert "not on this machine" in (tmp_path / "out/reproduction.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data-dir", "nowhere"], "--data-dir must be a folder, got 'nowhere'"),
        (["--dataset", "glyphs"], "--dataset must be one of ['easy_vqa'"),
        (["--folds", "3"], "--folds is fixed by reproduce"),
        (["--data", "r8"], "--data is fixed by reproduce"),
    ],
)
def test_what_reproduce_fixes_can_t_be_asked_for(
    tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
