"""A task in one file runs from the command to the report, fusions and verdict too."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from mmbench import make_report
from mmbench.cli import main
from mmbench.errors import StoreError
from mmbench.results import ResultStore
from mmbench.tasks import registry

TOY = Path(__file__).with_name("toy_angle.py")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("toy")
    options = ["--out", str(folder / "out"), "--cache", str(folder / "cache")]
    ran = CliRunner().invoke(main, ["run", str(TOY), "--debug", *options])
    assert ran.exit_code == 0, ran.output
    assert "ranked by mean alignment" in ran.output
    yield folder / "out"
    registry._tasks.pop("toy-angle", None)


def test_scores_are_the_mean_cosine_of_the_error(out: Path) -> None:
    store = ResultStore(out)
    records = store.records().values()
    assert {record.status for record in records} == {"ok"}
    for record in records:
        found = store.predictions(record.key).arrays
        expected = np.cos(found["truth"] - found["angle"]).mean()
        assert record.scores == {"alignment": pytest.approx(expected)}


def test_the_report_ranks_compares_and_gives_intervals(out: Path) -> None:
    report = (out / "report.md").read_text()
    assert "of mean alignment over" in report
    assert "95 % CI" in report
    assert (out / "report.html").stat().st_size > 10_000
    rows = (out / "tables" / "methods.csv").read_text().splitlines()
    assert "alignment_mean" in rows[0]
    assert len(rows) == 6


def test_ablations_are_scored_by_the_tasks_metric(out: Path) -> None:
    probes = json.loads((out / "probes.json").read_text())["wind"]
    scores = {
        tuple(change["modalities"]): change["scores"]["alignment"]
        for change in probes["early"]["changes"]
        if change["kind"] == "present"
    }
    assert scores["numeric", "text"] > scores["text",] > scores[()]


def test_a_report_of_a_task_that_is_not_registered_names_it(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(out, tmp_path / "copy")
    monkeypatch.delitem(registry._tasks, "toy-angle")
    with pytest.raises(StoreError, match="toy-angle"):
        make_report(copy)
