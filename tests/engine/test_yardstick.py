"""The yardstick: timed beside the work, and kept with it; costs from the cache."""

import pytest
from sklearn.naive_bayes import GaussianNB

from mmbench.engine.execution.worker import Result
from mmbench.engine.execution.yardstick import Yardsticks
from mmbench.results import ResultStore

from .conftest import Flatten
from .test_execute import Counting, pixels


def test_every_record_has_the_yardsticks_time(go, make_suite):
    records = go(make_suite({"m": pixels(GaussianNB())}), debug=False, jobs=2)

    assert all(1e-4 < record.yardstick_s < 1 for record in records.values())


def test_the_yardstick_is_timed_once_a_second(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    yardsticks = Yardsticks()
    assert yardsticks.due()
    assert yardsticks.due(), "none came back yet"
    yardsticks.sorted_out([Result(key="yardstick-0", status="ok", value=0.01)])
    clock[0] = 110.0

    due = []
    for clock[0] in (110.0, 110.5, 111.1, 111.9):
        due.append(len(yardsticks.due()))

    assert due == [1, 0, 1, 0]


def test_work_is_measured_by_the_yardstick_that_stood_beside_it():
    yardsticks = Yardsticks()
    quiet, busy = (
        Result(key=f"yardstick-{n}", status="ok", value=value)
        for n, value in enumerate((0.010, 0.030))
    )
    first, second = (
        Result(key=key, status="ok", costs={key: None}) for key in ("first", "second")
    )

    assert yardsticks.sorted_out([quiet, first]) == [first]
    assert yardsticks.sorted_out([busy, second]) == [second]

    # 10 yardsticks of 10 ms, and 10 of the median of both, 20 ms.
    costs = [("first", 0.1), ("second", 0.2), ("unknown", 9.0)]
    assert yardsticks.average(costs) == pytest.approx(0.3 / (10 + 10))
    assert yardsticks.average([("unknown", 9.0)]) is None


def test_what_comes_from_the_cache_is_marked_and_is_done_again_on_request(
    go, make_suite, tmp_path
):
    suite = make_suite({"image": pixels(GaussianNB(), Counting)})
    cold, warm = go(suite, "cold"), go(suite, "warm")
    assert not any(record.cached_nodes for record in cold.values())
    assert all(set(r.cached_nodes) <= r.nodes.keys() for r in warm.values())
    assert all(record.cached_nodes for record in warm.values())
    Counting.cells = 0

    again = go(suite, "warm", remeasure=True)

    assert Counting.cells > 90
    assert again.keys() == warm.keys()
    assert not any(record.cached_nodes for record in again.values())
    assert {k: r.scores for k, r in again.items()} == {
        k: r.scores for k, r in warm.items()
    }
    # All is measured now, so that nothing is left to do.
    assert go(suite, "warm", remeasure=True) == {}
    assert ResultStore(tmp_path / "warm").finished() == {r.key for r in warm.values()}


def test_throughput_has_processor_time_and_yardstick(go, make_suite, tmp_path):
    go(make_suite({"image": pixels(GaussianNB(), Flatten)}), throughput=True)

    speed = ResultStore(tmp_path / "out").throughput()["fruit"]["image"]

    assert 0 < speed["cpu_s"] < 1
    assert 1e-4 < speed["yardstick_s"] < 1
