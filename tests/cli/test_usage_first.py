"""Bad usage is refused before any data is read."""

from __future__ import annotations

import pytest

from mmbench.results.journal import Journal

SUITE = """
from sklearn.dummy import DummyClassifier

from mmbench import Suite
from mmbench.datasets import Dataset


def load():
    raise AssertionError("loaded")


slow = Dataset(
    name="slow", version="1", source="s", licence="l", modalities={"text": "text"},
    load=load,
)
suite = Suite(name="mine", datasets=[slow], methods={"dummy": DummyClassifier()})
"""


@pytest.fixture(autouse=True)
def _suite(tmp_path):
    (tmp_path / "mine.py").write_text(SUITE)


@pytest.fixture
def locked(tmp_path):
    """Hold a results folder as another run would."""
    (tmp_path / "busy").mkdir()
    journal = Journal(tmp_path / "busy" / "records.jsonl")
    yield
    journal.close()


def test_the_data_of_this_suite_cannot_be_loaded(mmbench):
    with pytest.raises(AssertionError, match="loaded"):
        mmbench("run", "mine.py")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--method", "nope"], "no method of suite 'mine' matches 'nope'"),
        (["--dataset", "fast"], "no dataset is named 'fast'"),
        (["--folds", "1"], "1 is not in the range"),
        (["--out", "mine.py"], "--out must be a folder"),
        (["--out", "mine.py/out"], "--out mine.py/out can't be written"),
        (["--out", "."], "holds other files"),
        (["--cache", "mine.py"], "--cache must be a folder"),
        # It is waited for.
        pytest.param(
            ["--scheduler", "tcp://127.0.0.1:1"],
            "no Dask scheduler answers",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_wrong_option_is_refused_first(mmbench, options, message):
    result = mmbench("run", "mine.py", *options)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.usefixtures("locked")
def test_a_folder_that_another_run_writes_to_is_refused_first(mmbench):
    result = mmbench("run", "mine.py", "--out", "busy")
    assert result.exit_code == 2
    assert "another run is writing to busy" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Classifier()}", "Classifier()}, scoring=['acuracy']", "no metric is named"),
        ("Classifier()}", "Classifier(constant=lambda: 1)}", "lambda"),
    ],
)
def test_what_is_wrong_with_a_suite_is_said_first(mmbench, tmp_path, old, new, message):
    (tmp_path / "mine.py").write_text(SUITE.replace(old, new))
    result = mmbench("run", "mine.py")
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--method", "nope"], "no method of suite 'quick' matches 'nope'"),
        (["--out", "mine.py"], "--out must be a folder"),
        (["--vectors", "mine.py"], "--vectors mine.py: "),
        (["--weights", "mobilenet_v2"], "--weights must be ARCH=PATH"),
    ],
)
def test_cells_are_not_read_for_it(mmbench, table, monkeypatch, options, message):
    def samples_of(*_, **__):
        raise AssertionError("read")

    monkeypatch.setattr("mmbench.datasets.readers.samples_of", samples_of)
    about = ["--data", table, "--target", "kind", "--text", "name"]
    result = mmbench("run", "quick", *about, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_pictures_are_not_opened_before_columns_are_known(mmbench, table, monkeypatch):
    def check_images(_sources):
        raise AssertionError("opened")

    monkeypatch.setattr("mmbench.datasets.image_column.check_images", check_images)
    about = ["--data", table, "--target", "kind", "--image", "name", "--text", "nam"]
    result = mmbench("run", "quick", *about)
    assert result.exit_code == 2
    assert "no column is named 'nam'" in result.stderr
