"""Small tables and images to read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PETS = (
    "name,photo,weight,kind\nfelix,a.png,4.5,cat\nrex,b.png,20,dog\nmimi,c.png,3,cat\n"
)


@pytest.fixture
def write_table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table file beside three images; return its path."""

    def write(content: str | bytes = PETS, name: str = "pets.csv") -> Path:
        for number, image in enumerate(("a.png", "b.png", "c.png")):
            pixels = np.full((4, 4, 3), 50 * number, dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / image)
        path = tmp_path / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path

    return write


PLANTS = """
name = "plants"
title = "Plants"
version = "1"
licence = "CC0-1.0"
source = "https://example.org/plants"
citation = "Nobody (2026)."
status = "layout tested, numbers not"
obtain = "Ask nobody."
task = "classification"
target = "kind"
n_samples = 4
n_classes = 2
official_split = {{ train = 2, test = 2 }}

[columns]
name = "text"

[reader]
kind = "records"
parts = {{ train = "train.csv", test = "more/test.csv" }}
columns = {{ name = "{{name}}" }}
label = "{{kind}}"

[[files]]
path = "train.csv"
checksum = "sha256:{train}"

[[files]]
path = "more/"
n_files = 1
{downloads}
"""
TRAIN, TEST = "name,kind\nrose,flower\noak,tree\n", "name,kind\nlily,flower\nelm,tree\n"


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """Make a folder of a dataset with its card and its files; return it."""
    return write_plants(tmp_path / "given" / "plants")


def write_plants(folder: Path, downloads: str = "") -> Path:
    (folder / "more").mkdir(parents=True)
    (folder / "train.csv").write_text(TRAIN)
    (folder / "more/test.csv").write_text(TEST)
    train = hashlib.sha256(TRAIN.encode()).hexdigest()
    card = PLANTS.format(train=train, downloads=downloads)
    (folder / "card.toml").write_text(card)
    return folder
