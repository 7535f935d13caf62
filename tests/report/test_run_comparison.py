"""Two runs side by side: the same is no change, what is planted is found."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

from mmbench.errors import UsageError
from mmbench.report.run_comparison import Change, Lost, compare_runs
from mmbench.results import NodeCost, Predictions, Record, ResultStore

N, N_FOLDS = 1000, 5
METHODS = ("text/a", "text/b", "image/c", "both/d")
CLASSES = np.array(["cat", "dog", "fox"])


def write_run(
    out: Path, *, seed: int = 0, jitter: float = 0.0, checksum: str = "sha256:1"
) -> Path:
    """Write a run; `jitter` is how much every time varies, as from run to run."""
    rng = np.random.default_rng(0)
    noise = np.random.default_rng(seed)
    y = rng.integers(0, 3, N)
    plan: dict[str, Any] = {
        "scoring": ["f1_macro", "accuracy"],
        "datasets": {"d": {"checksum": checksum, "version": "1"}},
        "methods": {name: {"digest": name} for name in METHODS},
        "trials": [],
    }
    entries = []
    speeds = {}
    for name in METHODS:
        answer = np.where(rng.random(N) < 0.8, y, rng.integers(0, 3, N))
        for fold in range(N_FOLDS):
            rows = np.arange(fold, N, N_FOLDS)
            key = f"{len(entries):04x}"
            place = {"dataset": "d", "method": name, "fold": fold, "seed": 0}
            plan["trials"].append({"key": key, **place})
            slow = np.exp(noise.normal(0, jitter, 4))
            right = float(np.mean(answer[rows] == y[rows]))
            record = Record(
                key=key,
                suite="s",
                status="ok",
                scores={"f1_macro": right, "accuracy": right},
                n_train=N - len(rows),
                n_test=len(rows),
                nodes={key: NodeCost(2.1 * slow[2], 2.0 * slow[3], 1)},
                yardstick_s=0.005 * slow[0],
                **place,
            )
            proba = np.where(np.eye(3)[answer[rows]], 0.8, 0.1)
            entries.append(
                (
                    record,
                    Predictions(
                        rows,
                        {
                            "y_true": CLASSES[y[rows]],
                            "classes": CLASSES,
                            "label": answer[rows],
                            "proba": proba,
                        },
                    ),
                )
            )
        rate = 1000.0 * np.exp(noise.normal(0, jitter))
        speeds[name] = {
            "n_rows": 512,
            "cpu_s": 512 / rate,
            "yardstick_s": 0.005,
        }
    with ResultStore(out).open(plan, {"cpu": "one", "n_cores": 2}) as store:
        store.extend(entries)
        store.keep_throughput({"d": speeds})
    return out


def rewrite(
    out: Path,
    *,
    record: Callable[[Record], Record] = lambda r: r,
    predictions: Callable[[str, Predictions], Predictions] = lambda _, p: p,
) -> None:
    """Change what a run left."""
    store = ResultStore(out)
    entries = [
        (record(each), predictions(each.method, store.predictions(each.key)))
        for each in store.records().values()
    ]
    with store.open(store.plan(), store.environment()):
        store.extend(entries)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_run(tmp_path / "base")


@pytest.fixture
def new(base: Path, tmp_path: Path) -> Path:
    shutil.copytree(base, tmp_path / "new")
    return tmp_path / "new"


def worse(base: Path, new: Path, **limits: Any) -> set[tuple[str, str]]:
    found: tuple[Change, ...] = compare_runs(base, new, **limits).regressions
    return {(change.method, change.what) for change in found}


def drop_answers(n: int) -> Callable[[str, Predictions], Predictions]:
    """Return a change that makes n right answers of text/a wrong in every fold."""

    def change(method: str, kept: Predictions) -> Predictions:
        if method != "text/a":
            return kept
        label = kept.arrays["label"].copy()
        right = CLASSES[label] == kept.arrays["y_true"]
        rows = np.flatnonzero(right)[:n]
        label[rows] = (label[rows] + 1) % len(CLASSES)
        return kept._replace(arrays={**kept.arrays, "label": label})

    return change


def test_a_run_and_its_copy_are_the_same(base: Path, new: Path) -> None:
    changes = compare_runs(base, new)
    assert {change.outcome for change in changes.all} == {"same"}
    # Four methods: a score, a time and a throughput each.
    assert len(changes.all) == 12


def test_the_same_thing_run_again_is_no_change_ten_times_of_ten(
    base: Path, tmp_path: Path
) -> None:
    for seed in range(10):
        again = write_run(tmp_path / f"again{seed}", seed=seed + 1, jitter=0.05)
        outcomes = {change.outcome for change in compare_runs(base, again).all}
        assert outcomes <= {"same", "unclear"}


def test_a_drop_of_one_point_is_found(base: Path, new: Path) -> None:
    rewrite(new, predictions=drop_answers(2))  # 10 of 1,000 answers
    assert worse(base, new) == {("text/a", "f1_macro")}
    assert worse(base, new, max_drop={"f1_macro": 0.01}) == {("text/a", "f1_macro")}


@pytest.mark.parametrize("n_failed", [1, N_FOLDS])
def test_a_method_that_fails_now_is_missing(
    n_failed: int, base: Path, new: Path
) -> None:
    def fails(record: Record) -> Record:
        if record.method != "text/b" or record.fold >= n_failed:
            return record
        return replace(record, status="failed", reason="broken", scores={})

    rewrite(new, record=fails)
    changes = compare_runs(base, new)
    assert changes.lost == (Lost("d", "text/b", 5, 5 - n_failed, "failed: broken"),)
    assert changes.exit_code == 1


def test_a_shorter_plan_that_is_all_ok_is_not_missing_anything(
    base: Path, new: Path
) -> None:
    plan = json.loads((new / "plan.json").read_text())
    plan["trials"] = [t for t in plan["trials"] if t["fold"] < 3]
    del plan["sha256"]
    (new / "plan.json").write_text(json.dumps(plan))
    assert compare_runs(base, new).exit_code == 0


def test_interval_and_p_value_of_a_drop_agree_and_the_detectable_drop_is_stated(
    base: Path, new: Path
) -> None:
    def churn(method: str, kept: Predictions) -> Predictions:
        # A net loss of one point, among answers that change in both directions.
        label, truth = kept.arrays["label"].copy(), kept.arrays["y_true"]
        right = np.flatnonzero(CLASSES[label] == truth)
        wrong = np.flatnonzero(CLASSES[label] != truth)
        label[right[:10]] = (label[right[:10]] + 1) % len(CLASSES)
        label[wrong[:8]] = np.searchsorted(CLASSES, truth[wrong[:8]])
        arrays = {**kept.arrays, "label": label}
        return kept if method != "text/a" else kept._replace(arrays=arrays)

    rewrite(new, predictions=churn)
    (change,) = (
        c
        for c in compare_runs(base, new, max_drop={"accuracy": 0.0}).quality
        if c.change
    )
    # By hand: 90 answers change, 10 net; the standard error of their mean.
    error = np.sqrt((90 - 10**2 / N) / N / (N - 1))
    assert change.change == pytest.approx(-0.01)
    assert change.outcome == "unclear"
    assert change.low < 0 < change.high
    assert change.high == pytest.approx(-0.01 + 1.97 * error, abs=0.0005)
    # Normal quantiles of the level and of 80 % power.
    assert change.detectable == pytest.approx((1.96 + 0.84) * error, rel=0.05)


def test_answers_that_did_not_change_could_have_shown_six_that_did(
    base: Path, new: Path
) -> None:
    # The least number of equal signs that is significant: 2 * 2**-6 < .05.
    assert {c.detectable for c in compare_runs(base, new).quality} == {6 / N}


def test_a_rise_of_one_point_is_better(base: Path, new: Path) -> None:
    rewrite(base, predictions=drop_answers(2))
    changes = compare_runs(base, new)
    (change,) = (each for each in changes.quality if each.outcome == "better")
    assert change.change == pytest.approx(0.01, abs=0.001)
    assert not changes.regressions


def test_a_drop_that_is_surely_small_enough_is_let_through(
    base: Path, new: Path
) -> None:
    rewrite(new, predictions=drop_answers(2))
    assert worse(base, new, max_drop={"f1_macro": 0.05}) == set()


def test_two_answers_of_a_thousand_can_not_be_told_from_luck(
    base: Path, new: Path
) -> None:
    def one(method: str, kept: Predictions) -> Predictions:
        return drop_answers(1)(method, kept) if kept.sample_ids[0] < 2 else kept

    rewrite(new, predictions=one)
    (change,) = (c for c in compare_runs(base, new).quality if c.change)
    assert change.outcome == "unclear"
    assert change.p_value > 0.05


def slower(
    factor: float, *, yardstick: float = 1.0, methods: tuple[str, ...] = METHODS
) -> Callable[[Record], Record]:
    """Return a change of processor times, and of the yardstick's."""

    def change(record: Record) -> Record:
        if record.method not in methods:
            return record
        nodes = {k: c._replace(cpu_s=factor * c.cpu_s) for k, c in record.nodes.items()}
        beside = yardstick * (record.yardstick_s or 0.0)
        return replace(record, nodes=nodes, yardstick_s=beside)

    return change


