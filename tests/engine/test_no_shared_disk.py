"""Dask workers that see neither the driver's cache nor its pictures."""

import os
import signal
import subprocess
import sys
import time
from typing import NamedTuple

import distributed
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression

from mmbench.datasets import Dataset, Samples
from mmbench.engine import run
from mmbench.errors import EngineError
from mmbench.feature_extraction import HOGExtractor
from mmbench.fusion import branch, early_fusion
from mmbench.results import ResultStore

pytestmark = pytest.mark.slow

_CAN_HIDE = not subprocess.run(
    ["unshare", "-rm", "true"], check=False, capture_output=True
).returncode


class Cluster(NamedTuple):
    """A scheduler, and workers each of which sees an empty folder for the driver's."""

    address: str
    scheduler: subprocess.Popen
    workers: list[subprocess.Popen]
    start_worker: object


@pytest.fixture
def driver(tmp_path):
    """The folder of the driver's cache and pictures."""
    folder = tmp_path / "driver"
    (folder / "pictures").mkdir(parents=True)
    return folder


@pytest.fixture
def bucket(monkeypatch):
    """The URL of a folder in an object store on loopback."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    s3 = pytest.importorskip("s3fs").S3FileSystem
    s3.clear_instance_cache()  # another test's server
    s3().mkdir("bucket")
    yield "s3://bucket/cache"
    server.stop()


@pytest.fixture
def cluster(tmp_path, driver):
    if not _CAN_HIDE:
        pytest.skip("this system lets nobody hide a folder from a process")
    file = tmp_path / "scheduler.json"
    quiet = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(file)]
    dask = [sys.executable, "-m"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [*dask, "distributed.cli.dask_scheduler", "--port", "0", *quiet],
        **silent,
    )
    while not file.exists():
        time.sleep(0.1)
    workers = []

    def start_worker():
        own = tmp_path / f"worker{len(workers)}"
        own.mkdir()
        hide = 'mount -t tmpfs none "$0" && exec "$@"'
        command = ["unshare", "-rm", "sh", "-c", hide, str(driver), *dask]
        command += ["distributed.cli.dask_worker", "--no-nanny", "--memory-limit", "0"]
        command += ["--local-directory", str(own), "--nthreads", "1", *quiet]
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "XDG_CACHE_HOME": str(own / "cache"),
        }
        workers.append(subprocess.Popen(command, cwd=own, env=env, **silent))

    for _ in range(2):
        start_worker()
    client = distributed.Client(scheduler_file=str(file))
    client.wait_for_workers(2, timeout=60)
    address = client.scheduler.address
    client.close()
    yield Cluster(address, scheduler, workers, start_worker)
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


class SlowRegression(LogisticRegression):
    """One that takes its time, so that there is a middle to be killed in."""

    def __init__(self, C=1.0):
        super().__init__(C=C)

    def fit(self, X, y, sample_weight=None):
        time.sleep(0.5)
        return super().fit(X, y, sample_weight)


def pictures_in(folder):
    """Return what loads a table of numbers and pictures, which it makes."""
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    paths = []
    for i, label in enumerate(y):
        pixels = rng.integers(0, 120, (32, 32), dtype=np.uint8)
        pixels[label * 10 : label * 10 + 8] += 90
        paths.append(str(folder / f"{i}.png"))
        Image.fromarray(pixels).save(paths[-1])
    X = pd.DataFrame({"image": paths, "size": rng.normal(y, 2.0)})
    return lambda: Samples(X, np.array(["a", "b", "c"])[y])


@pytest.fixture
def suite(make_suite, driver):
    dataset = Dataset(
        name="bars",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"image": "image", "size": "numeric"},
        load=pictures_in(driver / "pictures"),
    )
    image, size = branch("image", HOGExtractor()), branch(["size"])

    def make(n_slow=0):
        slow = {
            f"slow{i}": branch(["size"], SlowRegression(C=i + 1)) for i in range(n_slow)
        }
        methods = {
            "image": branch("image", HOGExtractor(), LogisticRegression()),
            "early": early_fusion(
                [("image", image), ("size", size)], LogisticRegression()
            ),
            **slow,
        }
        return make_suite(methods, datasets=[dataset])

    return make


def predictions(folder):
    store = ResultStore(folder)
    return {
        key: {n: a.tobytes() for n, a in store.predictions(key).arrays.items()}
        for key in store.records()
    }


TRIALS = {
    "ship_images": True,
    "probes": False,
    "throughput": False,
    "retrain": "none",
}
WARNED = "2 of 2 Dask workers, .*don't see the cache"


def test_predictions_are_byte_equal_without_a_shared_disk(
    cluster, suite, driver, tmp_path
):
    where = {"scheduler": cluster.address, "cache": driver / "cache"}
    with pytest.warns(UserWarning, match=WARNED):
        found = list(run(suite(), tmp_path / "a", **where, **TRIALS))
    assert [record.reason for record in found] == [None] * 6
    list(run(suite(), tmp_path / "b", debug=True, cache=tmp_path / "c", **TRIALS))
    assert predictions(tmp_path / "a") == predictions(tmp_path / "b")


def test_a_bucket_keeps_values_for_other_runs(
    bucket, cluster, suite, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "driver" / "home"))
    where = {"scheduler": cluster.address, "cache": bucket}
    first = {r.key: r for r in run(suite(), tmp_path / "a", **where, **TRIALS)}
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    again = run(suite(), tmp_path / "b", cache=bucket, debug=True, **TRIALS)
    second = {r.key: r for r in again}
    assert [r.reason for r in first.values()] == [None] * 6
    assert all(r.cached_nodes for r in second.values())
    assert predictions(tmp_path / "a") == predictions(tmp_path / "b")


def test_a_worker_may_die_and_another_come(cluster, suite, driver, tmp_path):
    where = {"scheduler": cluster.address, "cache": driver / "cache"}
    records = run(suite(6), tmp_path / "a", **where, **TRIALS)
    with pytest.warns(UserWarning, match=WARNED):
        found = [next(records)]
    cluster.workers[0].send_signal(signal.SIGKILL)
    cluster.start_worker()
    found += records
    assert [record.reason for record in found] == [None] * 24


def test_records_are_kept_when_the_scheduler_dies(cluster, suite, driver, tmp_path):
    where = {"scheduler": cluster.address, "cache": driver / "cache"}
    records = run(suite(6), tmp_path / "a", **where, **TRIALS)
    with pytest.warns(UserWarning, match=WARNED):
        next(records)
    cluster.scheduler.kill()
    with pytest.raises(EngineError, match=r"scheduler at \S+ is no longer reach"):
        list(records)
    assert len(ResultStore(tmp_path / "a").records()) >= 1
