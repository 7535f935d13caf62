"""A run that is killed at any moment and resumed ends like one that never was."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kill_and_resume.py"
SUITE = """
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from mmbench.datasets import EMBEDDED
from mmbench.feature_extraction import HOGExtractor, PixelsExtractor
from mmbench.fusion import LateFusionClassifier, branch, stacked_fusion
from mmbench.suite import Suite

voters = [
    ("pixels", branch("image", PixelsExtractor(), GaussianNB())),
    ("hog", branch("image", HOGExtractor(), LogisticRegression(max_iter=500))),
]
suite = Suite(
    name="killed",
    datasets=[EMBEDDED["digits"]],
    methods={
        "dummy": DummyClassifier(),
        **dict(voters),
        "forest": branch("image", PixelsExtractor(), RandomForestClassifier(50)),
        "late": LateFusionClassifier(voters, rule="weighted", cv=3),
        "stacked": stacked_fusion(voters, LogisticRegression(max_iter=500), cv=3),
    },
    cv=4,
)
"""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_run_killed_at_20_random_moments_ends_like_an_undisturbed_one(tmp_path):
    spec = importlib.util.spec_from_file_location("kill_and_resume", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    suite = tmp_path / "killed.py"
    suite.write_text(SUITE)

    tally = script.kill_and_resume(str(suite), tmp_path, n_kills=20, tell=print)

    assert tally.differences == []
    assert tally.n_kills == 20
    assert tally.n_midway > 0
