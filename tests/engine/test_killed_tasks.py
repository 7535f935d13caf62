"""Runs of each further task, killed and resumed, end like runs that never were."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kill_and_resume.py"
SUITE = """
import dataclasses
from mmbench.datasets import get_dataset
from mmbench.suites import build_suite

def load():
    samples = get_dataset({dataset!r}).load()
    names = ("X", "y", "groups", "truth")
    kept = {{n: getattr(samples, n) for n in names}}
    kept = {{n: None if v is None else v[:{n}] for n, v in kept.items()}}
    return samples._replace(**kept, slices={{}}, split=None)

whole = get_dataset({dataset!r})
few = dataclasses.replace(
    whole, name="few", card=None, checksum="", has_split=False, load=load
)
suite = dataclasses.replace(
    build_suite({suite!r}, [few], weights={{"glyph_cnn": "glyphs"}}, cv=3).with_methods(
        {methods!r}
    ),
    name="killed",
)
"""


def some(suite, dataset, n_rows, *methods, task=None):
    """Return a suite of a few methods on the first rows of a dataset."""
    text = SUITE.format(suite=suite, dataset=dataset, n=n_rows, methods=methods)
    return pytest.param(text, id=suite, marks=getattr(pytest.mark, task or suite))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "text",
    [
        some(
            *("answering", "scene_questions", 100),
            *("question/prior", "*directions*/experts", "*/late-weighted/*"),
        ),
        some(
            *("captioning", "scene_captions", 60),
            *("random", "*color/consensus-cider", "*/stacked", "*/words-trees"),
            task="generation",
        ),
        some(
            *("translation", "ambiguous_words", 60),
            *("*/nearest", "*/consensus-bleu"),
            task="generation",
        ),
        some(
            *("summarisation", "moving_glyphs_summaries", 360),
            *("random", "*color/ridge", "*/k-means", "*/late-weighted/*"),
        ),
    ],
)
def test_a_run_killed_at_random_moments_ends_like_an_undisturbed_one(text, tmp_path):
    spec = importlib.util.spec_from_file_location("kill_and_resume", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    suite = tmp_path / "killed.py"
    suite.write_text(text)

    tally = script.kill_and_resume(str(suite), tmp_path, n_kills=3, tell=print)

    assert tally.differences == []
    assert tally.n_kills == 3
