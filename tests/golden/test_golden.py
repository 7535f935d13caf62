"""What must not move: keys of trials and nodes, answers, and remade reports."""

import csv
import json
import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import sklearn

from mmbench import make_report, run
from mmbench.engine import make_plan
from mmbench.results import ResultStore
from mmbench.tasks import get_task
from tests.golden.suite import golden_suite

pytestmark = pytest.mark.multilabel

RESULTS = Path(__file__).parent / "results"
TABLES = sorted(path.name for path in (RESULTS / "tables").iterdir())

RECORDED = json.loads((RESULTS / "environment.json").read_text())["versions"]

# Parameters of scikit-learn's estimators, and so their names, change between versions.
same_sklearn = pytest.mark.skipif(
    sklearn.__version__ != RECORDED["scikit-learn"],
    reason=f"recorded with scikit-learn {RECORDED['scikit-learn']}",
)


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("golden") / "results"
    shutil.copytree(RESULTS, out)
    shutil.rmtree(out / "tables")
    (out / "report.md").unlink()
    make_report(out)
    return out


@pytest.fixture(scope="module")
def run_anew(tmp_path_factory: pytest.TempPathFactory) -> ResultStore:
    out = tmp_path_factory.mktemp("anew")
    cache = tmp_path_factory.mktemp("cache")
    store = ResultStore(out)
    asked = {"throughput": False, "probes": False, "debug": True}
    list(run(golden_suite(), store, cache=cache, **asked))
    return store


def test_the_markdown_report_is_remade_byte_for_byte(remade: Path) -> None:
    assert (remade / "report.md").read_text() == (RESULTS / "report.md").read_text()


def test_verdicts_stand_out_in_the_page(remade: Path) -> None:
    page = (remade / "report.html").read_text()
    assert '<p class="lead">' in page
    assert not re.search("<[^>]*&#34;", page)


def test_the_same_tables_are_remade(remade: Path) -> None:
    assert sorted(path.name for path in (remade / "tables").iterdir()) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_remade_with_equal_cells(remade: Path, name: str) -> None:
    found, expected = (read_cells(at / "tables" / name) for at in (remade, RESULTS))
    assert len(found) == len(expected)
    for row, wanted in zip(found, expected, strict=True):
        assert len(row) == len(wanted)
        assert all(map(same_cell, row, wanted)), (row, wanted)


@same_sklearn
def test_trials_keep_their_keys() -> None:
    recorded = json.loads((RESULTS / "plan.json").read_text())
    assert list(make_plan(golden_suite()).trials) == [
        trial["key"] for trial in recorded["trials"]
    ]


@same_sklearn
def test_nodes_keep_their_keys() -> None:
    plan = make_plan(golden_suite())
    recorded = json.loads((RESULTS.parent / "node_keys.json").read_text())
    assert {
        k: node.key for k, node in plan.roots(list(plan.trials)).items()
    } == recorded


@same_sklearn
def test_a_new_run_gives_the_recorded_answers(run_anew: ResultStore) -> None:
    old = ResultStore(RESULTS)
    finished = [key for key, r in old.records().items() if r.status == "ok"]
    assert finished
    tasks = {"animals": get_task("classification"), "films": get_task("multilabel")}
    for key in finished:
        load = tasks[old.records()[key].dataset].answers.load
        found, expected = run_anew.predictions(key), old.predictions(key)
        assert np.array_equal(found.sample_ids, expected.sample_ids)
        (target, new), (true, said) = load(found.arrays), load(expected.arrays)
        assert np.array_equal(target.y, true.y)
        assert target.schema == true.schema
        assert np.array_equal(new["label"], said["label"])
        if "proba" in said:
            assert np.allclose(new["proba"], said["proba"], rtol=0, atol=1e-9)


def read_cells(path: Path) -> list[list[object]]:
    if path.suffix != ".csv":
        return [[line] for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        return [[as_number(cell) for cell in row] for row in csv.reader(file)]


def same_cell(found: object, expected: object) -> bool:
    """Compare two cells; the last digits depend on the processor's instructions."""
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    return found == expected


def as_number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell
