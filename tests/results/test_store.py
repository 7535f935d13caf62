import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmbench.errors import AlteredError, DataWarning, StoreError
from mmbench.results import Predictions, Record, ResultStore

MakeRecord = Callable[..., Record]


def test_plan_and_environment_are_read_back(store: ResultStore, plan: Any) -> None:
    assert store.plan() == {"schema": 1, **plan}
    assert store.environment() == {"schema": 1, "python": "3.11"}


def test_the_last_record_of_a_key_counts(
    store: ResultStore, make_record: MakeRecord
) -> None:
    store.append(make_record("0a", status="failed", reason="bad luck"))
    store.append(make_record("0b"))
    store.append(make_record("0a"))

    assert store.records() == {"0a": make_record("0a"), "0b": make_record("0b")}


def test_records_of_an_earlier_run_stay(
    store: ResultStore, plan: Any, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    store.close()

    with ResultStore(store.out_dir).open(plan, {}) as again:
        again.append(make_record("0b"))

    assert set(again.records()) == {"0a", "0b"}
    assert again.finished() == {"0a"}


def test_fresh_drops_records_and_predictions_and_nothing_else(
    store: ResultStore, plan: Any, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    store.close()
    mine = store.out_dir / "notes.txt"
    mine.write_text("keep me")

    with ResultStore(store.out_dir).open(plan, {}, fresh=True) as fresh:
        assert fresh.records() == {}
        assert list((fresh.out_dir / "predictions").iterdir()) == []
    assert mine.read_text() == "keep me"


def test_predictions_are_read_back_without_objects(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)

    found = store.predictions("0a")

    assert found.sample_ids.tolist() == ["s1", "s2"]
    assert found.arrays["y_true"].tolist() == ["é", "b"]
    assert found.arrays["classes"].tolist() == ["b", "é"]
    assert found.sample_ids.dtype.kind == found.arrays["y_true"].dtype.kind == "U"
    np.testing.assert_array_equal(found.arrays["proba"], [[0.25, 0.75], [1.0, 0.0]])
    assert found.groups is None


def test_groups_are_kept_beside_the_ids(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions
) -> None:
    groups = np.array(["ward 1", "ward 2"], dtype=object)
    store.append(make_record("0a"), predictions._replace(groups=groups))

    found = store.predictions("0a")

    assert found.groups is not None
    assert found.groups.tolist() == ["ward 1", "ward 2"]
    assert "groups" not in found.arrays


def test_integer_labels_and_ids_stay_integers(
    store: ResultStore, make_record: MakeRecord
) -> None:
    ids = np.array([7, 8], dtype=object)
    store.append(
        make_record("0a"),
        Predictions(ids, {"y_true": np.array([1, 2])}),
    )

    found = store.predictions("0a")

    assert found.sample_ids.tolist() == [7, 8]
    assert found.arrays["y_true"].dtype.kind == found.sample_ids.dtype.kind == "i"


def test_equal_predictions_are_equal_bytes(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    store.append(make_record("0b"), predictions)

    folder = store.out_dir / "predictions"
    assert (folder / "0a.npz").read_bytes() == (folder / "0b.npz").read_bytes()


@pytest.mark.parametrize("damage", ["empty", "torn", "flipped", "text", "missing"])
def test_corrupt_predictions_are_noticed_and_their_trial_is_not_finished(
    store: ResultStore,
    make_record: MakeRecord,
    predictions: Predictions,
    damage: str,
) -> None:
    store.append(make_record("0a"), predictions)
    store.append(make_record("0b"), predictions)
    path = store.out_dir / "predictions" / "0a.npz"
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 3] ^= 0xFF
    path.write_bytes(
        {"empty": b"", "torn": content[:-40], "text": b"hello"}.get(damage, content)
    )
    if damage == "missing":
        path.unlink()

    with pytest.raises(StoreError, match=r"0a\.npz"):
        store.predictions("0a")
    assert store.finished() == {"0b"}


def test_predictions_that_change_after_they_were_read_are_read_again(
    store: ResultStore, make_record: Any, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    assert store.finished() == {"0a"}
    path = store.out_dir / "predictions" / "0a.npz"
    path.write_bytes(path.read_bytes()[:-1])
    assert store.finished() == set()


def test_whether_a_run_could_write_is_known_without_a_change(
    store: ResultStore, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match="another run is writing"):
        ResultStore(store.out_dir).check_free()
    store.close()
    ResultStore(store.out_dir).check_free()

    nowhere = ResultStore(tmp_path / "nowhere")
    nowhere.check_free()
    assert not nowhere.out_dir.exists()


def with_proba(predictions: Predictions, proba: Any) -> Predictions:
    return predictions._replace(arrays={**predictions.arrays, "proba": np.array(proba)})


def swapped(folder: Path, _: Predictions) -> None:
    content = (folder / "0b.npz").read_bytes()
    (folder / "0b.npz").write_bytes((folder / "0a.npz").read_bytes())
    (folder / "0a.npz").write_bytes(content)


def changed(**arrays: Any) -> Callable[[Path, Predictions], None]:
    def change(folder: Path, predictions: Predictions) -> None:
        known = {"sample_ids": predictions.sample_ids, **predictions.arrays}
        values = {name: np.array(array.tolist()) for name, array in known.items()}
        np.savez_compressed(folder / "0a.npz", **values | arrays)

    return change


ALTERED = {
    "swapped": swapped,
    "another probability": changed(proba=np.array([[0.5, 0.5], [1.0, 0.0]])),
    "NaN": changed(proba=np.array([[np.nan, 0.75], [1.0, 0.0]])),
    "half the precision": changed(proba=np.array([[0.25, 0.75], [1, 0]], np.float32)),
    "other labels": changed(y_true=np.array(["b", "b"])),
    "other samples": changed(sample_ids=np.array(["s2", "s1"])),
    "other classes": changed(classes=np.array(["a", "b"])),
    "groups": changed(groups=np.array(["g", "h"])),
    "one more array": changed(label=np.array([0, 0])),
}


@pytest.mark.parametrize("how", ALTERED)
def test_predictions_that_are_not_those_of_their_record_are_not_believed(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions, how: str
) -> None:
    other = with_proba(predictions, [[0.75, 0.25], [0.0, 1.0]])
    store.extend([(make_record("0a"), predictions), (make_record("0b"), other)])
    ALTERED[how](store.out_dir / "predictions", predictions)

    with pytest.raises(AlteredError, match=r"0a\.npz was altered: .*again"):
        store.predictions("0a")
    with pytest.warns(DataWarning, match=r"were altered, .*not run \(0a\.npz"):
        assert "0a" not in store.finished()


def test_predictions_packed_anew_are_the_same_predictions(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    found = store.predictions("0a")
    values = dict(reversed(found.arrays.items()), sample_ids=found.sample_ids)
    np.savez(store.out_dir / "predictions" / "0a.npz", **values)

    assert store.finished() == {"0a"}


def test_predictions_of_a_version_without_checksums_are_read(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    path = store.out_dir / "records.jsonl"
    values = json.loads(path.read_text())
    del values["sha256"], values["predictions_sha256"]
    path.write_text(json.dumps(values) + "\n")

    found = store.predictions("0a").arrays["proba"]
    assert found.tolist() == predictions.arrays["proba"].tolist()
    assert store.finished() == {"0a"}


def test_records_and_checksums_are_those_on_the_disk_now(
    store: ResultStore, make_record: MakeRecord, predictions: Predictions
) -> None:
    store.append(make_record("0a"), predictions)
    assert store.finished() == {"0a"}
    other = with_proba(predictions, [[0.75, 0.25], [0.0, 1.0]])
    store.append(make_record("0a"), other)

    found = store.predictions("0a").arrays["proba"]
    assert found.tolist() == other.arrays["proba"].tolist()
    assert store.finished() == {"0a"}


@pytest.mark.parametrize("name", ["plan.json", "environment.json"])
def test_a_file_whose_values_were_changed_is_one_clear_line(
    store: ResultStore, name: str
) -> None:
    path = store.out_dir / name
    path.write_text(json.dumps(json.loads(path.read_text()) | {"extra": 1}))

    read = {"plan.json": store.plan, "environment.json": store.environment}[name]
    with pytest.raises(AlteredError, match=rf"{name} was altered: .*same command"):
        read()


def test_a_file_in_the_place_of_another_is_noticed(
    store: ResultStore,
) -> None:
    plan = (store.out_dir / "plan.json").read_bytes()
    (store.out_dir / "environment.json").write_bytes(plan)

    with pytest.raises(AlteredError, match=r"environment\.json was altered"):
        store.environment()


@pytest.mark.parametrize("damage", ["changed", "torn", "folder", "pipe", "loop"])
def test_what_was_measured_is_left_out_where_it_cannot_be_believed(
    store: ResultStore, damage: str
) -> None:
    store.keep_throughput({"d": {"m": {"samples_per_s": 5.0}}})
    assert store.throughput() == {"d": {"m": {"samples_per_s": 5.0}}}
    path = store.out_dir / "throughput.json"
    content = path.read_text()
    replaced(path, damage, content)

    with pytest.warns(DataWarning, match=r"throughput\.json.* It is not used"):
        assert store.throughput() == {}


def replaced(path: Path, damage: str, content: str = "{}") -> None:
    path.unlink(missing_ok=True)
    if damage == "changed":
        path.write_text(content.replace("5.0", "50.0"))
    elif damage == "torn":
        path.write_text(content[:-9])
    elif damage == "folder":
        path.mkdir()
    elif damage == "pipe":
        os.mkfifo(path)
    elif damage == "loop":
        path.symlink_to(path)
    elif damage == "device":
        path.symlink_to("/dev/zero")


NO_FILES = ["folder", "pipe", "loop", "device"]


@pytest.mark.parametrize("damage", NO_FILES)
@pytest.mark.parametrize("name", ["plan.json", "records.jsonl", "predictions/0a.npz"])
def test_what_is_no_file_is_not_waited_for(
    store: ResultStore,
    make_record: MakeRecord,
    predictions: Predictions,
    name: str,
    damage: str,
) -> None:
    store.append(make_record("0a"), predictions)
    replaced(store.out_dir / name, damage)

    reads = {
        "plan.json": store.plan,
        "records.jsonl": store.records,
        "predictions/0a.npz": lambda: store.predictions("0a"),
    }
    with pytest.raises(StoreError, match=rf"can't read .*{name}") as caught:
        reads[name]()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", NO_FILES)
def test_records_are_written_to_a_file_alone(
    store: ResultStore, plan: Any, damage: str
) -> None:
    store.close()
    replaced(store.out_dir / "records.jsonl", damage)

    with pytest.raises(StoreError, match=r"can't write .*records\.jsonl"):
        ResultStore(store.out_dir).open(plan, {})


def test_records_are_not_written_through_a_link(
    store: ResultStore, plan: Any, tmp_path: Path
) -> None:
    store.close()
    mine = tmp_path / "mine.txt"
    mine.write_text("not a record")
    records = store.out_dir / "records.jsonl"
    records.unlink()
    records.symlink_to(mine)

    with pytest.raises(StoreError, match="it is a link, not a file"):
        ResultStore(store.out_dir).open(plan, {})
    assert mine.read_text() == "not a record"


@pytest.mark.parametrize(
    "number", [errno.EMFILE, errno.EACCES, errno.ESTALE, errno.EIO]
)
def test_predictions_that_cannot_be_read_now_are_not_made_again(
    store: ResultStore,
    make_record: MakeRecord,
    predictions: Predictions,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    store.append(make_record("0a"), predictions)
    plain = io.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> Any:
        if str(path).endswith(".npz"):
            raise OSError(number, os.strerror(number), str(path))
        return plain(path, *args, **kwargs)

    monkeypatch.setattr("io.open", refuse)
    with pytest.raises(StoreError, match=rf"0a\.npz: {os.strerror(number)}"):
        store.finished()


def test_pickled_predictions_are_refused_not_run(store: ResultStore) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(store.out_dir / "trapped"),)

    trap = np.array([Trap()], dtype=object)
    parts = {"y_true": trap, "proba": np.ones((1, 1)), "classes": trap}
    np.savez(store.out_dir / "predictions" / "0a.npz", sample_ids=trap, **parts)

    with pytest.raises(StoreError, match="corrupt"):
        store.predictions("0a")
    assert not (store.out_dir / "trapped").exists()


def test_a_key_cannot_lead_out_of_the_folder(store: ResultStore) -> None:
    with pytest.raises(StoreError, match="key must be hexadecimal"):
        store.predictions("../../secret")


@pytest.mark.parametrize("status", ["failed", "timed_out", "skipped"])
def test_a_trial_that_is_not_ok_is_not_finished(
    store: ResultStore,
    make_record: MakeRecord,
    predictions: Predictions,
    status: str,
) -> None:
    store.append(make_record("0a"), predictions)
    store.append(make_record("0a", status=status, reason="why"))

    assert store.finished() == set()


def test_a_torn_last_line_is_not_glued_to_the_next(
    store: ResultStore, plan: Any, make_record: MakeRecord
) -> None:
    store.append(make_record("0a"))
    store.append(make_record("0b"))
    store.close()
    path = store.out_dir / "records.jsonl"
    path.write_bytes(path.read_bytes()[:-20])

    with ResultStore(store.out_dir).open(plan, {}) as again:
        again.append(make_record("0c"))

    assert set(again.records()) == {"0a", "0c"}


def test_a_torn_only_line_is_cut_whole(
    store: ResultStore, plan: Any, make_record: MakeRecord
) -> None:
    store.close()
    path = store.out_dir / "records.jsonl"
    path.write_bytes(b'{"schema": 1, "traceback": "' + b"x" * 200_000)

    with ResultStore(store.out_dir).open(plan, {}) as again:
        assert path.stat().st_size == 0
        again.append(make_record("0a"))

    assert set(again.records()) == {"0a"}


def test_corrupt_lines_are_dropped_and_counted(
    store: ResultStore, make_record: MakeRecord
) -> None:
    store.append(make_record("0a"))
    with (store.out_dir / "records.jsonl").open("ab") as stream:
        stream.write(b'garbage\n{"schema": 1}\n\xff\xfe\n')
    store.append(make_record("0b"))

    message = r"3 of 5 lines .* dropped.*\(line 2: .*; line 3: a record .*; line 4"
    with pytest.warns(DataWarning, match=message):
        records = store.records()
    assert set(records) == {"0a", "0b"}


def test_a_writer_killed_at_any_moment_keeps_all_that_it_finished(
    store: ResultStore, make_record: MakeRecord
) -> None:
    for key in ("0a", "0b"):
        store.append(make_record(key))
    store.close()
    path = store.out_dir / "records.jsonl"
    content = path.read_bytes()
    first = content.index(b"\n") + 1

    for size in range(first, len(content), 25):
        path.write_bytes(content[:size])
        with ResultStore(store.out_dir).open(store.plan(), {}) as again:
            assert set(again.records()) == {"0a"}


def test_a_second_writer_is_told_to_wait(store: ResultStore, plan: Any) -> None:
    with pytest.raises(StoreError, match=r"another run is writing to .*; wait"):
        ResultStore(store.out_dir).open(plan, {"python": "other"})

    assert store.environment()["python"] == "3.11"
    store.close()
    ResultStore(store.out_dir).open(plan, {}).close()


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path, plan: Any) -> None:
    script = (
        "import json, os, signal, sys\n"
        "from mmbench.results import ResultStore\n"
        "ResultStore(sys.argv[1]).open(json.loads(sys.argv[2]), {})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), json.dumps(plan)]
    assert subprocess.run(command, check=False).returncode != 0

    with ResultStore(tmp_path).open(plan, {}) as store:
        assert store.records() == {}


def test_a_full_disk_says_what_to_do_and_leaves_no_half_line(
    store: ResultStore, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(make_record("0a"))
    write = os.write

    def write_some(descriptor: int, data: Any) -> int:
        if len(data) < 50:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, bytes(data)[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr("os.write", write_some)
        with pytest.raises(StoreError, match=r"no room left .*free some and run"):
            store.append(make_record("0b"))
    store.append(make_record("0c"))

    assert set(store.records()) == {"0a", "0c"}


def test_predictions_on_a_full_disk_leave_nothing_behind(
    store: ResultStore,
    make_record: MakeRecord,
    predictions: Predictions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(StoreError, match="finished trials are kept"):
        store.append(make_record("0a"), predictions)

    assert list((store.out_dir / "predictions").iterdir()) == []
    assert store.records() == {}


def test_left_over_temporary_files_are_swept_away(
    store: ResultStore, plan: Any
) -> None:
    store.close()
    torn = store.out_dir / "predictions" / ".0a.npz.123.tmp"
    torn.write_bytes(b"half")

    with ResultStore(store.out_dir).open(plan, {}):
        assert not torn.exists()


def test_a_folder_without_a_plan_is_not_a_results_folder(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)

    for read in (store.plan, store.environment, store.records, store.finished):
        with pytest.raises(StoreError, match=r"not a results folder: .*plan\.json"):
            read()


def test_a_file_in_the_place_of_the_folder_is_one_clear_line(
    tmp_path: Path, plan: Any
) -> None:
    path = tmp_path / "out"
    path.write_text("I am a file")

    with pytest.raises(StoreError, match=r"can't write .*out: Not a directory\."):
        ResultStore(path).open(plan, {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not valid JSON"),
        (b"\xff", "not valid JSON"),
        (b"[]", "must hold a JSON object"),
        (b'{"schema": 2}', "newer mmbench"),
        (b'{"schema": 1}', "needs 'datasets'"),
        (
            b'{"datasets": {"d": 1}, "methods": {}, "trials": []}',
            "datasets 'd' is not an object",
        ),
        (
            b'{"datasets": {}, "methods": {}, "trials": [{"key": "0a"}]}',
            "trial 0 is malformed",
        ),
    ],
)
def test_a_plan_that_cannot_be_used_is_one_clear_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "plan.json").write_bytes(content)

    with pytest.raises(StoreError, match=message) as caught:
        ResultStore(tmp_path).plan()
    assert "\n" not in str(caught.value)


def test_records_of_a_newer_mmbench_are_never_overwritten(
    store: ResultStore, plan: Any, make_record: MakeRecord
) -> None:
    store.append(make_record("0a", schema=2))
    store.close()
    before = (store.out_dir / "records.jsonl").read_bytes()

    with pytest.raises(StoreError, match="newer mmbench"):
        ResultStore(store.out_dir).open(plan, {})
    with pytest.raises(StoreError, match="newer mmbench"):
        store.records()
    assert (store.out_dir / "records.jsonl").read_bytes() == before


def test_adding_to_a_store_that_is_not_open_is_an_error(
    tmp_path: Path, make_record: MakeRecord
) -> None:
    with pytest.raises(StoreError, match="open the store"):
        ResultStore(tmp_path).append(make_record())
