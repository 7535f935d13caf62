import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mmbench.report.tables.costs import CostRow, Ledger, cost_ledger
from mmbench.report.text.summary import cost_sentence
from mmbench.results import NodeCost, Record

Nodes = dict[str, NodeCost]

# A CNN over all rows, and classifiers of two folds. Binary fractions add up exactly.
CNN = {"cc": NodeCost(8.0, 7.5, 900)}
LOGISTIC = [{"a0": NodeCost(0.5, 0.5, 400)}, {"a1": NodeCost(0.75, 0.75, 500)}]
FOREST = [{"b0": NodeCost(2.0, 2.0, 600)}, {"b1": NodeCost(1.0, 1.0, 700)}]
PRIOR = [{"d0": NodeCost(0.25, 0.25, 100)}, {"d1": NodeCost(0.25, 0.25, 100)}]


def ledger_of(*trials: tuple[str, str, str, Nodes]) -> Ledger:
    """Return the ledger of trials: dataset, method, status and nodes of each."""
    records = [
        Record(
            key=f"{number:02x}",
            suite="s",
            dataset=dataset,
            method=method,
            fold=0,
            seed=0,
            status=status,  # type: ignore[arg-type]
            nodes=nodes,
        )
        for number, (dataset, method, status, nodes) in enumerate(trials)
    ]
    planned = [
        {"key": r.key, "dataset": r.dataset, "method": r.method} for r in records
    ]
    return cost_ledger({"trials": planned}, {r.key: r for r in records})


def ok(method: str, *folds: Nodes, dataset: str = "d") -> list[Any]:
    return [(dataset, method, "ok", nodes) for nodes in folds]


def test_a_method_costs_each_piece_of_its_work_once_over_all_folds() -> None:
    (row,) = ledger_of(*ok("m", CNN | LOGISTIC[0], CNN | LOGISTIC[1])).rows

    assert row == CostRow("d", "m", 8.0 + 0.5 + 0.75, 9.25, 900, 2)


def test_what_another_method_needs_too_is_no_marginal_cost() -> None:
    ledger = ledger_of(
        *ok("logistic", CNN | LOGISTIC[0], CNN | LOGISTIC[1]),
        *ok("forest", CNN | FOREST[0], CNN | FOREST[1]),
        *ok("late", CNN | LOGISTIC[0] | FOREST[0], CNN | LOGISTIC[1] | FOREST[1]),
        *ok("dummy", *PRIOR),
    )

    standalone = {row.method: row.standalone_s for row in ledger.rows}
    marginal = {row.method: row.marginal_s for row in ledger.rows}
    assert standalone == {"logistic": 9.25, "forest": 11.0, "late": 12.25, "dummy": 0.5}
    assert marginal == {"logistic": 0.0, "forest": 0.0, "late": 0.0, "dummy": 0.5}
    assert [row.peak_rss_bytes for row in ledger.rows] == [900, 900, 900, 100]


def test_a_suite_costs_its_distinct_work_and_saves_the_rest() -> None:
    ledger = ledger_of(
        *ok("logistic", CNN | LOGISTIC[0], CNN | LOGISTIC[1]),
        *ok("forest", CNN | FOREST[0], CNN | FOREST[1]),
    )

    assert ledger.n_trials == 4
    assert ledger.shared_s == 8.0 + 0.5 + 0.75 + 2.0 + 1.0
    assert ledger.standalone_s == 9.25 + 11.0
    assert ledger.saved == 1 - 12.25 / 20.25


def test_work_of_one_name_on_two_datasets_is_not_shared() -> None:
    ledger = ledger_of(*ok("m", CNN), *ok("m", CNN, dataset="e"))

    assert [row.marginal_s for row in ledger.rows] == [8.0, 8.0]
    assert ledger.shared_s == 16.0
    assert ledger.saved == 0.0


@pytest.mark.parametrize("trial", [("failed", {}), ("ok", {}), ("skipped", CNN)])
def test_a_method_whose_costs_are_not_known_has_none(trial: tuple[str, Nodes]) -> None:
    ledger = ledger_of(("d", "unknown", *trial), *ok("m", CNN))

    unknown, known = ledger.rows
    assert all(math.isnan(cost) for cost in unknown[2:5])
    assert unknown.n_ok == (trial[0] == "ok")
    assert known.marginal_s == 8.0
    assert (ledger.n_trials, ledger.shared_s) == (1, 8.0)


def test_part_of_the_costs_is_not_taken_for_all_of_them() -> None:
    (row,) = ledger_of(*ok("m", LOGISTIC[0], {})).rows

    assert math.isnan(row.standalone_s)
    assert row.n_ok == 2


def test_trials_that_are_not_ok_are_not_counted() -> None:
    (row,) = ledger_of(*ok("m", LOGISTIC[0]), ("d", "m", "failed", {})).rows

    assert (row.standalone_s, row.n_ok) == (0.5, 1)


def test_the_saving_is_told_in_a_sentence() -> None:
    rows = [CostRow("d", "m", 162.0, 38.0, 1, 105)]

    sentence = cost_sentence(Ledger(rows=rows, n_trials=105, shared_s=38.0))

    expected = (
        "105 trials took 38.0 s of computing; run separately, the methods would have "
        "taken 2 min 42 s: sharing saved 77\xa0%."
    )
    assert sentence == (expected,)


def test_no_saving_is_told_where_no_costs_are_known() -> None:
    assert cost_sentence(ledger_of(*ok("m", {}))) is None


def test_costs_csv_has_a_row_for_every_planned_pair_in_the_order_of_the_ranks(
    reported: Path,
) -> None:
    costs = pd.read_csv(reported / "tables" / "costs.csv")
    methods = pd.read_csv(reported / "tables" / "methods.csv")
    pair = ["dataset", "method"]
    assert list(costs) == [
        *("dataset", "method", "standalone_s", "marginal_s", "peak_rss_bytes", "n_ok")
    ]
    assert costs[pair].equals(methods[pair])
    assert costs["n_ok"].equals(methods["n_ok"])
    empty = costs["standalone_s"].isna()
    assert empty.equals(costs["n_ok"] == 0)
    assert costs["marginal_s"].isna().equals(empty)


def test_costs_csv_agrees_with_the_records(reported: Path) -> None:
    lines = (reported / "tables" / "costs.csv").read_text().splitlines()
    (hog,) = (line for line in lines if line.startswith("glyphs,image/hog/logistic,"))
    # Each of the five fits takes 3.1 s; the extractor's 30 s are shared.
    *_, standalone_s, marginal_s, peak, n_ok = hog.split(",")
    assert float(standalone_s) == pytest.approx(5 * 3.1 + 30)
    assert float(marginal_s) == pytest.approx(5 * 3.1)
    assert (peak, n_ok) == ("536870912", "5")


@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_both_reports_tell_the_saving_and_list_the_costs(
    reported: Path, name: str
) -> None:
    text = (reported / name).read_text(encoding="utf-8")
    section = text.split("Cost and speed")[-1].split("How to read this")[0]
    # All fits take 1255.33 s. On each dataset, 8 extractors of 30 s are used 25 times.
    assert "189 trials took 28 min 55 s of computing" in section
    assert "the methods would have taken 45 min 55 s: sharing saved 37\xa0%." in section
    assert section.count("45.5 s") == 2
    assert section.count("512 MiB") == 38
