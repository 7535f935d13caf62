"""A packed run says what its folder says, but for single samples."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from mmbench.errors import StoreError, UsageError
from mmbench.report.tables.methods import method_rows
from mmbench.results import ResultStore
from mmbench.sharing import opened_runs, pack_run

from .conftest import WHOLE

pytestmark = pytest.mark.multilabel


def test_a_packed_run_has_the_same_records_and_no_predictions(tmp_path: Path) -> None:
    run = ResultStore(WHOLE)

    packed = pack_run(run, tmp_path / "run.mmbench.xz")

    assert packed.path.stat().st_size == packed.n_bytes <= 1_000_000
    assert packed.left_out == ()
    with opened_runs([packed.path]) as runs:
        (again,) = runs.values()
        assert again.plan() == run.plan()
        assert again.records() == run.records()
        assert again.environment() == run.environment()
        assert (again.throughput(), again.probes()) == (run.throughput(), run.probes())
        with pytest.raises(StoreError):
            again.predictions(next(iter(run.records())))


def test_what_is_chosen_is_packed_alone(tmp_path: Path) -> None:
    run = ResultStore(WHOLE)

    packed = pack_run(run, tmp_path / "a.xz", methods=["*/late"], datasets=["animals"])

    with opened_runs([packed.path]) as runs:
        (again,) = runs.values()
        rows = method_rows(again.plan(), again.records())
    assert [(row.dataset, row.method) for row in rows] == [
        ("animals", "text+size/late")
    ]


def test_details_are_left_out_where_the_file_would_be_too_large(tmp_path: Path) -> None:
    run = ResultStore(WHOLE)
    size = pack_run(run, tmp_path / "a.xz").n_bytes

    packed = pack_run(run, tmp_path / "b.xz", most_bytes=size - 1000)

    assert packed.left_out[0] == "tracebacks"
    assert packed.n_bytes < size


def test_a_run_that_can_t_be_made_small_enough_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a file may have 10; choose"):
        pack_run(ResultStore(WHOLE), tmp_path / "a.xz", most_bytes=10)


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no method of the run matches 'lat/'"):
        pack_run(ResultStore(WHOLE), tmp_path / "a.xz", methods=["lat/"])


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    packed = pack_run(ResultStore(WHOLE), tmp_path / "a.xz")
    text = lzma.decompress(packed.path.read_bytes())
    packed.path.write_bytes(lzma.compress(text.replace(b'"golden"', b'"silver"')))

    with pytest.raises(StoreError, match="was altered"), opened_runs([packed.path]):
        pass
