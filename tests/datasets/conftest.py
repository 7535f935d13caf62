"""Small tables and images to read."""

from __future__ import annotations

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
