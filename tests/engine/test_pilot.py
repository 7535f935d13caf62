"""What a pilot on parts of the data says of all of it."""

import pytest
from sklearn.dummy import DummyClassifier

from mmbench.engine import make_plan, pilot
from mmbench.engine.forecast import Kinds
from mmbench.engine.graph.node import walk
from mmbench.engine.pilot import Piece, Pilot, fly
from tests.engine.conftest import make_dataset, make_samples


@pytest.mark.parametrize("power", [0, 1, 1.5, 2])
def test_costs_that_follow_a_power_of_the_rows_are_extrapolated(make_plan_of, power):
    plan = make_plan_of({"dummy": DummyClassifier()})
    roots = plan.roots(list(plan.trials))
    kinds = Kinds()
    ((_, root), *_) = roots.items()
    sizes = (1000, 5000)
    pieces = [Piece(n, n, 0.01 * n**power, 10**9 + 3 * 10**4 * n) for n in sizes]
    flown = Pilot(1.0, 5000, {("fruit", kinds(root)): pieces}, kinds)

    expected = flown.costs_of(plan, roots)(root, root)

    n_rows = len(plan.samples["fruit"].y)
    assert expected.cpu_s == pytest.approx(0.01 * n_rows**power)
    table = plan.samples["fruit"].X.memory_usage(deep=True).sum()
    grown = 10**9 + 3 * 10**4 * n_rows
    assert expected.peak_bytes == pytest.approx(grown + 4 * table, abs=2)


def test_memory_that_imports_explain_is_not_extrapolated(make_plan_of):
    plan = make_plan_of({"dummy": DummyClassifier()})
    roots = plan.roots(list(plan.trials))
    kinds = Kinds()
    ((_, root), *_) = roots.items()
    pieces = [Piece(10, 10, 0.01, 180 * 10**6), Piece(30, 30, 0.01, 240 * 10**6)]
    flown = Pilot(1.0, 30, {("fruit", kinds(root)): pieces}, kinds)

    expected = flown.costs_of(plan, roots)(root, root)

    table = plan.samples["fruit"].X.memory_usage(deep=True).sum()
    assert expected.peak_bytes == pytest.approx(240 * 10**6 + 4 * table, abs=2)


def test_few_rows_do_not_make_memory_grow_beyond_what_cells_can_become(make_plan_of):
    plan = make_plan_of({"dummy": DummyClassifier()})
    roots = plan.roots(list(plan.trials))
    kinds = Kinds()
    ((_, root), *_) = roots.items()
    # A network was imported in between.
    pieces = [Piece(10, 10, 0.01, 200 * 10**6), Piece(30, 30, 0.01, 700 * 10**6)]
    flown = Pilot(1.0, 30, {("fruit", kinds(root)): pieces}, kinds)

    expected = flown.costs_of(plan, roots)(root, root)

    table = plan.samples["fruit"].X.memory_usage(deep=True).sum()
    n_rows = len(plan.samples["fruit"].y)
    most = 20 * max(table, 2000 * n_rows) * 3 / 2
    assert expected.peak_bytes <= 700 * 10**6 + most + 4 * table


def test_of_what_did_not_end_in_time_nothing_is_said(make_plan_of):
    plan = make_plan_of({"dummy": DummyClassifier()})
    roots = plan.roots(list(plan.trials))
    ((_, root), *_) = roots.items()
    assert Pilot(1.0, 0, {}, Kinds()).costs_of(plan, roots)(root, root) is None


def test_parts_are_of_the_dataset_and_every_step_is_tried(make_plan_of):
    plan = make_plan_of({"dummy": DummyClassifier()})
    flown = fly(plan, seconds=20)
    roots = plan.roots(list(plan.trials))
    costs = flown.costs_of(plan, roots)
    assert 0 < flown.n_rows <= len(plan.samples["fruit"].y) / 2
    for root in roots.values():
        assert all(costs(node, root) for node in walk([root]) if not node.light)


@pytest.fixture
def make_plan_of(make_suite):
    return lambda methods: make_plan(make_suite(methods))


def test_parts_of_many_groups_are_made_without_as_many_folds(make_suite, monkeypatch):
    n_folds = []
    grouped = make_dataset(load=lambda: make_samples(600, groups=True))
    plan = make_plan(make_suite({"dummy": DummyClassifier()}, datasets=[grouped]))
    data = plan.suite.datasets[0].task.data
    folds = type(data).folds

    def counted(self, *args, **options):
        n_folds.append(options["n_folds"])
        return folds(self, *args, **options)

    monkeypatch.setattr(pilot, "_FEWEST_ROWS", 20)
    monkeypatch.setattr(type(data), "folds", counted)
    sizes = [len(part.load().y) for part in pilot._parts(plan, {})]
    assert sizes[0] == pytest.approx(20, rel=0.5)
    assert max(n_folds) <= 10
