"""Images are found usable or not, and never stop the check of the others."""

from __future__ import annotations

import hashlib
import io
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mmbench.datasets.image_files import ImageCheck, check_images

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((40, 30)).save(buffer, kind)
    return buffer.getvalue()


WHOLE = {kind: encoded(kind) for kind in FORMATS}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_whole_image_is_usable_and_its_bytes_are_hashed(kind: str) -> None:
    expected = ImageCheck("", hashlib.sha256(WHOLE[kind]).hexdigest())
    assert check_images([WHOLE[kind]]) == [expected]


def test_results_come_in_the_order_of_the_images(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(WHOLE["PNG"])
    sources = [tmp_path / "a.png", tmp_path / "none.png", b"text", WHOLE["GIF"]] * 10
    troubles = [check.trouble for check in check_images(sources)]
    assert troubles == ["", "not found", "not an image", ""] * 10


def test_a_picture_that_needs_another_program_is_not_opened() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (3, 3)).save(buffer, "EPS")
    (check,) = check_images([buffer.getvalue()])
    assert check.trouble == "not an image"


def test_an_odd_but_readable_image_warns_nobody() -> None:
    image = Image.new("P", (8, 8))
    image.info["transparency"] = b"\0\1\2"
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (check,) = check_images([buffer.getvalue()])
    assert check.trouble == ""


@settings(max_examples=100)
@given(
    kind=st.sampled_from(FORMATS),
    cut=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
)
def test_damage_of_any_kind_is_trouble_at_most(
    kind: str, cut: float, flips: list[tuple[float, int]]
) -> None:
    content = bytearray(WHOLE[kind])
    for where, byte in flips:
        content[int(where * (len(content) - 1))] = byte
    (check,) = check_images([bytes(content[: int(cut * len(content))])])
    assert check.trouble in (
        "",
        "not an image",
        "truncated or damaged",
        "more than 64 megapixels",
    )
