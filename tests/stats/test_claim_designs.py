"""The short form of `benchmarks/claim_designs.py`."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mmbench.stats import corrected_resampled_ttest

PATH = Path(__file__).parents[2] / "benchmarks" / "claim_designs.py"


@pytest.fixture(scope="module")
def designs() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PATH.parent)
        yield imported()


def imported() -> ModuleType:
    spec = importlib.util.spec_from_file_location("claim_designs", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_levels_and_coverage_are_kept(designs: ModuleType) -> None:
    chosen = designs.chosen([], is_quick=True)

    lines = list(designs.run(chosen, 50, 0, 1))

    assert len(lines) == len(designs.QUICK)
    assert all(designs.holds(line, len(lines)) for line in lines)


def test_a_pair_is_found_as_often_as_by_a_corrected_t_test(designs: ModuleType) -> None:
    chosen = designs.chosen(["500 rows, gain 5"], is_quick=False)

    (line,) = designs.run(chosen, 50, 0, 1)

    assert line.gains > line.plain


def test_variance_from_training_is_covered_where_test_rows_alone_miss_it(
    designs: ModuleType,
) -> None:
    chosen = designs.chosen(["tree, 200 training rows"], is_quick=False)

    retrained, fitted = designs.run(chosen, 50, 0, 1)

    assert designs.holds(retrained, 2)
    assert not designs.holds(fitted, 2)


def test_a_level_that_is_not_kept_is_seen(designs: ModuleType) -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(60):
        # An ordinary t-test of folds that share a deviation takes it for a difference.
        folds = rng.normal(size=5) + 2 * rng.normal()
        test = corrected_resampled_ttest(folds, test_share=0.0)
        found.append(designs.Answer(test.estimate, test.low, test.high, 0.0))

    assert not designs.holds(designs.summary(found), 1)
