"""What was measured alone goes into a table of its own."""

import csv

from mmbench.report import make_report
from mmbench.report.tables.speeds import speed_rows, speed_table
from mmbench.results import ResultStore

SPEED = {"n_rows": 30, "samples_per_s": 1500.0, "latency_p50_s": 0.002, "threads": 1}


def test_the_fastest_method_stands_first_within_its_dataset():
    slow = SPEED | {"samples_per_s": 3.0}
    rows = speed_rows({"b": {"m": SPEED}, "a": {"slow": slow, "fast": SPEED}})
    assert [row[:2] for row in rows] == [("a", "fast"), ("a", "slow"), ("b", "m")]


def test_a_report_has_the_table_where_throughput_was_measured(out):
    store = ResultStore(out)
    with store.open(store.plan(), store.environment()):
        store.keep_throughput({"d": {"m": SPEED}})
    make_report(store.out_dir)
    with (store.out_dir / "tables" / "throughput.csv").open() as file:
        header, row = csv.reader(file)
    assert header[:4] == ["dataset", "method", "n_rows", "samples_per_s"]
    assert row[:5] == ["d", "m", "30", "1500.0", ""]


def test_queries_a_second_are_a_column_only_where_a_task_ranks():
    assert "queries_per_s" not in speed_table({"d": {"m": SPEED}})[0]
    ranked = {"d": {"m": SPEED | {"queries_per_s": 40.0}, "n": SPEED}}
    columns, rows = speed_table(ranked)
    place = columns.index("queries_per_s")
    assert [str(row[place]) for row in rows] == ["40.0", "nan"]