@pytest.mark.parametrize("methods", [METHODS[:1], METHODS], ids=["one", "all"])
def test_a_slowdown_of_three_tenths_is_found(
    methods: tuple[str, ...], base: Path, tmp_path: Path
) -> None:
    again = write_run(tmp_path / "again", seed=1, jitter=0.03)
    rewrite(again, record=slower(1.3, methods=methods))
    assert worse(base, again) == {(name, "processor time") for name in methods}


def test_a_machine_on_which_the_yardstick_is_slower_too_is_no_slowdown(
    base: Path, new: Path
) -> None:
    rewrite(new, record=slower(2.0, yardstick=2.0))
    assert worse(base, new) == set()


def test_code_that_is_slower_on_a_faster_machine_is_a_slowdown(
    base: Path, new: Path
) -> None:
    rewrite(new, record=slower(1.0, yardstick=0.7, methods=METHODS[:1]))
    assert worse(base, new) == {("text/a", "processor time")}


def test_wall_time_alone_is_no_slowdown(base: Path, new: Path) -> None:
    def waited(record: Record) -> Record:
        nodes = {k: c._replace(wall_s=9 * c.wall_s) for k, c in record.nodes.items()}
        return replace(record, nodes=nodes)

    rewrite(new, record=waited)
    assert worse(base, new) == set()


