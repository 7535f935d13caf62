"""The cache believes nothing that it can't verify, and loses nothing that it keeps."""

import errno
import hashlib
import io
import json
import os
import shutil
import time

import numpy as np
import pytest
from scipy import sparse

from mmbench.engine.cache.store import Cache, Cost
from mmbench.engine.cache.upkeep import entries, prune
from mmbench.engine.execution.schedule import Schedule
from mmbench.engine.execution.worker import Result
from mmbench.engine.graph.node import Node
from mmbench.engine.graph.values import Split
from mmbench.errors import DataWarning, StoreError
from mmbench.results.strict_json import with_checksum, without_checksum
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
    with pytest.warns(DataWarning, match=r"is damaged .*recomputed"):
        assert reopened(cache).read(KEY) is None
    assert list(entries(cache.root)) == []


def test_an_entry_swapped_with_another_is_not_believed(cache):
    other = "cd" * 16
    cache.write(KEY, np.zeros(3), {KEY: COST})
    cache.write(other, np.ones(3), {other: COST})
    mine, theirs = (e.path for e in entries(cache.root))
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    with pytest.warns(DataWarning, match="another value's entry"):
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
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    rewrite(entry.path, {"files": {"value.npy": checksum}})
    with pytest.warns(DataWarning, match="Python objects in dtype"):
        assert reopened(cache).read(KEY) is None


def rewrite(folder, changes):
    """Change an entry as one would who knows how to make its checksum."""
    path = folder / "entry.json"
    values = without_checksum(json.loads(path.read_text()), "entry.json")
    path.write_text(json.dumps(with_checksum(values | changes, "entry.json")))


def kept(cache, value=None):
    cache.write(KEY, np.arange(9.0) if value is None else value, {KEY: COST})
    (entry,) = entries(cache.root)
    return entry.path


def edited(change):
    def edit(folder):
        path = folder / "entry.json"
        values = json.loads(path.read_text())
        change(values)
        path.write_text(json.dumps(values))

    return edit


def cost(**changes):
    return edited(lambda values: values["costs"][KEY].update(changes))


def replaced(make):
    """Put something else in the place of the folder of an entry."""

    def replace(folder):
        away = folder.parents[2] / "away"
        folder.rename(away)
        make(folder, away)

    return replace


def dangling(folder, away):
    folder.symlink_to(away / "nowhere")


def to_a_damaged_one(folder, away):
    (away / "entry.json").write_text("{")
    folder.symlink_to(away)


def in_place(name, make):
    def replace(folder):
        (folder / name).unlink()
        make(folder / name)

    return replace


CRAFTED = {
    "nested": lambda folder: (folder / "entry.json").write_text("[" * 100_000),
    "null": lambda folder: (folder / "entry.json").write_text("null"),
    "a string": lambda folder: (folder / "entry.json").write_text('"x"'),
    "no costs": edited(lambda values: values.update(costs={})),
    "another cost": cost(fit_s=2.0),
    "a negative cost": cost(fit_s=-1e6),
    "a cost of null": cost(cpu_s=None),
    "a cost of NaN": cost(fit_s=float("nan")),
    "a cost in words": cost(fit_s="x"),
    "files in a list": edited(lambda values: values.update(files=[])),
    "another layout": edited(lambda values: values.update(layout={"kind": "csr"})),
    "another warning": edited(lambda values: values.update(told=["all is well"])),
    "no checksum": edited(lambda values: values.pop("sha256")),
    "a file for the folder": replaced(lambda folder, _: folder.write_bytes(b"x")),
    "a pipe for the folder": replaced(lambda folder, _: os.mkfifo(folder)),
    "a dangling link": replaced(dangling),
    "a link in a circle": replaced(lambda folder, _: folder.symlink_to(folder)),
    "a link to a damaged folder": replaced(to_a_damaged_one),
    "an empty folder": replaced(lambda folder, _: folder.mkdir()),
    "a folder for entry.json": in_place("entry.json", lambda path: path.mkdir()),
    "a pipe for entry.json": in_place("entry.json", os.mkfifo),
    "a device for entry.json": in_place(
        "entry.json", lambda path: path.symlink_to("/dev/zero")
    ),
}


