"""The network that is shipped: what its card says is so, and it transfers."""

import hashlib
import tomllib

import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from mmbench.datasets import get_dataset
from mmbench.feature_extraction import CNNExtractor, PixelsExtractor
from mmbench.feature_extraction.glyph_cnn import glyph_weights

pytest.importorskip("torch")
pytest.importorskip("safetensors")

GLYPHS = CNNExtractor(weights="glyphs")
DIGITS = get_dataset("digits").load()
CARD = tomllib.loads(glyph_weights().with_name("weights.toml").read_text("utf-8"))


def test_the_card_is_of_the_weights_that_are_there():
    content = glyph_weights().read_bytes()
    assert CARD["checksum"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert CARD["size_bytes"] == len(content) <= 1_000_000


def test_the_card_names_no_font_of_the_dataset_that_it_is_tried_on():
    assert len(CARD["fonts"]) > 20
    assert not [name for name in CARD["fonts"] if "dejavu" in name.lower()]


@pytest.mark.parametrize("dataset", ["glyphs", "digits"])
def test_the_card_says_that_the_features_beat_pixels_and_add_to_hog(dataset):
    scores = {
        row["features"]: (row["accuracy"], row["macro_f1"])
        for row in CARD["transfer"]
        if row["dataset"] == dataset
    }
    assert scores["glyph_cnn"] > scores["pixels"]
    assert scores["HOG and glyph_cnn"] > scores["HOG"]


def test_digits_are_told_better_from_the_features_than_from_pixels():
    images, y = DIGITS.X["image"], DIGITS.y
    accuracy = {
        type(extractor).__name__: cross_val_score(
            LogisticRegression(max_iter=1000), extractor.transform(images), y, cv=5
        ).mean()
        for extractor in (GLYPHS, PixelsExtractor())
    }
    assert accuracy["CNNExtractor"] > accuracy["PixelsExtractor"] + 0.01


def test_every_way_to_ask_for_the_shipped_network_gives_it():
    image = DIGITS.X["image"].iloc[:3]
    expected = GLYPHS.transform(image)
    for extractor in (
        CNNExtractor("glyph_cnn"),
        CNNExtractor("glyph_cnn", "glyphs"),
        CNNExtractor("glyph_cnn", glyph_weights()),
    ):
        np.testing.assert_array_equal(extractor.transform(image), expected)
    random = CNNExtractor("glyph_cnn", None).transform(image)
    assert not np.allclose(random, expected)


def test_dark_on_light_is_seen_as_light_on_dark():
    light = np.kron(DIGITS.X["image"].iloc[0], np.ones((4, 4), np.uint8))
    first, second = GLYPHS.transform([light, 255 - light])
    np.testing.assert_allclose(first, second, atol=1e-5)


def test_only_grey_counts():
    grey = Image.fromarray(DIGITS.X["image"].iloc[0])
    first, second = GLYPHS.transform([grey, grey.convert("RGB")])
    np.testing.assert_array_equal(first, second)


def test_it_computes_in_float32_wherever_it_runs():
    assert GLYPHS.precision_ == "float32"


def test_weights_of_another_shape_are_refused(tmp_path):
    from safetensors.torch import load_file, save_file

    state = load_file(glyph_weights())
    save_file(
        {n: t[..., :1].contiguous() for n, t in state.items()},
        tmp_path / "w.safetensors",
    )
    with pytest.raises(ValueError, match=r"the weights don't fit: size mismatch"):
        CNNExtractor("glyph_cnn", tmp_path / "w.safetensors").transform([None])
