import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmbench.errors import StoreError
from mmbench.results import Record
from mmbench.results.strict_json import with_checksum

MakeRecord = Callable[..., Record]


def test_a_record_is_one_line_of_json_with_the_published_fields(
    make_record: MakeRecord,
) -> None:
    line = make_record(reason="two\nlines").to_json()

    assert "\n" not in line
    values = json.loads(line)
    checksum = values.pop("sha256")
    canonical = json.dumps(values, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(b"records.jsonl\n" + canonical.encode())
    assert checksum == digest.hexdigest()
    assert values == {
        "schema": 1,
        "key": "0a",
        "suite": "tiny",
        "dataset": "d",
        "method": "m",
        "fold": 0,
        "seed": 0,
        "status": "ok",
        "reason": "two\nlines",
        "traceback": None,
        "scores": {"accuracy": 0.5},
        "n_train": 2,
        "n_test": 2,
        "fit_time_s": 0.25,
        "predict_time_s": 0.125,
        "ended_at": "",
        "nodes": {},
        "cached_nodes": [],
        "yardstick_s": None,
        "warnings": [],
        "computed_with": [],
        "searches": {},
        "versions": {"numpy": "2.0"},
        "predictions_sha256": None,
    }


@given(
    name=st.text(),
    score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    fold=st.integers(min_value=0, max_value=10**6),
    warned=st.lists(st.text()),
)
def test_a_record_read_back_is_the_record_that_was_written(
    name: str, score: float | None, fold: int, warned: list[str]
) -> None:
    record = Record(
        key="0a",
        suite=name,
        dataset=name,
        method=name,
        fold=fold,
        seed=1,
        status="failed",
        reason=name,
        scores={name: score},
        warnings=tuple(warned),
    )

    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_json_lacks_is_written_as_null(
    make_record: MakeRecord, odd: float
) -> None:
    line = make_record(scores={"roc_auc_ovr": odd}).to_json()

    assert json.loads(line)["scores"] == {"roc_auc_ovr": None}
    assert Record.from_json(line).scores == {"roc_auc_ovr": None}


def test_fields_that_are_not_known_are_left_out(make_record: MakeRecord) -> None:
    values = json.loads(make_record().to_json()) | {"mood": "good"}
    line = json.dumps(with_checksum(without_checksum_of(values), "records.jsonl"))

    assert Record.from_json(line) == make_record()


def without_checksum_of(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "sha256"}


def test_a_record_of_a_version_without_checksums_is_read(
    make_record: MakeRecord,
) -> None:
    values = without_checksum_of(json.loads(make_record().to_json()))
    del values["predictions_sha256"]

    assert Record.from_json(json.dumps(values)) == make_record()


@pytest.mark.parametrize(
    "change",
    [
        {"scores": {"accuracy": 0.6}},
        {"fit_time_s": 0.5},
        {"method": "other"},
        {"sha256": "0" * 64},
        {"sha256": None},
        {"mood": "good"},
    ],
)
def test_a_line_whose_values_were_changed_is_refused(
    make_record: MakeRecord, change: dict[str, Any]
) -> None:
    values = json.loads(make_record().to_json()) | change

    with pytest.raises(ValueError, match="does not match its checksum"):
        Record.from_json(json.dumps(values))


@pytest.mark.parametrize("name", ["rmse", "r2", "cider", "log_loss", "f1_gain"])
def test_scores_that_may_be_any_number_are_read(
    make_record: MakeRecord, name: str
) -> None:
    record = make_record(scores={name: -7.5})

    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "../x"}, "key must be hexadecimal, got '../x'"),
        ({"fold": True}, "fold must be an integer of at least 0, got True"),
        ({"fold": "0"}, "fold must be an integer of at least 0, got '0'"),
        ({"fold": -1}, "fold must be an integer of at least 0, got -1"),
        ({"status": "fine"}, r"status must be one of \['ok', .*\], got 'fine'"),
        ({"scores": {"accuracy": "1"}}, "scores must be an object of numbers"),
        ({"scores": [1]}, "scores must be an object of numbers"),
        ({"method": None}, "method must be a string, got None"),
        ({"warnings": "none"}, "warnings must be an array of strings"),
        ({"status": []}, "status must be one of"),
        ({"scores": {"accuracy": 7.0}}, "score accuracy must be 0 to 1, got 7.0"),
        ({"scores": {"f1_macro": -0.1}}, "score f1_macro must be 0 to 1, got -0.1"),
        ({"scores": {"roc_auc_ovr": 1.5}}, "roc_auc_ovr must be 0 to 1, got 1.5"),
        ({"scores": {"rmse": 10**400}}, "scores must be an object of numbers"),
        ({"fit_time_s": -1}, "fit_time_s must be a number of at least 0, .*got -1"),
        ({"predict_time_s": "1"}, "predict_time_s must be a number"),
        ({"n_test": 1.5}, "n_test must be an integer of at least 0"),
        ({"n_train": -3}, "n_train must be an integer of at least 0"),
        ({"nodes": {"a": [-1, 0, 0]}}, "nodes must be an object of arrays"),
        ({"nodes": {"a": [0, 0]}}, "nodes must be an object of arrays"),
        ({"predictions_sha256": "x"}, "predictions_sha256 must be a SHA-256"),
    ],
)
def test_a_line_with_a_wrong_value_is_refused(
    make_record: MakeRecord, change: dict[str, Any], message: str
) -> None:
    values = json.loads(make_record().to_json()) | change

    with pytest.raises(ValueError, match=message):
        Record.from_json(json.dumps(values))


@pytest.mark.parametrize("line", ["", "{", "[]", "1", '{"schema": 1}', "[" * 100_000])
def test_a_line_that_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Record.from_json(line)


@pytest.mark.parametrize("time", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_time_that_is_not_finite_is_refused(
    make_record: MakeRecord, time: str
) -> None:
    line = make_record().to_json().replace("0.25", time)

    with pytest.raises(ValueError, match=r"fit_time_s must be|is not JSON"):
        Record.from_json(line)


def test_nan_in_a_line_is_not_json(make_record: MakeRecord) -> None:
    line = make_record().to_json().replace("0.5", "NaN")

    with pytest.raises(ValueError, match="NaN is not JSON"):
        Record.from_json(line)


def test_a_record_of_a_newer_mmbench_says_to_upgrade(make_record: MakeRecord) -> None:
    line = make_record(schema=2).to_json()

    with pytest.raises(StoreError, match=r"newer mmbench \(schema 2.*upgrade"):
        Record.from_json(line)
