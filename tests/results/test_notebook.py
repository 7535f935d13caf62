"""A results folder shows itself in a notebook."""

from pathlib import Path
from typing import Any

from mmbench.results import Record, ResultStore

EVIL = "<script>alert(1)</script>"


def trial(key: str, method: str, fold: int) -> dict[str, Any]:
    return {"key": key, "dataset": "d", "method": method, "fold": fold, "seed": 0}


PLAN = {
    "suite": EVIL,
    "scoring": ["f1_macro"],
    "datasets": {"d": {}},
    "methods": {"good": {}, EVIL: {}, "slow": {}},
    "trials": [
        *(trial("a0", EVIL, 0), trial("a1", EVIL, 1)),
        *(trial("b0", "good", 0), trial("b1", "good", 1)),
        *(trial("c0", "slow", 0), trial("c1", "slow", 1)),
    ],
}


def store_of(out: Path) -> ResultStore:
    store = ResultStore(out)
    scores = {"a0": 0.5, "a1": 0.6, "b0": 0.8, "b1": 0.9, "c0": 0.99}
    with store.open(PLAN, {}):
        for each in PLAN["trials"]:
            if each["key"] in scores:
                values = {"f1_macro": scores[each["key"]]}
                store.append(Record(**each, suite="s", status="ok", scores=values))
    return store


def test_the_best_of_the_complete_methods_stands_first(tmp_path: Path) -> None:
    html = store_of(tmp_path)._repr_html_()

    first, second, third = html.split("<tbody>")[1].split("<tr>")[1:]
    assert "<td>good</td><td>f1_macro</td><td>0.85</td><td>2/2</td>" in first
    assert "<td>0.55</td>" in second
    assert "<td>slow</td><td>f1_macro</td><td>0.99</td><td>1/2</td>" in third
    assert "5 ok, 1 to do of 6 trials" in html


def test_all_text_is_escaped(tmp_path: Path) -> None:
    html = store_of(tmp_path)._repr_html_()

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    assert "No run in" in ResultStore(tmp_path / "none")._repr_html_()


def test_the_metric_that_ranks_is_shown_and_of_a_loss_the_least_stands_first(
    tmp_path: Path,
) -> None:
    trials = [trial("a0", "much", 0), trial("b0", "little", 0), trial("c0", "none", 0)]
    plan = {
        "suite": "s",
        "scoring": ["accuracy", "loss"],
        "metrics": {"loss": {"greater_is_better": False}},
        "datasets": {"d": {"ranked_by": "loss"}},
        "methods": {"much": {}, "little": {}, "none": {}},
        "trials": trials,
    }
    store = ResultStore(tmp_path)
    with store.open(plan, {}):
        for each, loss in zip(trials, (2.5, 0.25, None), strict=True):
            scores = {"accuracy": 0.5, "loss": loss}
            store.append(Record(**each, suite="s", status="ok", scores=scores))

    first, second, third = store._repr_html_().split("<tbody>")[1].split("<tr>")[1:]

    assert "<td>little</td><td>loss</td><td>0.25</td><td>1/1</td>" in first
    assert "<td>much</td><td>loss</td><td>2.5</td><td>1/1</td>" in second
    assert "<td>none</td><td>loss</td><td>\N{EN DASH}</td><td>0/1</td>" in third
