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
    assert "<td>good</td><td>0.850</td><td>2/2</td>" in first
    assert "<td>0.550</td>" in second
    assert "<td>slow</td><td>0.990</td><td>1/2</td>" in third
    assert "5 ok, 1 to do of 6 trials" in html


def test_all_text_is_escaped(tmp_path: Path) -> None:
    html = store_of(tmp_path)._repr_html_()

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    assert "No run in" in ResultStore(tmp_path / "none")._repr_html_()


def test_label_sets_show_micro_f1_and_map_beside_macro_f1(tmp_path: Path) -> None:
    scores = {"f1_micro": 0.75, "f1_macro": 0.5, "average_precision_macro": 0.625}
    trials = [trial("a0", "all", 0), trial("b0", "labels only", 0)]
    plan = {
        "suite": "s",
        "scoring": [*scores, "accuracy"],
        "datasets": {"d": {"is_multilabel": True}},
        "methods": {"all": {}, "labels only": {}},
        "trials": trials,
    }
    values = [scores, scores | {"f1_macro": 0.4, "average_precision_macro": None}]
    store = ResultStore(tmp_path)
    with store.open(plan, {}):
        for each, found in zip(trials, values, strict=True):
            store.append(Record(**each, suite="s", status="ok", scores=found))

    html = store._repr_html_()

    assert "<th>f1_macro</th><th>f1_micro</th><th>average_precision_macro</th>" in html
    assert "<td>all</td><td>0.500</td><td>0.750</td><td>0.625</td><td>1/1</td>" in html
    assert (
        "<td>labels only</td><td>0.400</td><td>0.750</td><td>\N{EN DASH}</td>" in html
    )
