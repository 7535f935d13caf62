"""The glyphs: what is drawn, and what a model makes of it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mmbench.datasets import Samples, get_dataset, load_card
from mmbench.datasets.glyphs import codepoints, find_font, read_font
from mmbench.errors import DataError


@pytest.fixture(scope="module")
def glyphs() -> Samples:
    return get_dataset("glyphs").load()


def test_there_are_twelve_scripts_of_known_size(glyphs: Samples) -> None:
    assert Counter(glyphs.y.tolist()) == {
        "LATIN": 966,
        "ARABIC": 463,
        "GREEK": 363,
        "CYRILLIC": 319,
        "GEORGIAN": 120,
        "HEBREW": 100,
        "ARMENIAN": 91,
        "LAO": 65,
        "TIFINAGH": 55,
        "NKO": 54,
        "LISU": 48,
        "OGHAM": 29,
    }


def test_the_label_and_the_text_make_the_unicode_name(glyphs: Samples) -> None:
    for sample_id, script, text in zip(
        glyphs.X.index, glyphs.y, glyphs.X["text"], strict=True
    ):
        character = chr(int(sample_id.removeprefix("U+"), 16))
        assert f"{script} {text}" == unicodedata.name(character)


def test_every_image_is_ink_on_paper_that_does_not_touch_the_border(
    glyphs: Samples,
) -> None:
    images = np.stack(glyphs.X["image"].tolist())
    assert images.shape == (2673, 32, 32)
    assert images.dtype == np.uint8
    assert (images.reshape(len(images), -1).max(axis=1) > 0).all()
    border = np.ones((32, 32), dtype=bool)
    border[1:-1, 1:-1] = False
    assert not images[:, border].any()


def test_an_image_looks_like_its_character(glyphs: Samples) -> None:
    ink = glyphs.X["image"].map(lambda image: image > 127)
    stroke, ring = ink.loc["U+006C"], ink.loc["U+006F"]
    assert stroke.any(axis=0).sum() <= 4
    assert stroke.any(axis=1).sum() >= 12
    assert not ring[17:19, 15:17].any()
    assert (ring == ring[:, ::-1]).mean() > 0.9


def test_alike_characters_of_different_scripts_have_the_same_image(
    glyphs: Samples,
) -> None:
    images = glyphs.X["image"]
    latin, greek, cyrillic = (images.loc[c] for c in ("U+0041", "U+0391", "U+0410"))
    np.testing.assert_array_equal(latin, greek)
    np.testing.assert_array_equal(latin, cyrillic)


def test_the_code_points_are_those_that_a_font_library_finds() -> None:
    fonttools = pytest.importorskip("fontTools.ttLib")
    path = find_font()
    expected = sorted(fonttools.TTFont(path).getBestCmap())
    assert list(codepoints(path.read_bytes())) == expected


def test_another_version_of_the_font_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "DejaVuSans.ttf"
    other.write_bytes(find_font().read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"expected sha256:3fdf69ca.*, got sha256:"):
        read_font(other, load_card("glyphs").checksum)


def test_a_missing_font_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="reinstall matplotlib"):
        read_font(tmp_path / "DejaVuSans.ttf", load_card("glyphs").checksum)


def test_without_matplotlib_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DataError, match="pip install matplotlib"):
        find_font()


@pytest.mark.slow
def test_the_published_figures_come_out_again(glyphs: Samples) -> None:
    from skimage.feature import hog
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.preprocessing import StandardScaler

    cells = {"pixels_per_cell": (8, 8), "cells_per_block": (2, 2)}
    image = np.stack([hog(each, **cells) for each in glyphs.X["image"]])
    predicted = {
        each.method: np.empty_like(glyphs.y) for each in load_card("glyphs").published
    }
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(image, glyphs.y):
        words = TfidfVectorizer().fit(glyphs.X["text"].iloc[train])
        text = words.transform(glyphs.X["text"]).toarray()
        scale = StandardScaler().fit(image[train])
        balanced = scale.transform(image) / np.sqrt(image.shape[1])
        blocks = (text, image, np.hstack([text, balanced]))
        for method, features in zip(predicted, blocks, strict=True):
            model = LogisticRegression(C=10, max_iter=1000)
            model.fit(features[train], glyphs.y[train])
            predicted[method][test] = model.predict(features[test])
    for each in load_card("glyphs").published:
        y = predicted[each.method]
        found = {
            "accuracy": accuracy_score(glyphs.y, y),
            "macro-F1": f1_score(glyphs.y, y, average="macro"),
        }
        assert found[each.metric] == pytest.approx(each.value, abs=0.01), each
