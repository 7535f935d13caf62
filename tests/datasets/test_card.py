"""Cards are checked, and say which field of which file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmbench.datasets import EMBEDDED, load_card, read_card
from mmbench.errors import DataError, UnknownNameError

CARD = f"""
name = "pets"
title = "Pets"
version = "1"
licence = "CC0-1.0"
source = "https://example.org/pets"
citation = "Nobody (2026)."
checksum = "sha256:{"0" * 64}"
task = "classification"
target = "kind"
n_samples = 3
n_classes = 2

[columns]
name = "text"
photo = "image"

[[published]]
method = "dummy"
metric = "accuracy"
value = 0.5
source = "nobody"
"""


def card_file(folder: Path, content: str = CARD) -> Path:
    path = folder / "card.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_card_is_read_from_toml(tmp_path: Path) -> None:
    card = read_card(card_file(tmp_path))
    assert card.columns == {"name": "text", "photo": "image"}
    assert (card.n_samples, card.n_classes, card.notes) == (3, 2, None)
    assert [each.value for each in card.published] == [0.5]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('title = "Pets"\n', "", "title: Field required"),
        ('title = "Pets"', 'title = ""', "title: String should have at least 1"),
        ("n_samples = 3", 'n_samples = "3"', "n_samples: Input should be a valid int"),
        ("n_classes = 2", "n_classes = 1", "n_classes: Input should be greater than"),
        ("sha256:0", "md5:0", "checksum: String should match"),
        ('photo = "image"', 'photo = "smell"', "columns.photo: Input should be 'text'"),
        ('task = "classification"', 'task = "regression"', "task: Input should be"),
        ("n_classes = 2", "n_classes = 2\nsize = 3", "size: Extra inputs"),
        ("value = 0.5", 'value = "high"', "published.0.value: Input should be a valid"),
        ("n_classes = 2", "n_classes = ", "is not a card in TOML"),
        ("n_classes = 2", "n_classes = 2026-01-01", "is not a card in TOML"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    path = card_file(tmp_path, CARD.replace(old, new))
    with pytest.raises(DataError) as raised:
        read_card(path)
    message = str(raised.value)
    assert message.startswith(str(path))
    assert field in message
    assert "\n" not in message


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"card\.toml can't be read: No such file"):
        read_card(tmp_path / "card.toml")


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_an_embedded_card_belongs_to_its_folder(name: str) -> None:
    assert load_card(name).name == name


@pytest.mark.parametrize("name", ["glyph", "../datasets/glyphs", ""])
def test_an_unknown_card_lists_those_that_exist(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"There are: .*glyphs"):
        load_card(name)
