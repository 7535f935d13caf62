"""The example of the documentation is a table, and folders of classes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mmbench.datasets import read_table
from mmbench.datasets.example import write_example
from mmbench.errors import UsageError

FORTY_EACH = dict.fromkeys(("Cyrillic", "Georgian", "Greek", "Latin"), 40)


def test_the_example_is_a_table_and_its_pictures_are_class_folders(
    tmp_path: Path,
) -> None:
    path = write_example(tmp_path / "letters")
    table = read_table(path, target="script", text=["name"], image=["image"])
    folder = read_table(path.parent / "images")
    for samples in (table.load(), folder.load()):
        assert Counter(samples.y.tolist()) == FORTY_EACH
        assert samples.X.notna().all(axis=None)
    with pytest.raises(UsageError, match="letters must be empty; name another folder"):
        write_example(tmp_path / "letters")


@pytest.mark.multilabel
def test_the_example_has_several_labels_a_row_too(tmp_path: Path) -> None:
    path = write_example(tmp_path / "letters")
    traits = read_table(path, target="traits", text="name", label_separator="|").load()
    assert traits.schema["classes"] == ["accented", "capital", "small"]
