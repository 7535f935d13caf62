"""Scores by the values of a column are those of scikit-learn on these rows."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from mmbench import make_report, read_table, run
from mmbench.cli import main
from mmbench.datasets import Samples, slices_of
from mmbench.errors import UnknownNameError
from mmbench.fusion import branch
from mmbench.results import ResultStore
from mmbench.suite import Suite
from mmbench.tasks import get_task

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sliced")
    y = RNG.integers(0, 2, 120)
    shop = RNG.choice(["north", "south", ""], 120)
    noise = np.where(shop == "north", 0.2, 3.0)
    table = pd.DataFrame(
        {
            "n": y + RNG.normal(0, noise),
            "kind": np.array(["x", "y"])[y],
            "shop": shop,
            "year": RNG.integers(1980, 2020, 120),
        }
    )
    table.to_csv(folder / "t.csv", index=False)
    data = read_table(
        folder / "t.csv", target="kind", numeric=["n"], slices=["shop", "year"]
    )
    methods = {"lr": branch(["n"], LogisticRegression()), "dummy": DummyClassifier()}
    suite = Suite(
        name="s", datasets=[data], methods=methods, cv=3, slices=["shop", "year"]
    )
    asked = {"throughput": False, "probes": False, "retrain": "none", "debug": True}
    list(run(suite, folder / "out", cache=folder / "cache", **asked))
    make_report(folder / "out")
    return folder


def test_the_command_slices_by_a_column_that_methods_don_t_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [
        f"{'red' if i % 2 else 'blue'} {i},{i % 2},{'ns'[i % 3 > 0]}" for i in range(60)
    ]
    Path("t.csv").write_text("\n".join(["text,y,shop", *rows]))

    words = "run quick --data t.csv --target y --text text --slice shop --debug"
    how = "--method text/tfidf/naive_bayes --folds 2 --retrain none --no-throughput"
    more = "--no-ablation --out out --cache cache"
    done = CliRunner().invoke(main, [*words.split(), *how.split(), *more.split()])

    assert done.exit_code == 0, done.output
    found = pd.read_csv("out/tables/slices.csv")
    assert dict(zip(found.slice, found.n_samples, strict=True)) == {"n": 20, "s": 40}
    drawn = Path("out/figures/t-slices-0.svg").read_text()
    assert drawn.index("s (40)") < drawn.index("n (20)")
    assert json.loads(Path("out/plan.json").read_text())["datasets"]["t"][
        "modalities"
    ] == {"text": "text"}


def test_a_slice_is_scored_on_its_rows_alone(sliced: Path) -> None:
    rows = list(
        csv.DictReader((sliced / "out/tables/slices.csv").read_text().splitlines())
    )
    store, table = ResultStore(sliced / "out"), pd.read_csv(sliced / "t.csv")
    truth, said = {}, {}
    for record in store.records().values():
        if record.method == "lr":
            found = store.predictions(record.key)
            target, prediction = get_task("classification").answers.load(found.arrays)
            truth |= dict(zip(found.sample_ids.tolist(), target.y, strict=True))
            labels = np.array(target.schema["classes"])[prediction["label"]]
            said |= dict(zip(found.sample_ids.tolist(), labels, strict=True))
    for name, shop in [("north", "north"), ("south", "south"), ("missing", None)]:
        is_in = table["shop"].isna() if shop is None else table["shop"] == shop
        ids = [i + 1 for i in np.flatnonzero(is_in)]
        (row,) = [r for r in rows if (r["slice"], r["method"]) == (name, "lr")]
        expected = f1_score(
            [truth[i] for i in ids], [said[i] for i in ids], average="macro"
        )
        assert int(row["n_samples"]) == len(ids)
        assert float(row["score"]) == pytest.approx(expected)
        assert float(row["low"]) <= expected <= float(row["high"])
    years = [r for r in rows if (r["column"], r["method"]) == ("year", "lr")]
    assert sum(int(row["n_samples"]) for row in years) == 120
    assert [row["slice"].split()[0] for row in years][:1] == ["up"]


def test_the_worst_slice_is_named(sliced: Path) -> None:
    text = (sliced / "out/report.md").read_text()
    assert "Macro-F1 of **lr** is lowest where shop is " in text
    assert "simultaneous over 3 slices" in text


def test_a_column_that_does_not_exist_is_refused_before_anything_is_written(
    sliced: Path,
) -> None:
    data = read_table(sliced / "t.csv", target="kind", numeric=["n"])
    methods = {"dummy": DummyClassifier()}
    suite = Suite(name="s", datasets=[data], methods=methods, slices=["shop"])
    with pytest.raises(UnknownNameError, match="no slice column is named 'shop'"):
        list(run(suite, sliced / "other"))
    assert not (sliced / "other").exists()


def test_numbers_are_cut_at_quartiles_and_rare_values_are_one_slice() -> None:
    X = pd.DataFrame({"n": np.arange(1.0, 41), "c": [f"c{i % 20}" for i in range(40)]})
    found = slices_of(Samples(X, np.zeros(40)), ["n", "c"])["columns"]
    middle = ["10.75 to 20.5", "20.5 to 30.25"]
    assert found["n"]["names"] == ["up to 10.75", *middle, "over 30.25"]
    assert np.bincount(found["n"]["codes"]).tolist() == [10] * 4
    assert found["c"]["names"][-1] == "all others"
    assert np.bincount(found["c"]["codes"]).tolist() == [2] * 11 + [18]
