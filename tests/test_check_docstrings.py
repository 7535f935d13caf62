"""The linter of docstrings, `.ci/check_docstrings.py`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mmbench.tasks.classification.data import ClassificationData

pytest.importorskip("numpydoc", reason="numpydoc comes with the extra `dev`")


@pytest.fixture(scope="module")
def linter() -> Any:
    path = Path(__file__).parents[1] / ".ci" / "check_docstrings.py"
    spec = importlib.util.spec_from_file_location("check_docstrings", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECKED = {"PR01", "PR02", "PR03", "PR07", "RT01", "YD01", "RS01"}


def codes(linter: Any, value: Any) -> set[str]:
    return {code for code, _ in linter.own_problems(value)} & CHECKED


def test_a_parameter_and_a_result_without_sections_are_found(linter: Any) -> None:
    def double(number: float) -> float:
        """Double a number."""
        return 2 * number

    assert codes(linter, double) == {"PR01", "RT01"}


def test_an_exception_without_a_section_is_found(linter: Any) -> None:
    def refuse() -> None:
        """Refuse."""
        raise ValueError("no")

    assert codes(linter, refuse) == {"RS01"}


def test_what_another_raised_and_faults_of_the_code_need_no_section(
    linter: Any,
) -> None:
    def attempt() -> None:
        """Attempt."""
        try:
            refuse()
        except ValueError:
            raise
        raise AssertionError("refuse raises")

    def refuse() -> None:
        """Refuse."""

    assert codes(linter, attempt) == set()


def test_an_exception_of_a_nested_function_is_its_own(linter: Any) -> None:
    def make() -> None:
        """Make a function."""

        def refuse() -> None:
            raise ValueError("no")

    assert codes(linter, make) == set()


def test_fields_of_a_data_class_may_be_attributes(linter: Any) -> None:
    @dataclass
    class Point:
        """A point.

        Attributes
        ----------
        x : float
            To the right.
        """

        x: float
        y: float = 0.0
        _cache: dict[str, float] = field(default_factory=dict)

    found = dict(linter.own_problems(Point))
    assert "'y'" in found.get("PR01", "") + found.get("PR07", "").replace('"', "'")
    assert "_cache" not in str(found)
    assert "'x'" not in str(found)


def test_a_context_manager_that_gives_nothing_needs_no_yields(linter: Any) -> None:
    @contextmanager
    def during(name: str) -> Iterator[None]:
        """Do something meanwhile.

        Parameters
        ----------
        name : str
            Its name.
        """
        yield

    @contextmanager
    def opened(name: str) -> Iterator[str]:
        """Open something.

        Parameters
        ----------
        name : str
            Its name.
        """
        yield name

    assert codes(linter, during) == set()
    assert codes(linter, opened) == {"YD01"}


def test_a_method_inherits_what_its_base_documents(linter: Any) -> None:
    method = ClassificationData.claims
    assert "PR01" in codes(linter, method)
    each = linter.Public("claims", method, ClassificationData)
    assert not {code for code, _ in linter.problems(each)} & CHECKED
