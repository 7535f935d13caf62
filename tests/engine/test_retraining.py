"""Retrained methods: on which rows, which methods, and where that is kept."""

from collections import Counter, deque
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from mmbench.datasets import Dataset, Samples
from mmbench.engine import make_plan, run
from mmbench.engine.after import retraining
from mmbench.engine.after.contenders import contenders
from mmbench.engine.after.retraining import planned_retrainings
from mmbench.engine.after.retraining_rows import Design, design_of, rows_of
from mmbench.engine.cache.store import Cache
from mmbench.engine.execute import cache_at
from mmbench.errors import DataError, UsageError
from mmbench.fusion import SelectColumns
from mmbench.report.judging.comparisons import RETRAINED
from mmbench.report.judging.verdicts import judge
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.suite import Suite

METHODS = {
    "dummy": DummyClassifier(),
    "a": make_pipeline(SelectColumns(["a"]), LogisticRegression()),
    "b": make_pipeline(SelectColumns(["b"]), LogisticRegression()),
    "both": make_pipeline(SelectColumns(["a", "b"]), LogisticRegression()),
}


def make_samples(n=210, *, groups=False, split=False, rare=0):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n)
    y[:rare] = 2
    X = pd.DataFrame({"a": rng.normal(y, 1.0), "b": rng.normal(y, 2.0)})
    return Samples(
        X,
        y,
        groups=np.arange(n) // 3 if groups else None,
        split=np.where(np.arange(n) % 2, "train", "test") if split else None,
    )


def make_dataset(**how):
    return Dataset(
        name="made",
        version="1",
        source="made up",
        licence="CC0-1.0",
        modalities={"a": "text", "b": "numeric"},
        load=lambda: make_samples(**how),
        has_split=how.get("split", False),
    )


def rows(**how):
    dataset, samples = make_dataset(**how), make_samples(**how)
    design = design_of(dataset, samples, 3)
    return design, samples, rows_of(dataset, samples, 3, design)


def test_every_draw_parts_all_samples_and_cross_validates_within_parts() -> None:
    design, samples, found = rows()

    assert design == Design("parts", 5, 3, 3)
    for start in range(0, len(found), 3):
        parts = [np.concatenate([f.apply for f in fits]) for fits in found[start:][:3]]
        assert sorted(np.concatenate(parts)) == list(range(len(samples.y)))
        for part, fits in zip(parts, found[start:], strict=False):
            assert all(set(fit.train) < set(part) for fit in fits)
            assert not any(set(fit.train) & set(fit.apply) for fit in fits)
    assert len({fits[0].digest for fits in found}) == 15


def test_groups_stay_within_a_part_and_a_side_of_its_folds() -> None:
    _, samples, found = rows(groups=True)

    owners = [
        set(samples.groups[f.train]) | set(samples.groups[f.apply]) for (f, *_) in found
    ]
    assert not owners[0] & owners[1] | owners[0] & owners[2] | owners[1] & owners[2]
    for fits in found:
        for fit in fits:
            assert not set(samples.groups[fit.train]) & set(samples.groups[fit.apply])


