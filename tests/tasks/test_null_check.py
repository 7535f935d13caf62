"""The short form of `benchmarks/null_tasks.py`."""

import runpy
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "null_tasks.py"
SIZES = {"answering": 60, "generation": 60, "summarisation": 25}


@pytest.mark.slow
@pytest.mark.parametrize(
    "task", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in SIZES]
)
def test_chance_is_no_gain(task):
    made = runpy.run_path(str(PATH))
    assert made["share"](60, 1, task, SIZES[task], made["ALIKE"]) <= 0.1
    assert made["share"](10, 1, task, SIZES[task], made["GAIN"]) >= 0.5
