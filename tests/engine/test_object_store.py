"""A cache under a URL, with a folder of this machine before it."""

import shutil

import numpy as np
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from sklearn.linear_model import LogisticRegression

from mmbench.engine import run
from mmbench.engine.cache.place import level_folder
from mmbench.engine.cache.store import Cache, Cost
from mmbench.engine.execution.levels import Levels
from mmbench.engine.execution.local_workers import PickledTask, Place
from mmbench.engine.execution.worker import Result
from mmbench.errors import DataWarning, StoreError, UsageError
from mmbench.fusion import branch

from .conftest import Flatten

KEY = "ab" * 32
COSTS = {KEY: Cost(fit_s=1.0, apply_s=0.5, cpu_s=1.5, n_rows=10, peak_rss_bytes=2**20)}
VALUE = np.arange(1000.0)
URL = "memory://cache"


@pytest.fixture(autouse=True)
def empty():
    """Forget what other tests left in this process's object store."""
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def cache_of(tmp_path):
    """Return the cache that a machine of a name sees."""
    return lambda machine: Cache(tmp_path / machine, "v", url=URL)


def blobs():
    return [path for path in MemoryFileSystem.store if "/blobs/" in path]


def test_another_machine_finds_a_value(cache_of):
    cache_of("one").write(KEY, VALUE, COSTS, ["told"])
    other = cache_of("other")
    assert other.past(KEY) == (COSTS, ("told",))
    assert not other.has(KEY)  # to know of it is not to fetch it
    np.testing.assert_array_equal(other.read(KEY), VALUE)
    assert other.has(KEY)


def test_who_comes_second_replaces_nothing(cache_of):
    cache_of("one").write(KEY, VALUE, COSTS)
    cache_of("other").write(KEY, VALUE + 1, COSTS)
    np.testing.assert_array_equal(cache_of("third").read(KEY), VALUE)


def test_what_was_altered_there_is_noticed_and_made_again(cache_of):
    cache_of("one").write(KEY, VALUE, COSTS)
    MemoryFileSystem().pipe_file(blobs()[0], b"something else")
    other = cache_of("other")
    with pytest.warns(DataWarning, match="is damaged .*checksum"):
        assert other.read(KEY) is None
    other.write(KEY, VALUE, COSTS)
    np.testing.assert_array_equal(cache_of("third").read(KEY), VALUE)


def test_the_folder_of_a_machine_keeps_to_its_size(tmp_path):
    levels = Levels(Place(tmp_path / "one", "v", None, URL, max_bytes=20_000))
    for i in range(60):
        key = f"{i:02}" * 32
        levels.cache.write(key, VALUE, {key: COSTS[KEY]})
        levels.publish([Result(key=key, status="ok")])
    kept = [i for i in range(60) if levels.cache.has(f"{i:02}" * 32)]
    assert kept[-10:] == [*range(50, 60)]
    assert len(kept) <= 12
    levels.bring([PickledTask("t", b"", inputs=("00" * 32,))])
    assert levels.cache.has("00" * 32)


def test_a_run_on_another_machine_computes_nothing_again(
    make_suite, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    suite = make_suite({"good": branch("image", Flatten(), LogisticRegression())})
    how = {"cache": URL, "debug": True, "retrain": "none"}
    how |= {"probes": False, "throughput": False}
    first = {r.key: r for r in run(suite, tmp_path / "a", **how)}
    assert level_folder(URL).is_relative_to(tmp_path / "home")
    shutil.rmtree(level_folder(URL))
    second = {r.key: r for r in run(suite, tmp_path / "b", **how)}
    assert {k: r.scores for k, r in second.items()} == {
        k: r.scores for k, r in first.items()
    }
    assert all(r.cached_nodes for r in second.values())
    assert not any(r.cached_nodes for r in first.values())


def test_a_url_that_nothing_opens_is_bad_usage():
    with pytest.raises(UsageError, match=r"--cache nosuch://x can't be opened"):
        Cache("unused", "v", url="nosuch://x")


def test_a_store_that_does_not_answer_ends_the_run(cache_of, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Access Denied")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", refuse)
    with pytest.raises(StoreError, match="can't read the cache memory://cache: Perm"):
        cache_of("one").read(KEY)


@pytest.mark.slow
def test_two_machines_share_a_bucket(tmp_path, monkeypatch):
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    s3fs = pytest.importorskip("s3fs")
    server.start()
    try:
        host, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
            monkeypatch.setenv(f"AWS_{name}", "testing")
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("bucket")
        one = Cache(tmp_path / "one", "v", url="s3://bucket/cache")
        other = Cache(tmp_path / "other", "v", url="s3://bucket/cache")
        one.write(KEY, VALUE, COSTS)
        other.write(KEY, VALUE + 1, COSTS)  # there already: nothing is replaced
        third = Cache(tmp_path / "third", "v", url="s3://bucket/cache")
        assert third.past(KEY).costs == COSTS
        np.testing.assert_array_equal(third.read(KEY), VALUE)
        third.drop(KEY)
        assert Cache(tmp_path / "x", "v", url="s3://bucket/cache").read(KEY) is None
    finally:
        server.stop()
