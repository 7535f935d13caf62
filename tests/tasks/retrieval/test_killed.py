"""A run of retrieval that is killed and resumed ends like one that never was."""

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.retrieval
SCRIPT = Path(__file__).parents[3] / "benchmarks" / "kill_and_resume.py"
SUITE = """
from mmbench.datasets import Dataset
from mmbench.datasets.scenes import make_scenes
from mmbench.feature_extraction import ColorHistogramExtractor, TfidfVectorizer
from mmbench.fusion import branch
from mmbench.fusion.embedding import EmbeddingEnsemble, JointEmbedding, RandomEmbedding
from mmbench.fusion.joint_spaces import BaggedSpace, CCASpace, RidgeSpace
from mmbench.suite import Suite
from mmbench.tasks import get_task

scenes = Dataset(
    name="few_scenes",
    version="1",
    source="made up",
    licence="MIT",
    modalities={"text": "text", "image": "image"},
    load=lambda: make_scenes(60, random_state=0)[0],
    task=get_task("retrieval"),
)
sides = [
    ("text", branch("text", TfidfVectorizer())),
    ("image", branch("image", ColorHistogramExtractor())),
]
members = [
    ("cca", JointEmbedding(sides, CCASpace())),
    ("ridge", JointEmbedding(sides, RidgeSpace())),
    ("bagged", JointEmbedding(sides, BaggedSpace(CCASpace()), n_neighbors=5)),
]
suite = Suite(
    name="killed",
    datasets=[scenes],
    methods={
        "random": RandomEmbedding(),
        **dict(members),
        "weighted": EmbeddingEnsemble(members, rule="weighted", cv=3),
    },
    cv=3,
)
"""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_run_killed_at_random_moments_ends_like_an_undisturbed_one(tmp_path):
    spec = importlib.util.spec_from_file_location("kill_and_resume", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    suite = tmp_path / "killed.py"
    suite.write_text(SUITE)

    tally = script.kill_and_resume(str(suite), tmp_path, n_kills=8, tell=print)

    assert tally.differences == []
    assert tally.n_kills == 8
