"""A full disk ends a run with one clear line; with room, the same command goes on.

A limit on the size of files stands in for a full disk: to a program they are alike.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import MultinomialNB

from mmbench.datasets import Dataset, Samples
from mmbench.feature_extraction import PixelsExtractor
from mmbench.fusion import branch
from mmbench.suite import Suite


def load():
    images = [np.full((16, 16), i % 3 * 80, dtype=np.uint8) for i in range(60)]
    return Samples(pd.DataFrame({"image": images}), np.arange(60) % 3)


rows = Dataset(
    name="rows", version="1", source="made up", licence="CC0-1.0",
    modalities={"image": "image"}, load=load, checksum="rows",
)
methods = {
    "dummy-a": DummyClassifier(strategy="stratified", random_state=0),
    "dummy-b": DummyClassifier(strategy="stratified", random_state=1),
    "pixels": branch("image", PixelsExtractor(), MultinomialNB()),
}
suite = Suite(name="full_disk", datasets=[rows], methods=methods, cv=10)
"""
# Python takes compiled files that were cut short for whole ones.
QUIET = {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}


def arguments(method: str) -> list[str]:
    command = ["run", "full_disk.py", "--jobs", "1", "--method", method]
    return [*command, "--out", "out", "--cache", "cache", "--no-throughput"]


def run_on_full_disk(folder: Path, method: str, file_bytes: int):
    """Run a method with files of no more than so many bytes."""
    limits = (file_bytes, resource.RLIM_INFINITY)
    return subprocess.run(  # noqa: PLW1510 - a full disk is what it is about
        [sys.executable, "-m", "mmbench", *arguments(method)],
        cwd=folder,
        env=os.environ | QUIET,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("method", "file_bytes", "what"),
    [
        pytest.param(
            "pixels", 12_000, "the cache", id="the cache can't hold the features"
        ),
        pytest.param("dummy*", 8_000, "records.jsonl", id="the records can't grow"),
    ],
)
def test_a_full_disk_is_one_clear_line_and_the_run_resumes(
    tmp_path, mmbench, method, file_bytes, what
):
    (tmp_path / "full_disk.py").write_text(SUITE)
    full = run_on_full_disk(tmp_path, method, file_bytes)
    roomy = mmbench(*arguments(method), "--debug")

    error = full.stderr.strip().splitlines()[-1]
    assert (full.returncode, "Traceback" in full.stderr) == (2, False)
    assert "can't write" in error
    assert what in error
    assert roomy.exit_code == 0, roomy.output
