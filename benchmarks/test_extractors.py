"""How fast every extractor is on glyphs: ``pytest benchmarks --benchmark-only``."""

# ruff: noqa: D103 - a benchmark's name says what is timed

from collections.abc import Callable
from typing import Any

import pytest

from mmbench.datasets import EMBEDDED, Samples
from mmbench.feature_extraction import CNNExtractor
from mmbench.suites.materials import IMAGE_EXTRACTORS, TEXT_EXTRACTORS

IMAGES = {**IMAGE_EXTRACTORS, "glyph_cnn": lambda: CNNExtractor(weights="glyphs")}


@pytest.fixture(scope="module")
def glyphs() -> Samples:
    return EMBEDDED["glyphs"].load()


@pytest.mark.parametrize("name", TEXT_EXTRACTORS)
def test_text_extractor(benchmark: Any, glyphs: Samples, name: str) -> None:
    if name == "lstm":
        pytest.importorskip("torch")
    measure(benchmark, TEXT_EXTRACTORS[name], glyphs.X["text"], glyphs.y)


@pytest.mark.parametrize("name", IMAGES)
def test_image_extractor(benchmark: Any, glyphs: Samples, name: str) -> None:
    if name == "glyph_cnn":
        pytest.importorskip("torchvision")
    measure(benchmark, IMAGES[name], glyphs.X["image"], glyphs.y)


def measure(benchmark: Any, make: Callable[[], Any], column: Any, y: Any) -> None:
    """Time learning from a column and turning it into features."""
    found = benchmark.pedantic(
        lambda: make().fit_transform(column, y), rounds=3, warmup_rounds=1
    )
    benchmark.extra_info["samples_per_s"] = round(
        len(column) / benchmark.stats["median"]
    )
    assert found.shape[0] == len(column)
