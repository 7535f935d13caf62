"""The short form of `benchmarks/null_retrieval.py`."""

import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.retrieval
PATH = Path(__file__).parents[3] / "benchmarks" / "null_retrieval.py"


@pytest.mark.slow
def test_luck_is_no_gain_and_captions_of_one_picture_are_one_unit():
    made = runpy.run_path(str(PATH))
    sizes = {"n_pictures": 60, "n_captions": 5}
    assert made["share"](60, 1, made["ALIKE"], **sizes) <= 0.1
    assert made["share"](10, 1, made["GAIN"], **sizes) >= 0.5
