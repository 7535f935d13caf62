"""Learning curves: which rows are trained on, what is kept, and what is said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmbench.engine import make_plan, run
from mmbench.engine.after.learning_curve import check_train_sizes, smaller_rows
from mmbench.engine.graph.values import Rows
from mmbench.errors import DataError, UsageError
from mmbench.report import make_report
from mmbench.results import ResultStore
from mmbench.suite import Suite
from tests.engine.test_retraining import METHODS, make_dataset, make_samples

SIZES = (0.2, 0.4, 0.7)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Suite, Path]:
    folder = tmp_path_factory.mktemp("curve")
    suite = Suite(name="s", datasets=[make_dataset()], methods=METHODS, cv=3)
    how = {"cache": folder / "cache", "debug": True, "retrain": "none"}
    how |= {"throughput": False, "probes": False, "train_sizes": (*SIZES, 1)}
    list(run(suite, folder / "out", **how))
    make_report(folder / "out")
    return suite, folder / "out"


def test_parts_of_the_training_rows_lie_within_each_other() -> None:
    samples, fold = make_samples(), Rows(np.arange(0, 200), np.arange(200, 210))

    found = smaller_rows(fold, SIZES, make_dataset(), samples, 0)

    assert [len(rows.train) for rows in found] == [40, 80, 140]
    assert set(found[0].train) < set(found[1].train) < set(found[2].train)
    assert all(rows.apply.tolist() == list(range(200, 210)) for rows in found)


def test_whole_groups_are_left_out() -> None:
    samples, fold = make_samples(groups=True), Rows(np.arange(150), np.arange(150, 210))

    (rows,) = smaller_rows(fold, [0.3], make_dataset(groups=True), samples, 0)

    assert len(rows.train) == 45
    assert set(np.bincount(samples.groups[rows.train])) == {0, 3}


def test_a_size_that_would_lack_a_class_is_refused() -> None:
    samples, fold = make_samples(rare=2), Rows(np.arange(200), np.arange(200, 210))

    with pytest.raises(DataError, match="has fewer samples"):
        smaller_rows(fold, [0.02], make_dataset(rare=2), samples, 0)


@pytest.mark.parametrize("sizes", [(0.5, 1.5), (0, 0.5), (1,)])
def test_sizes_are_shares_with_one_below_all(sizes: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="train_sizes"):
        check_train_sizes(sizes)


def test_contenders_are_fitted_on_every_size_and_kept_apart(
    done: tuple[Suite, Path],
) -> None:
    _, out = done
    kept = ResultStore(out).learning_curve

    sizes = {trial["key"]: trial["train_size"] for trial in kept.plan()["trials"]}
    fits = [(r.method, sizes[r.key], r.n_train) for r in kept.records().values()]
    expected = {
        (m, size, round(140 * size)) for m in ("both", "a", "b") for size in SIZES
    }
    assert set(fits) == expected
    assert len(fits) == 3 * len(expected)


def test_fits_of_a_size_answer_as_scikit_learn_does(done: tuple[Suite, Path]) -> None:
    suite, out = done
    kept, samples = ResultStore(out).learning_curve, make_samples()
    (trial,) = (
        t
        for t in kept.plan()["trials"]
        if (t["method"], t["fold"], t["train_size"]) == ("both", 0, 0.2)
    )
    fold = make_plan(suite)._folds("made", 0)[0]
    (rows, *_) = smaller_rows(fold, SIZES, suite.datasets[0], samples, 0)

    model = METHODS["both"].fit(samples.X.iloc[rows.train], samples.y[rows.train])
    expected = model.predict(samples.X.iloc[rows.apply])

    score = kept.records()[trial["key"]].scores["accuracy"]
    assert score == np.mean(expected == samples.y[rows.apply])


def test_a_report_shows_the_curve_and_its_table(done: tuple[Suite, Path]) -> None:
    _, out = done
    table = pd.read_csv(out / "tables/learning_curve.csv")
    text = (out / "report.md").read_text("utf-8")

    both = table[table.method == "both"]
    assert both.train_size.tolist() == [*SIZES, 1]
    methods = pd.read_csv(out / "tables/methods.csv").set_index("method")
    assert both.score_mean.iloc[-1] == methods.f1_macro_mean["both"]
    assert "### Learning curve" in text
    assert "figures/made-learning-curve.svg" in text
    assert "training samples; " in text


def test_a_second_run_fits_nothing_again(done: tuple[Suite, Path]) -> None:
    suite, out = done
    before = (out / "learning_curve/records.jsonl").read_bytes()

    how = {"debug": True, "retrain": "none", "throughput": False, "probes": False}
    cache = out.parent / "cache"
    assert not list(run(suite, out, cache=cache, train_sizes=SIZES, **how))

    assert (out / "learning_curve/records.jsonl").read_bytes() == before