def test_the_interval_of_a_slowdown_is_wider_where_trials_disagree(
    base: Path, new: Path
) -> None:
    def unsteady(record: Record) -> Record:
        return slower(1.0 + record.fold)(record)

    rewrite(new, record=unsteady)
    (change, *_) = (c for c in compare_runs(base, new).speed if "time" in c.what)
    assert change.change == pytest.approx(3.0)
    assert change.low < 2
    assert change.high > 4.5


def test_costs_from_the_cache_are_not_compared(base: Path, new: Path) -> None:
    def cached(record: Record) -> Record:
        return replace(slower(2.0)(record), cached_nodes=tuple(record.nodes))

    rewrite(new, record=cached)
    changes = compare_runs(base, new)
    assert {change.what for change in changes.speed} == {"throughput"}
    assert changes.notes[-1] == (
        "The speed of 4 methods is not compared: costs come from the cache; run again "
        "with --remeasure."
    )


def test_work_that_is_not_from_the_cache_is_compared_by_itself(
    base: Path, new: Path
) -> None:
    def shared(record: Record) -> Record:
        features = NodeCost(50.0, 50.0, 1)
        return replace(record, nodes={**record.nodes, "features": features})

    def cached(record: Record) -> Record:
        return replace(shared(record), cached_nodes=("features",))

    rewrite(base, record=shared)
    rewrite(new, record=lambda r: cached(slower(1.5)(r)))
    assert worse(base, new) == {(name, "processor time") for name in METHODS}