@pytest.mark.parametrize("how", CRAFTED)
def test_an_entry_that_was_tampered_with_is_made_again(cache, how):
    CRAFTED[how](kept(cache))
    with pytest.warns(DataWarning, match=r"is damaged .*recomputed"):
        assert reopened(cache).past(KEY) is None
    assert not os.path.lexists(cache._path(KEY))
    kept(cache)
    assert reopened(cache).past(KEY).costs == {KEY: COST}
    assert reopened(cache).read(KEY).tolist() == list(range(9))


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), os.mkfifo, lambda p: p.symlink_to(p)]
)
def test_what_lies_in_the_place_of_an_array_is_not_waited_for(cache, make):
    in_place("value.npy", make)(kept(cache))
    with pytest.warns(DataWarning, match="is damaged"):
        assert reopened(cache).read(KEY) is None
    assert not os.path.lexists(cache._path(KEY))


@pytest.mark.parametrize(
    "changes",
    [
        {"costs": {KEY: {"fit_s": 1.0}}},
        {"costs": {KEY: None}},
        {"costs": []},
        {"costs": {"cd": dict.fromkeys(COST.__dict__, 1) | {"computed_with": ""}}},
        {"costs": {KEY: COST.__dict__ | {"apply_s": -0.1}}},
        {"costs": {KEY: COST.__dict__ | {"n_rows": 1.5}}},
        {"costs": {KEY: COST.__dict__ | {"threads": True}}},
        {"costs": {KEY: COST.__dict__ | {"fit_s": 10**400}}},
        {"costs": {KEY: COST.__dict__ | {"luck": 1}}},
        {"told": "words"},
        {"told": [1]},
        {"layout": None},
        {"files": {"../value.npy": ""}},
        {"key": None},
    ],
)
def test_costs_and_names_are_checked_beside_the_checksum(cache, changes):
    rewrite(kept(cache), changes)
    with pytest.warns(DataWarning, match="is damaged"):
        assert reopened(cache).past(KEY) is None
    assert not os.path.lexists(cache._path(KEY))


NO_LAYOUT = [
    {"kind": "split", "parts": [{"kind": "array", "name": "value"}]},
    {"kind": "split", "parts": 3},
    {"kind": "array", "name": "../other/value"},
    {"kind": "csr", "name": "value", "array": True, "shape": 3},
    {"kind": "magic"},
    {},
]


@pytest.mark.parametrize("layout", NO_LAYOUT)
def test_a_layout_that_makes_no_value_is_damage(cache, layout):
    rewrite(kept(cache), {"layout": layout})
    with pytest.warns(DataWarning, match="is damaged"):
        assert reopened(cache).read(KEY) is None


def test_an_entry_without_the_costs_of_what_stands_under_it_is_made_again(cache):
    kept(cache)
    with pytest.warns(DataWarning, match="it lacks costs"):
        assert reopened(cache).past(KEY, costed=["cd" * 16]) is None


@pytest.mark.parametrize(
    "number", [errno.EMFILE, errno.EACCES, errno.ESTALE, errno.EIO]
)
@pytest.mark.parametrize("name", ["entry.json", "value.npy"])
def test_what_the_system_refuses_is_no_damage(cache, monkeypatch, number, name):
    folder = kept(cache)
    real_open = io.open

    def refuse(path, *args, **kwargs):
        if str(path).endswith(name):
            raise OSError(number, os.strerror(number), str(path))
        return real_open(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr("io.open", refuse)
        with pytest.raises(StoreError, match=rf"{name}: {os.strerror(number)}"):
            reopened(cache).read(KEY)
    assert reopened(cache).read(KEY).tolist() == list(range(9))
    assert folder.is_dir()


def test_a_cache_for_reading_only_is_read(cache, monkeypatch):
    kept(cache)

    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("os.utime", refuse)
    assert reopened(cache).read(KEY).tolist() == list(range(9))


def test_a_damaged_entry_that_stays_ends_the_run_rather_than_loop(cache, monkeypatch):
    CRAFTED["null"](kept(cache))

    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.rename", refuse)
    with pytest.raises(StoreError, match=r"can't remove .*: Operation not permitted"):
        reopened(cache).read(KEY)


class Step:
    kind = "Step"
    light = False

    def __init__(self, name):
        self.name = name

    def identity(self):
        return self.name


def test_a_cache_that_loses_all_it_is_given_ends_the_run(cache):
    below = Node(Step("below"), (), None, "d")
    top = Node(Step("top"), (below,), None, "d")
    schedule = Schedule({"trial": top}, cache)
    ends = {
        below.key: Result(key=below.key, status="ok"),
        top.key: Result(key=top.key, status="lost", reason=below.key),
    }

    def go_on():
        for _ in range(100):
            for node in schedule.next_batch():
                schedule.settle(ends[node.key])

    with pytest.raises(StoreError, match=r"made 5 times .*--cache"):
        go_on()


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
