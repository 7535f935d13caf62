"""The embedded datasets: cheap to list, and what their cards say."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time

import pytest

from mmbench.datasets import EMBEDDED, Dataset, get_dataset
from mmbench.errors import UnknownNameError
from mmbench.testing import check_dataset


@pytest.mark.retrieval
@pytest.mark.answering
@pytest.mark.generation
@pytest.mark.summarisation
def test_these_are_embedded() -> None:
    asked = ("captions", "questions", "retrieval", "summaries")
    moving = ["moving_glyphs", *(f"moving_glyphs_{each}" for each in asked)]
    scenes = ["scene_captions", "scene_questions", "scenes"]
    names = ["ambiguous_words", "digits", "glyphs", *moving, *scenes, "synthetic"]
    assert list(EMBEDDED) == names
    assert len(EMBEDDED) == len(names)


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_each_does_what_is_expected_of_a_dataset(name: str) -> None:
    check_dataset(EMBEDDED[name])


@pytest.mark.parametrize("name", list(EMBEDDED))
def test_each_loads_in_a_moment(name: str) -> None:
    EMBEDDED[name].load()
    start = time.process_time()
    EMBEDDED[name].load()
    assert time.process_time() - start < 1.5


def test_a_dataset_can_be_sent_to_another_process() -> None:
    dumped = pickle.dumps(get_dataset("glyphs"))
    glyphs: Dataset = pickle.loads(dumped)  # noqa: S301 - just dumped
    assert glyphs == EMBEDDED["glyphs"]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'glyphs'"):
        get_dataset("glyph")
    with pytest.raises(KeyError):
        EMBEDDED["glyph"]
    assert "glyph" not in EMBEDDED


def test_listing_them_loads_no_data_library() -> None:
    code = (
        "import sys, mmbench.datasets; list(mmbench.datasets.EMBEDDED);"
        "heavy = {'pandas', 'sklearn', 'PIL', 'matplotlib', 'pyarrow'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_loading_glyphs_does_not_load_matplotlib() -> None:
    code = (
        "import sys; from mmbench.datasets import EMBEDDED; EMBEDDED['glyphs'].load();"
        "print('matplotlib' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