def test_runs_without_a_yardstick_are_not_compared_in_speed(
    base: Path, new: Path
) -> None:
    rewrite(new, record=lambda r: replace(r, yardstick_s=None))
    changes = compare_runs(base, new)
    assert {change.what for change in changes.speed} == {"throughput"}
    assert "no yardstick was timed beside the trials" in changes.notes[-1]


def test_a_throughput_that_falls_is_a_slowdown(base: Path, new: Path) -> None:
    store = ResultStore(new)
    measured = store.throughput()
    measured["d"]["text/b"]["cpu_s"] *= 2
    store.keep_throughput(measured)
    assert worse(base, new) == {("text/b", "throughput")}


def repeated(out: Path, *, times: float = 1.0, error: float = 0.03) -> None:
    """Let a run have repeated the fits of text/a, which took so many times as long."""
    store = ResultStore(out)
    speeds = store.throughput()
    speeds["d"]["text/a"]["fit"] = {
        "cpu_s": 0.3 * times,
        "yardstick_s": 0.005,
        "error": error,
        "repeats": 9,
    }
    store.keep_throughput(speeds)


def test_repeated_fits_are_compared_rather_than_single_ones(
    base: Path, new: Path
) -> None:
    repeated(base)
    repeated(new, times=1.3)
    rewrite(new, record=slower(0.5, methods=METHODS[:1]))

    (change,) = compare_runs(base, new).regressions

    assert (change.method, change.what) == ("text/a", "processor time")
    assert change.change == pytest.approx(1.3)
    # Errors of 3 % in both runs, and 5 % between them; corrected for four methods.
    reach = t.isf(0.05 / 4 / 2, 9 + 9 - 2) * (2 * 0.03**2 + 0.05**2) ** 0.5
    assert change.low == pytest.approx(1.3 * np.exp(-reach), rel=1e-3)
    assert change.how == "9 and 9 repeats, against the yardstick"


def test_repeats_that_differ_widely_show_no_slowdown(base: Path, new: Path) -> None:
    repeated(base, error=0.1)
    repeated(new, times=1.3)
    assert worse(base, new) == set()


def test_speeds_of_different_machines_are_not_compared(base: Path, new: Path) -> None:
    path = new / "environment.json"
    environment = json.loads(path.read_text().replace('"one"', '"other"'))
    del environment["sha256"]
    path.write_text(json.dumps(environment))
    changes = compare_runs(base, new)
    assert changes.speed == ()
    assert any("different machines or settings (cpu)" in note for note in changes.notes)


def test_without_predictions_scores_are_compared_by_fold_and_it_is_said(
    base: Path, new: Path
) -> None:
    shutil.rmtree(new / "predictions")
    lines = (new / "records.jsonl").read_text().splitlines()
    records = [Record.from_json(line) for line in lines]
    lower = [
        replace(r, scores={k: (v or 0) - 0.01 for k, v in r.scores.items()})
        for r in records
    ]
    (new / "records.jsonl").write_text("".join(f"{r.to_json()}\n" for r in lower))
    changes = compare_runs(base, new)
    assert len(changes.regressions) == 4
    assert changes.regressions[0].how == "by fold, over 5: predictions are missing"


def test_scores_that_changed_for_the_same_answers_are_told(
    base: Path, new: Path
) -> None:
    rewrite(new, record=lambda r: replace(r, scores={"f1_macro": 0.5}))
    assert ("text/a", "f1_macro") in worse(base, new)


