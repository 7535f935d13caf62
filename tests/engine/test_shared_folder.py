"""A cache that is out of sight ends a run; no method is blamed for it."""

import pickle
import re
import shutil

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from mmbench.engine import run
from mmbench.engine.cache.store import Cache
from mmbench.engine.execution.parts import Parts
from mmbench.engine.execution.shared_folder import check_seen
from mmbench.engine.execution.worker import Job, answer, run_task
from mmbench.engine.graph.node import Node
from mmbench.errors import StoreError
from mmbench.results import ResultStore


class Deletes(DummyClassifier):
    """Deletes a folder as it is fitted, and then fails."""

    def __init__(self, folder=None):
        super().__init__()
        self.folder = folder

    def fit(self, X, y):
        shutil.rmtree(self.folder)
        raise ValueError("the method is at fault")


class Never:
    kind = "Never"
    light = False

    def identity(self):
        return "never"

    def learn(self, *_):
        raise AssertionError("no work may start")


def test_a_folder_that_is_there_is_seen(tmp_path):
    check_seen(tmp_path)


def test_a_job_whose_cache_is_out_of_sight_does_no_work(tmp_path):
    folder = tmp_path / "cache" / "tmp" / "run-1"
    node = Node(Never(), (), None, "d")
    job = Job(node=node, given={})
    result = run_task(job, Cache(tmp_path / "cache", "v", folder))
    assert result.status == "unstored"
    assert re.match(r"process \d+ on .* doesn't see the cache", result.reason)


def test_a_task_whose_parts_went_with_the_cache_is_not_blamed_on_a_method(tmp_path):
    folder = tmp_path / "cache" / "tmp" / "run-1"
    folder.mkdir(parents=True)
    pickled, parts = Parts(folder).pickled(np.arange(10_000))
    assert parts
    shutil.rmtree(tmp_path / "cache")

    result, _ = pickle.loads(answer(pickled, tmp_path / "cache", "v", folder)[0])  # noqa: S301

    assert result.status == "unstored"
    assert "doesn't see the cache" in result.reason


@pytest.mark.parametrize("what", ["file", "link in a circle"])
def test_what_is_no_folder_is_not_the_cache(tmp_path, what):
    path = tmp_path / "run-1"
    path.write_text("") if what == "file" else path.symlink_to(path)
    with pytest.raises(StoreError, match="doesn't see the cache"):
        check_seen(path)


def test_a_cache_deleted_in_mid_run_ends_it_and_blames_no_method(make_suite, tmp_path):
    cache = tmp_path / "cache"
    methods = {"first": DummyClassifier(), "deletes": Deletes(str(cache))}
    records = run(make_suite(methods), tmp_path / "out", cache=cache, jobs=1)
    with pytest.raises(StoreError, match=rf"doesn't see the cache {cache} .*deleted"):
        list(records)
    kept = ResultStore(tmp_path / "out").records().values()
    assert {record.status for record in kept} <= {"ok"}
