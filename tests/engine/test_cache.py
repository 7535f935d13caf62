"""The cache believes nothing that it can't verify, and loses nothing that it keeps."""

import hashlib
import json
import os
import shutil
import time

import numpy as np
import pytest
from scipy import sparse

from mmbench.engine.cache import Cache, Cost
from mmbench.engine.cache_upkeep import entries, prune
from mmbench.engine.values import Split
from mmbench.errors import DataWarning
from mmbench.tasks import Prediction

COST = Cost(fit_s=1.0, apply_s=0.5, cpu_s=1.4, n_rows=9, peak_rss_bytes=1000)
KEY = "ab" * 16


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache", "v1")


def reopened(cache):
    return Cache(cache.root, cache.namespace)


VALUES = {
    "array": np.arange(6.0).reshape(2, 3),
    "empty array": np.empty((0, 3)),
    "single precision": np.ones((2, 2), np.float32),
    "sparse matrix": sparse.random(5, 4, 0.5, "csr", random_state=0),
    "sparse array": sparse.csr_array(np.eye(3)),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_comes_back_as_it_was(cache, kind):
    value = VALUES[kind]
    assert cache.write(KEY, Split(value, value[:1]), {KEY: COST})
    back = reopened(cache).read(KEY)
    assert type(back.train) is type(value)
    assert back.train.dtype == value.dtype
    for found, expected in ((back.train, value), (back.apply, value[:1])):
        assert np.array_equal(_dense(found), _dense(expected))


def _dense(value):
    return value.toarray() if sparse.issparse(value) else value


def test_predictions_come_back_with_all_their_arrays(cache):
    said = Prediction({"label": np.array([1]), "proba": np.array([[0.25, 0.75]])})
    cache.write(KEY, said, {KEY: COST})
    back = reopened(cache).read(KEY)
    assert list(back.arrays) == ["label", "proba"]
    assert back["label"].tolist() == [1]
    assert back["proba"].tolist() == [[0.25, 0.75]]


def test_a_kept_value_keeps_the_cost_of_its_cold_run(cache):
    cache.write(KEY, np.ones(3), {KEY: COST})
    assert reopened(cache).past(KEY).costs == {KEY: COST}


@pytest.mark.parametrize(
    "value", [np.array(["a", None], dtype=object), "text", sparse.eye(3, format="csc")]
)
def test_what_could_need_a_pickle_is_not_kept(cache, value):
    assert cache.write(KEY, value, {KEY: COST}) is False
    assert cache.read(KEY) is None


def test_a_change_to_a_read_value_stays_with_its_reader(cache):
    cache.write(KEY, np.zeros(3), {KEY: COST})
    cache.read(KEY)[:] = 7
    assert reopened(cache).read(KEY).tolist() == [0, 0, 0]


def _flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "flipped byte": _flip,
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-5]),
    "emptied": lambda path: path.write_bytes(b""),
    "removed": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["value.npy", "entry.json"])
def test_a_damaged_entry_is_dropped_and_said(cache, damage, name):
    cache.write(KEY, np.arange(9.0), {KEY: COST})
    (entry,) = entries(cache.root)
    DAMAGE[damage](entry.path / name)
    if damage == "flipped byte" and name == "entry.json":
        (entry.path / name).write_text("{")
    with pytest.warns(DataWarning, match=r"is damaged .*made again"):
        assert reopened(cache).read(KEY) is None
    assert list(entries(cache.root)) == []


def test_an_entry_swapped_with_another_is_not_believed(cache):
    other = "cd" * 16
    cache.write(KEY, np.zeros(3), {KEY: COST})
    cache.write(other, np.ones(3), {other: COST})
    mine, theirs = (e.path for e in entries(cache.root))
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    with pytest.warns(DataWarning, match="the entry of something else"):
        assert reopened(cache).read(KEY) is None


def test_swapped_files_are_not_believed(cache):
    cache.write(KEY, Split(np.zeros(3), np.ones(3)), {KEY: COST})
    (entry,) = entries(cache.root)
    files = sorted(entry.path.glob("*.npy"))
    files[0].write_bytes(files[1].read_bytes())
    with pytest.warns(DataWarning, match="does not match its checksum"):
        assert reopened(cache).read(KEY) is None


def test_a_pickle_in_an_entry_is_refused(cache):
    cache.write(KEY, np.zeros(3), {KEY: COST})
    (entry,) = entries(cache.root)
    path = entry.path / "value.npy"
    np.save(path, np.array([print], dtype=object), allow_pickle=True)
    described = json.loads((entry.path / "entry.json").read_text())
    described["files"]["value.npy"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (entry.path / "entry.json").write_text(json.dumps(described))
    with pytest.warns(DataWarning, match="Python objects in dtype"):
        assert reopened(cache).read(KEY) is None


def test_an_entry_in_the_form_of_another_version_is_made_again_in_silence(cache):
    cache.write(KEY, np.zeros(3), {KEY: COST})
    (entry,) = entries(cache.root)
    described = json.loads((entry.path / "entry.json").read_text())
    (entry.path / "entry.json").write_text(json.dumps(described | {"schema": 1}))
    assert reopened(cache).read(KEY) is None
    assert list(entries(cache.root)) == []


def test_versions_do_not_share_values(cache):
    cache.write(KEY, np.zeros(3), {KEY: COST})
    assert Cache(cache.root, "v2").read(KEY) is None


def test_two_writers_of_one_value_both_succeed(cache):
    assert cache.write(KEY, np.zeros(3), {KEY: COST})
    assert reopened(cache).write(KEY, np.zeros(3), {KEY: COST})
    assert len(list(entries(cache.root))) == 1
    assert list((cache.root / "tmp").iterdir()) == []


def test_pruning_by_size_removes_the_longest_unused_first(cache):
    keys = [f"{i}{i}" * 16 for i in range(3)]
    for age, key in enumerate(keys):
        cache.write(key, np.zeros(1000), {key: COST})
        (entry,) = (e for e in entries(cache.root) if e.path.name == key)
        then = time.time() - 100 * (3 - age)
        os.utime(entry.path / "entry.json", (then, then))
    removed = prune(cache.root, max_bytes=20_000)
    assert [entry.path.name for entry in removed] == keys[:1]


def test_pruning_by_age_keeps_what_was_used_since(cache):
    cache.write(KEY, np.zeros(10), {KEY: COST})
    assert prune(cache.root, older_than_s=60) == []
    assert len(prune(cache.root, older_than_s=-1)) == 1
