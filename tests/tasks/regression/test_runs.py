"""A table with a price runs from the cells to the report."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_regressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

from mmbench import Suite, make_report, read_table, run
from mmbench.errors import MmbenchError, UsageError
from mmbench.fusion import LateFusionRegressor, branch
from mmbench.results import ResultStore
from mmbench.suites import SUITES, build_suite
from mmbench.tasks.regression.figures import predictions_figure, residuals_figure
from tests.engine.conftest import make_dataset

N = 60


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    """Return a table whose price follows weight and a word."""
    rng = np.random.default_rng(0)
    weight = rng.normal(size=N).round(3)
    word = rng.choice(["plain", "fine"], size=N)
    price = 20_000 + 6_000 * weight + 12_000 * (word == "fine") + rng.normal(size=N)
    table = pd.DataFrame({"word": word, "weight": weight, "price": price.round(2)})
    table.loc[7, "price"] = None
    path = tmp_path_factory.mktemp("products") / "products.csv"
    table.to_csv(path, index=False)
    return read_table(path, target="price", text=["word"], numeric=["weight"])


@pytest.fixture(scope="module")
def ran(products, tmp_path_factory):
    suite = build_suite("quick", [products], cv=3)
    chosen = ("mean", "word/tfidf/ridge", "numeric/numeric/ridge")
    methods = {name: suite.methods[name] for name in chosen}
    methods["late"] = LateFusionRegressor(
        [(name.partition("/")[0], methods[name]) for name in chosen[1:]]
    )
    suite = Suite(name="prices", datasets=[products], methods=methods, cv=3)
    out = tmp_path_factory.mktemp("out")
    cache = tmp_path_factory.mktemp("cache")
    list(run(suite, out, cache=cache, throughput=False, debug=True))
    make_report(out)
    return out


def test_all_trials_are_ok_and_fusion_explains_more(ran):
    with (ran / "tables" / "methods.csv").open() as file:
        rows = {row["method"]: row for row in csv.DictReader(file)}
    assert all(row["n_ok"] == "3" for row in rows.values())
    r2 = {name: float(row["r2_mean"]) for name, row in rows.items()}
    assert r2["late"] > r2["word/tfidf/ridge"] > r2["mean"]


def test_what_is_stored_scores_again_to_what_is_recorded(ran):
    store = ResultStore(ran)
    for key, record in store.records().items():
        arrays = store.predictions(key).arrays
        expected = r2_score(arrays["y_true"], arrays["number"])
        assert record.scores["r2"] == pytest.approx(expected, rel=1e-9)


def test_the_report_speaks_of_points_of_r2_and_of_the_unit(ran):
    text = (ran / "report.md").read_text()
    assert "points of R²" in text
    assert "59 samples, target from " in text
    assert "1 of 60 cells have no label; their rows are left out" in text
    assert "some numbers have fractions, so the task is regression" in text
    figures = {path.name for path in (ran / "figures").iterdir()}
    assert {"products-predictions.svg", "products-residuals.svg"} <= figures


def test_the_plan_says_the_task_and_the_range(ran):
    (entry,) = json.loads((ran / "plan.json").read_text())["datasets"].values()
    assert entry["task"] == "regression"
    assert entry["range"][0] < entry["range"][1]


def test_one_large_sample_is_warned_about(products, tmp_path):
    samples = products.load()
    y = samples.y.copy()
    y[3] = 1e12
    dataset = make_dataset(task="regression", load=lambda: samples._replace(y=y))
    dataset = dataset.__class__(
        **{**vars(dataset), "modalities": {"weight": "numeric"}}
    )
    method = branch(["weight"], SimpleImputer(), StandardScaler(), LinearRegression())
    suite = Suite(name="s", datasets=[dataset], methods={"m": method}, cv=3)
    list(run(suite, tmp_path, cache=tmp_path / "cache", throughput=False, debug=True))
    make_report(tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert "One sample, whose target is 1,000,000,000,000, makes up" in text


def test_a_classifier_is_refused_in_one_line(products):
    method = branch(["weight"], LogisticRegression())
    with pytest.raises(MmbenchError, match="regression needs a regressor"):
        Suite(name="s", datasets=[products], methods={"m": method}, cv=3)


# Those of one task are refused, and there is no picture here.
@pytest.mark.parametrize(
    "name", sorted(n for n, s in SUITES.items() if not s.task and n != "image")
)
def test_every_method_of_a_built_in_suite_is_a_regressor(name, products):
    methods = build_suite(name, [products]).methods
    assert {"mean", "median"} <= set(methods)
    assert all(is_regressor(method) for method in methods.values())
    assert not any("logistic" in each or "naive_bayes" in each for each in methods)


def test_prices_and_classes_are_not_mixed_in_a_built_in_suite(products):
    with pytest.raises(UsageError, match="classification and regression need diff"):
        build_suite("quick", [products, make_dataset()])


@pytest.mark.parametrize("draw", [predictions_figure, residuals_figure])
@pytest.mark.parametrize("y", [np.arange(-5.0, 5.0), np.logspace(0, 6, 2000)])
def test_figures_are_drawn_of_any_numbers(draw, y):
    drawing = draw(y, {"right": y, "constant": np.full(len(y), y.mean())})
    assert drawing.svg.startswith("<?xml")
    assert ("1,000 of 2,000" in drawing.caption) == (len(y) > 1000)
    assert draw(y, {"right": y}) == draw(y, {"right": y})