def test_under_an_official_split_whole_training_groups_are_drawn_again() -> None:
    n = 300
    samples = make_samples(n, split=True)._replace(groups=np.arange(n) // 10)
    dataset = make_dataset(n=n, split=True)

    found = rows_of(dataset, samples, 3, Design("bootstrap", 10, 1, 1))

    assert len(found) == 10
    for (fit,) in found:
        assert set(samples.split[fit.train]) == {"train"}
        assert fit.apply.tolist() == np.flatnonzero(samples.split == "test").tolist()
        copies = Counter(samples.groups[fit.train].tolist())
        assert all(n_rows % 5 == 0 for n_rows in copies.values())
        assert max(copies.values()) > 5


def test_a_rare_class_is_in_every_part_or_the_parts_are_halves() -> None:
    design, samples, found = rows(rare=5)
    assert design == Design("parts", 10, 2, 3)
    for fits in found:
        part = np.concatenate([fit.apply for fit in fits])
        assert np.sum(samples.y[part] == 2) >= 2
    with pytest.raises(DataError, match="class 2 has fewer samples"):
        rows(rare=3)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"n": 199}, "it takes at least 200 samples, and there are 199"),
        (
            {"n": 190, "split": True},
            "it takes at least 100 training samples, and there are 95",
        ),
    ],
)
def test_fewer_samples_than_were_simulated_are_refused(how, message) -> None:
    with pytest.raises(DataError, match=message):
        rows(**how)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A run with retrainings, and how it was made."""
    folder = tmp_path_factory.mktemp("retraining")
    suite = Suite(name="s", datasets=[make_dataset()], methods=METHODS, cv=2)
    how = {"cache": folder / "cache", "debug": True, "retrain": "headline"}
    how |= {"throughput": False, "probes": False}
    records = list(run(suite, folder / "out", **how))
    return folder, suite, how, records


def test_retrainings_are_kept_apart_from_the_trials(done) -> None:
    folder, _, _, records = done
    store = ResultStore(folder / "out")

    assert len(records) == len(store.records()) == 4 * 2
    kept = store.retrainings.records().values()
    assert Counter(each.method for each in kept) == {"both": 30, "a": 30, "b": 30}
    assert {each.status for each in kept} == {"ok"}


def test_a_retraining_answers_as_scikit_learn_does_on_its_rows(done) -> None:
    folder, suite, _, _ = done
    kept, samples = ResultStore(folder / "out").retrainings, make_samples()
    found = rows_of(suite.datasets[0], samples, 2, Design("parts", 5, 3, 2))

    for record in [r for r in kept.records().values() if r.method == "both"][:5]:
        fit = found[record.seed][record.fold]
        model = clone(METHODS["both"]).fit(
            samples.X.iloc[fit.train], samples.y[fit.train]
        )
        said = kept.predictions(record.key)
        assert said.sample_ids.tolist() == fit.apply.tolist()
        expected = model.predict_proba(samples.X.iloc[fit.apply])
        np.testing.assert_array_equal(said.arrays["proba"], expected)


def test_finished_retrainings_need_no_second_run(done) -> None:
    folder, suite, how, _ = done
    before = (folder / "out" / "retrainings" / "records.jsonl").read_bytes()
    lost = next((folder / "out" / "retrainings" / "predictions").iterdir())
    lost.unlink()

    assert list(run(suite, folder / "out", **how)) == []

    after = (folder / "out" / "retrainings" / "records.jsonl").read_bytes()
    assert lost.exists()
    assert len(after.splitlines()) == len(before.splitlines()) + 1


def test_what_costs_more_than_the_trials_is_left_out_and_said(
    done, monkeypatch
) -> None:
    folder, suite, how, _ = done
    plan, cache = make_plan(suite), Cache(*cache_at(how["cache"])[:4])
    store = ResultStore(folder / "out")
    (folder / "out" / "retrainings").rename(folder / "away")

    found = planned_retrainings(plan, store, "auto", cache)
    monkeypatch.setattr(retraining, "_spent_s", lambda _store: 1e6)
    affordable = planned_retrainings(plan, store, "auto", cache)

    (folder / "away").rename(folder / "out" / "retrainings")
    assert not found.trials
    assert "more than the trials did" in found.reasons["made"]
    assert len(affordable.trials) == 90


def test_contenders_are_the_best_fusions_and_single_modalities(done) -> None:
    folder, suite, _, _ = done
    plan, store = make_plan(suite), ResultStore(folder / "out")

    assert contenders(plan, store) == {"made": ["both", "a", "b"]}


def test_copies_of_a_row_stay_together_in_inner_folds(tmp_path: Path) -> None:
    stack = make_pipeline(
        SelectColumns(["a"]),
        StackingClassifier([("tree", DecisionTreeClassifier())], cv=3),
    )
    suite = Suite(
        name="s",
        datasets=[make_dataset(split=True)],
        methods={"stack": stack, "b": METHODS["b"]},
    )
    how = {"throughput": False, "probes": False, "debug": True, "retrain": "all"}
    list(run(suite, tmp_path / "out", cache=tmp_path / "cache", **how))
    plan = make_plan(suite)
    again = planned_retrainings(
        plan,
        ResultStore(tmp_path / "out"),
        "all",
        Cache(*cache_at(tmp_path / "cache")[:4]),
    )
    trial = next(t for t in again.trials.values() if t.method == "stack")
    (fit,) = again._folds("made", trial.seed)

    inner = again.ready(trial).steps[-1][1].cv

    assert len(inner) == 3
    for train, test in inner:
        assert not set(fit.train[train]) & set(fit.train[test])


def test_an_unknown_choice_is_refused(tmp_path: Path) -> None:
    suite = Suite(name="s", datasets=[make_dataset()], methods=METHODS)
    with pytest.raises(UsageError, match="retrain must be one of"):
        list(run(suite, tmp_path, retrain="some"))


@pytest.mark.slow
def test_equally_good_trees_are_seldom_told_apart_once_trained_anew(tmp_path) -> None:
    def dataset(seed: int) -> Dataset:
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 200)
        # Two views of the target, equally good over training sets.
        X = pd.DataFrame(rng.normal(0, 1.5, (200, 12)) + y[:, None], columns=VIEWS)
        samples = Samples(X, y)
        return replace(
            make_dataset(),
            version=str(seed),
            modalities=dict.fromkeys(VIEWS, "numeric"),
            load=lambda: samples,
        )

    tree = DecisionTreeClassifier(max_depth=6)
    methods = {
        name: make_pipeline(SelectColumns(columns), tree)
        for name, columns in (("first", VIEWS[:6]), ("second", VIEWS[6:]))
    }
    how = {"debug": True, "throughput": False, "probes": False, "retrain": "headline"}
    found = []
    for seed in range(12):
        suite = Suite(name="s", datasets=[dataset(seed)], methods=methods, cv=2)
        out = ResultStore(tmp_path / str(seed))
        deque(run(suite, out, cache=tmp_path / "cache", **how), maxlen=0)
        (found_here,) = judge(Run.read(out))["made"].comparisons
        found.append(found_here)

    assert {each.scope for each in found} == {RETRAINED}
    assert sum(each.is_gain or each.is_loss for each in found) <= 2
    # What training adds makes intervals wider than those of the fitted models.
    wider = [e.high - e.low >= e.fitted_high - e.fitted_low for e in found]
    assert all(wider)
    assert np.mean([e.high - e.low for e in found]) > 1.1 * np.mean(
        [e.fitted_high - e.fitted_low for e in found]
    )


VIEWS = [f"n{i}" for i in range(12)]
