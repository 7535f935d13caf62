"""Reports set tuned methods beside their defaults."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from mmbench import Suite, iter_run, read_table
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch
from mmbench.report.content import Content, report_content
from mmbench.report.document import Table
from mmbench.report.judging.verdicts import judge
from mmbench.report.parts.tuning import tuning_blocks
from mmbench.report.run import Run
from mmbench.results import ResultStore
from mmbench.suites.tuning import tuned_suite

WORDS = ["red", "blue", "hat", "shoe", "old", "new"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ResultStore:
    rng, folder = np.random.default_rng(0), tmp_path_factory.mktemp("tuned")
    names = [" ".join(rng.choice(WORDS, 3)) for _ in range(60)]
    kinds = ["hat" if n.count("hat") > rng.integers(0, 2) else "shoe" for n in names]
    dataset = read_table({"name": names, "kind": kinds}, target="kind", text=["name"])
    word = branch("name", TfidfVectorizer(), LogisticRegression(C=0.3))
    suite = Suite(name="tuned", datasets=[dataset], methods={"words": word}, cv=3)
    quiet = {"throughput": False, "probes": False, "retrain": "none"}
    store = ResultStore(folder / "out")
    how = {"cache": folder / "cache", "debug": True, **quiet}
    list(iter_run(tuned_suite(suite, 4), store, **how))
    return store


@pytest.fixture(scope="module")
def content(store: ResultStore) -> Content:
    run = Run.read(store)
    return report_content(run, judge(run))


def test_a_tuned_method_is_compared_with_its_default(
    store: ResultStore, content: Content
) -> None:
    (row,) = content.tuning
    records = {
        name: [r for r in store.records().values() if r.method == name]
        for name in ("words", "words/tuned")
    }
    scores = {
        name: np.mean([r.scores["f1_macro"] for r in found])
        for name, found in records.items()
    }
    assert (row.default, row.tuned) == pytest.approx([*scores.values()])
    searches = [next(iter(r.searches.values())) for r in records["words/tuned"]]
    assert (row.n_candidates, row.tuner) == (4, "random")
    assert row.n_other == sum(each["best_params"] != {} for each in searches)
    assert row.n_trials == 3

    def pooled(name: str) -> float:
        parts = [store.predictions(r.key) for r in records[name]]
        truth = np.concatenate([part.y_true for part in parts])
        said = np.concatenate([part.classes[part.label] for part in parts])
        return float(f1_score(truth, said, average="macro"))

    assert row.estimate == pytest.approx(pooled("words/tuned") - pooled("words"))
    assert row.low <= row.estimate <= row.high


def test_the_report_says_how_many_are_better_and_at_which_cost(
    content: Content,
) -> None:
    paragraph, table, figures = tuning_blocks(content.sections[0], content)
    assert isinstance(table, Table)
    ((said,),) = paragraph.sentences  # type: ignore[attr-defined]
    assert said.startswith("Tuned among 4 candidates each, 1 method: ")
    assert said.endswith(" times the cost to fit.")
    assert figures.drawings[0].name == "tuning"  # type: ignore[attr-defined]
    (cells,) = table.rows
    assert len(cells) == len(table.headings)
