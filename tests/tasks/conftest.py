"""Fixtures that tests of tasks share with those of datasets and of the engine."""

from tests.datasets.conftest import write_table
from tests.engine.conftest import dataset, go, make_suite

__all__ = ["dataset", "go", "make_suite", "write_table"]