def test_another_dataset_is_not_compared_and_what_is_shared_is_said(
    base: Path, tmp_path: Path
) -> None:
    other = write_run(tmp_path / "other", checksum="sha256:2")
    changes = compare_runs(base, other)
    assert changes.all == ()
    assert changes.notes[0].startswith("Compared 0 pairs of dataset and method (of 4")
    assert changes.lost == (Lost("d", "", 20, 20, "its checksum was 1 and is 2"),)
    assert changes.exit_code == 2


def test_methods_of_one_run_alone_are_named(base: Path, new: Path) -> None:
    plan = json.loads((new / "plan.json").read_text())
    plan["trials"] = [t for t in plan["trials"] if t["method"] != "text/b"]
    del plan["sha256"]
    (new / "plan.json").write_text(json.dumps(plan))
    changes = compare_runs(base, new)
    assert changes.lost == (Lost("d", "text/b", 5, 0, "not in the plan of NEW"),)
    assert changes.exit_code == 1
    assert {change.method for change in changes.all} == set(METHODS) - {"text/b"}


def test_other_folds_are_paired_by_sample_all_the_same(base: Path, new: Path) -> None:
    def shuffled(_: str, kept: Predictions) -> Predictions:
        order = np.random.default_rng(0).permutation(len(kept.sample_ids))
        moved = {n: kept.arrays[n][order] for n in ("y_true", "label", "proba")}
        return kept._replace(
            sample_ids=kept.sample_ids[order],
            arrays={**kept.arrays, **moved},
        )

    rewrite(new, predictions=shuffled)
    changes = compare_runs(base, new)
    assert {change.outcome for change in changes.quality} == {"same"}
    assert changes.quality[0].how == "paired over 1,000 samples"


def test_other_seeds_are_paired_by_sample_too(base: Path, new: Path) -> None:
    plan = json.loads((new / "plan.json").read_text())
    plan["trials"] = [{**trial, "seed": 7} for trial in plan["trials"]]
    del plan["sha256"]
    (new / "plan.json").write_text(json.dumps(plan))
    changes = compare_runs(base, new)
    assert {change.outcome for change in changes.quality} == {"same"}
    # No trial is in both, so only what was measured alone has a speed to compare.
    assert {change.what for change in changes.speed} == {"throughput"}


def timings(path: Path, median: float, iqr: float = 0.02) -> Path:
    stats = {"median": median, "iqr": iqr * median, "mean": median, "stddev": 9.0}
    content = {"benchmarks": [{"fullname": "b.py::test_one", "stats": stats}]}
    path.write_text(json.dumps(content))
    return path


def test_benchmarks_of_pytest_are_read(tmp_path: Path) -> None:
    base = timings(tmp_path / "base.json", 0.010)
    assert worse(base, timings(tmp_path / "slow.json", 0.015)) == {
        ("b.py::test_one", "time")
    }
    assert worse(base, timings(tmp_path / "same.json", 0.0103)) == set()
    noisy = timings(tmp_path / "noisy.json", 0.015, iqr=0.5)
    assert worse(base, noisy) == set()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"benchmarks": [{}]}'])
def test_what_is_no_benchmark_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(UsageError, match="is not the JSON of pytest-benchmark"):
        compare_runs(path, path)


def test_misuse_is_said(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no"):
        compare_runs(base, tmp_path / "nothing")
    with pytest.raises(UsageError, match="two folders or two files"):
        compare_runs(base, timings(tmp_path / "base.json", 1.0))
    with pytest.raises(UsageError, match="'auc' was scored in neither run"):
        compare_runs(base, base, max_drop={"auc": 0.1})
    with pytest.raises(UsageError, match=r"max_slowdown must be at least 1, got 0\.5"):
        compare_runs(base, base, max_slowdown=0.5)
    with pytest.raises(UsageError, match="at least 0, got -1"):
        compare_runs(base, base, max_drop={"f1_macro": -1})
