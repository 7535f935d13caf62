"""Fixtures that tests of tasks share with those of datasets and of the engine."""

from pathlib import Path

import pytest

from tests.cli.conftest import mmbench
from tests.datasets.conftest import write_table
from tests.engine.conftest import dataset, go, make_suite

__all__ = ["dataset", "go", "make_suite", "mmbench", "write_table"]

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests in a task's folder as being about it; classification stays."""
    for item in items:
        if HERE in item.path.parents:
            kind = item.path.relative_to(HERE).parts[0]
            if (HERE / kind).is_dir() and kind != "classification":
                item.add_marker(kind)
