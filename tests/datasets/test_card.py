"""Cards are checked, and say which field of which file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmbench.datasets import EMBEDDED, load_card, read_card
from mmbench.datasets.card import card_paths
from mmbench.errors import DataError, UnknownNameError

CARD = f"""
name = "pets"
title = "Pets"
version = "1"
licence = "CC0-1.0"
source = "https://example.org/pets"
citation = "Nobody (2026)."
checksum = "sha256:{"0" * 64}"
status = "embedded"
obtain = "It is here."
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
    path = folder / "pets.toml"
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
        (
            'task = "classification"',
            'task = "guessing"',
            "task: Value error, must be one",
        ),
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
    with pytest.raises(DataError, match=r"pets\.toml can't be read: No such file"):
        read_card(tmp_path / "pets.toml")


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_an_embedded_card_belongs_to_its_folder(name: str) -> None:
    assert load_card(name).name == name


@pytest.mark.parametrize("name", ["glyph", "../datasets/glyphs", ""])
def test_an_unknown_card_lists_those_that_exist(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"There are: .*glyphs"):
        load_card(name)


def test_a_card_belongs_to_the_folder_it_lies_in(tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text(CARD)
    with pytest.raises(
        DataError, match=rf"name must be '{tmp_path.name}', as its fold"
    ):
        read_card(tmp_path / "card.toml")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('status = "embedded"', 'status = "proven"', "needs a reader and files"),
        ('status = "embedded"', 'status = "fine"', "status: Input should be"),
        ("n_samples = 3\n", "", "embedded data needs checksum and n_samples"),
        ("[columns]", 'classes = ["cat"]\n[columns]', "classes must be 2 names"),
        ("[columns]", "official_split = {dev = 3}\n[columns]", "official_split.dev"),
    ],
)
def test_fields_must_fit_together(
    tmp_path: Path, old: str, new: str, field: str
) -> None:
    with pytest.raises(DataError) as raised:
        read_card(card_file(tmp_path, CARD.replace(old, new)))
    assert field in str(raised.value)


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", "a\\b", ""])
def test_a_file_outside_of_the_folder_is_no_file_of_a_dataset(
    tmp_path: Path, path: str
) -> None:
    content = f"{CARD}\n[[files]]\npath = {path!r}\n"
    with pytest.raises(DataError, match=r"files\.0\.path"):
        read_card(card_file(tmp_path, content))


def test_views_stand_for_numbered_columns(tmp_path: Path) -> None:
    card = read_card(card_file(tmp_path, f"{CARD}\n[views]\nkar = 2\n"))
    assert dict(card.modalities) == {
        "name": "text",
        "photo": "image",
        "kar_0": "numeric",
        "kar_1": "numeric",
    }


@pytest.mark.parametrize("name", list(card_paths()))
def test_every_card_of_the_catalogue_is_valid_and_says_what_it_must(name: str) -> None:
    card = load_card(name)
    assert card.name == name
    if card.status == "proven":
        assert card.n_samples
        assert card.published
    if card.official_split and card.n_samples and card.status == "proven":
        assert sum(card.official_split.values()) == card.n_samples
