"""Every image reference opens to the same picture, or is missing, or is told of."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mmbench.errors import DataError, DataWarning
from mmbench.feature_extraction import (
    ColorHistogramExtractor,
    HOGExtractor,
    LBPExtractor,
    PixelsExtractor,
    open_image,
)
from mmbench.feature_extraction.images import MAX_PIXELS, open_images

RED, WHITE = (255, 0, 0), (255, 255, 255)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    checked = head + struct.pack(">I", zlib.crc32(head))
    data = b"IDAT" + zlib.compress(b"\0")
    tail = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + checked + tail


PIXELS = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "refer",
    [
        lambda folder: str(folder / "a.png"),
        lambda folder: folder / "a.png",
        lambda folder: (folder / "a.png").read_bytes(),
        lambda folder: bytearray((folder / "a.png").read_bytes()),
        lambda folder: Image.fromarray(PIXELS),
        lambda folder: PIXELS,
        lambda folder: PIXELS[::-1][::-1],
        lambda folder: PIXELS.astype(np.uint16) * 257,
    ],
)
def test_every_kind_of_reference_opens_to_the_same_pixels(refer, tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    assert np.array_equal(open_image(refer(tmp_path)), PIXELS)


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), ""])
def test_a_missing_image_is_none(missing):
    assert open_image(missing) is None


def test_grey_is_the_luma_of_colour():
    grey = np.asarray(open_image(PIXELS, "L"), dtype=float)
    luma = PIXELS @ [0.299, 0.587, 0.114]
    assert np.abs(grey - luma).max() <= 0.51


def test_a_grey_array_in_rgb_has_three_equal_channels():
    colour = np.asarray(open_image(PIXELS[:, :, :1]))
    assert np.array_equal(colour, np.repeat(PIXELS[:, :, :1], 3, axis=2))


def test_a_bool_array_is_black_and_white():
    bits = np.eye(3, dtype=bool)
    assert np.array_equal(open_image(bits, "L"), bits * np.uint8(255))


def test_the_callers_picture_stays_as_it_is():
    mine = Image.fromarray(PIXELS)
    theirs = open_image(mine)
    theirs.putpixel((0, 0), (1, 2, 3))
    assert np.array_equal(mine, PIXELS)


def test_a_palette_gives_its_colours():
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, 0, 0, 9])
    image.putpixel((1, 0), 1)
    assert np.asarray(open_image(encoded(image))).tolist() == [[[*RED], [0, 0, 9]]]


def test_a_transparent_palette_entry_is_white():
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, 0, 0, 9])
    image.putpixel((1, 0), 1)
    data = encoded(image, transparency=1)
    assert np.asarray(open_image(data)).tolist() == [[[*RED], [*WHITE]]]


@pytest.mark.parametrize(
    ("mode", "half_black"), [("RGBA", (0, 0, 0, 128)), ("LA", (0, 128))]
)
@pytest.mark.parametrize("target", ["RGB", "L"])
def test_half_transparent_black_on_white_is_grey(mode, half_black, target):
    data = encoded(Image.new(mode, (1, 1), half_black))
    assert np.asarray(open_image(data, target)).ravel()[0] == 127


def test_cmyk_becomes_its_colour():
    data = encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF")
    assert open_image(data).getpixel((4, 4)) == RED


def test_a_cmyk_jpeg_opens_in_grey_as_well():
    data = encoded(Image.new("CMYK", (8, 8), (0, 0, 0, 0)), "JPEG")
    assert np.asarray(open_image(data, "L")).min() >= 253


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_upper_eight(kind):
    deep = np.array([[0, 255, 256, 0x1234, 0xFFFF]], dtype=np.uint16)
    shallow = np.asarray(open_image(encoded(Image.fromarray(deep), kind), "L"))
    assert shallow.tolist() == [[0, 0, 1, 0x12, 0xFF]]


def test_floating_point_pixels_go_from_zero_to_one():
    values = np.array([[0, 0.5, 1, 2, -1, np.nan]], dtype=np.float32)
    data = encoded(Image.fromarray(values), "TIFF")
    assert np.asarray(open_image(data, "L")).tolist() == [[0, 128, 255, 255, 0, 0]]


@pytest.mark.parametrize(
    "deep",
    [
        np.arange(64, dtype=np.uint16).reshape(8, 8),
        Image.fromarray(np.arange(64, dtype=np.int32).reshape(8, 8)),
        Image.fromarray(np.arange(2, 66, dtype=np.float32).reshape(8, 8)),
    ],
)
def test_a_picture_of_which_nothing_is_left_in_eight_bits_is_warned_of(deep):
    with pytest.warns(DataWarning, match="is of one colour in 8 bits"):
        open_image(deep, "L")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_exif_rotation_is_applied(kind):
    picture = np.zeros((16, 32), dtype=np.uint8)
    picture[:, :16] = 255  # bright on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise by a quarter
    data = encoded(Image.fromarray(picture), kind, exif=exif)
    shown = np.asarray(open_image(data, "L"))
    assert shown.shape == (32, 16)
    assert shown[:14].min() > 200  # bright on top
    assert shown[18:].max() < 50


def test_broken_exif_does_not_lose_the_picture():
    data = encoded(Image.fromarray(PIXELS), exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert np.array_equal(open_image(data), PIXELS)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(kind):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("black", "white")]
    data = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], lossless=True
    )
    assert np.asarray(open_image(data)).max() == 0


HOSTILE = {
    "text named .png": (b"this is not a picture", "not a picture"),
    "truncated JPEG": (
        encoded(Image.effect_noise((64, 64), 90), "JPEG")[:900],
        "truncated",
    ),
    "nothing": (b"", "not a picture"),
    "bomb": (png_header(50_000, 50_000), "pixels|limit"),
    "big": (png_header(8_001, 8_000), "8001 x 8000 pixels are more than the limit"),
    "EPS": (encoded(Image.new("RGB", (4, 4)), "EPS"), "not a picture"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("as_file", [True, False])
def test_what_is_no_picture_is_an_error_that_says_why(name, as_file, tmp_path):
    data, reason = HOSTILE[name]
    (tmp_path / "a.png").write_bytes(data)
    cell = str(tmp_path / "a.png") if as_file else data
    with pytest.raises(DataError, match=reason) as told:
        open_image(cell)
    assert ("a.png" if as_file else f"{len(data)} bytes") in str(told.value)


def test_the_limit_is_64_megapixels():
    assert MAX_PIXELS == 64_000_000
    huge = np.broadcast_to(np.uint8(0), (8_001, 8_000))
    with pytest.raises(DataError, match="64,000,000"):
        open_image(huge)


def test_no_such_file_is_an_error_naming_it(tmp_path):
    with pytest.raises(DataError, match=r"none\.png.*no such file"):
        open_image(tmp_path / "none.png")


def test_a_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="not a file"):
        open_image(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")
@pytest.mark.timeout(10)
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(DataError, match="not a file"):
        open_image(tmp_path / "pipe.png")


def test_a_picture_in_base64_is_not_repeated_in_the_error():
    with pytest.raises(DataError, match="File name too long") as told:
        open_image("iVBORw0KGgo" * 100_000)
    assert len(str(told.value)) < 400
    with pytest.raises(TypeError, match="an image must be a path") as told:
        open_image(["x" * 100_000])
    assert len(str(told.value)) < 200


def test_a_path_with_a_null_byte_is_an_error():
    with pytest.raises(DataError, match="null"):
        open_image("a\0.png")


def test_an_array_without_pixels_is_an_error():
    with pytest.raises(DataError, match="without pixels"):
        open_image(np.zeros((0, 4), dtype=np.uint8))


@pytest.mark.parametrize("cell", [3, ["a.png"], {"bytes": b""}])
def test_what_is_no_reference_is_a_type_error(cell):
    with pytest.raises(TypeError, match="an image must be a path, bytes"):
        open_image(cell)


@pytest.mark.parametrize(
    "array", [np.zeros(4, np.uint8), np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4))]
)
def test_an_array_of_another_shape_or_type_is_a_type_error(array):
    with pytest.raises(TypeError, match=r"shape .* dtype"):
        open_image(array)


@pytest.mark.parametrize("bad", [b"text", Path("none.png")])
def test_an_image_that_cannot_be_read_is_never_a_missing_one(bad):
    with pytest.raises(DataError, match=r": .*\. Where there is no image, give None\."):
        list(open_images([PIXELS, None, bad]))


@pytest.mark.parametrize(
    "kind", [PixelsExtractor, ColorHistogramExtractor, HOGExtractor, LBPExtractor]
)
def test_every_descriptor_refuses_what_it_cannot_read(kind):
    with pytest.raises(DataError, match=r"none\.png': there is no such file"):
        kind().transform([PIXELS, None, "none.png"])


def test_missing_images_make_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(open_images([None, float("nan")])) == [None, None]


WHOLE = [
    encoded(Image.radial_gradient("L").resize((40, 30)).convert("RGB"), kind)
    for kind in ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "ICO", "TGA")
]


@settings(max_examples=150)
@given(
    whole=st.sampled_from(WHOLE),
    cut=st.floats(0, 1),
    place=st.floats(0, 1, exclude_max=True),
    noise=st.binary(min_size=1, max_size=8),
)
def test_damage_anywhere_gives_a_picture_or_a_data_error(whole, cut, place, noise):
    start = int(place * len(whole))
    damaged = whole[:start] + noise + whole[start + len(noise) :]
    damaged = damaged[: max(1, int((1 - cut / 4) * len(damaged)))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = open_image(damaged)
        except DataError:
            return
    assert image.mode == "RGB"
