"""A report from a results folder alone."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from mmbench.report.calibrations import CalibrationRow
from mmbench.report.comparisons import Comparison
from mmbench.report.content import report_content
from mmbench.report.costs import CostRow
from mmbench.report.csv_files import csv_text
from mmbench.report.figures import dataset_figures
from mmbench.report.html import html_report
from mmbench.report.markdown import markdown_report
from mmbench.report.speeds import SPEED_COLUMNS, speed_rows
from mmbench.report.tables import (
    FAILURE_COLUMNS,
    MethodRow,
    failure_rows,
    method_rows,
    trial_rows,
)
from mmbench.report.verdicts import judge
from mmbench.results import ResultStore, write_text

__all__ = ["make_report"]


def make_report(out_dir: str | PathLike[str]) -> Path:
    """Make the report of a results folder, again or for the first time.

    It writes ``report.html``, ``report.md``, ``tables/methods.csv``,
    ``tables/costs.csv``, ``tables/trials.csv``, ``tables/failures.csv``,
    ``tables/verdicts.csv``, ``tables/calibration.csv``, where throughput was measured
    ``tables/throughput.csv``, and ``figures/*.svg`` into the folder. The same records
    and predictions give the same bytes, and nothing but the folder is needed: no
    dataset, no engine, no network.

    Parameters
    ----------
    out_dir : str or path-like
        What `mmbench.run` wrote to.

    Returns
    -------
    Path
        Of ``report.html``.

    Raises
    ------
    StoreError
        When this is no results folder, or it can't be read or written.

    Warns
    -----
    DataWarning
        When lines of ``records.jsonl`` can't be read; their trials count as not run.
    """
    store = ResultStore(out_dir)
    plan, environment, records = store.plan(), store.environment(), store.records()
    measured = store.throughput()
    judgements = judge(
        plan, records, method_rows(plan, records), store.predictions, measured
    )
    content = report_content(plan, records, environment, judgements)
    figures = {
        section.slug: dataset_figures(section.standings) for section in content.sections
    }
    files = {
        "tables/methods.csv": csv_text(MethodRow._fields, content.rows),
        "tables/costs.csv": csv_text(CostRow._fields, content.costs),
        "tables/trials.csv": csv_text(*trial_rows(plan, records)),
        "tables/failures.csv": csv_text(FAILURE_COLUMNS, failure_rows(plan, records)),
        "report.md": markdown_report(content, figures),
        "report.html": html_report(content, figures),
    }
    compared = [row for each in judgements.values() for row in each.comparisons]
    files["tables/verdicts.csv"] = csv_text(Comparison._fields, compared)
    calibrated = [row for each in judgements.values() for row in each.calibrations]
    files["tables/calibration.csv"] = csv_text(CalibrationRow._fields, calibrated)
    if measured:
        files["tables/throughput.csv"] = csv_text(SPEED_COLUMNS, speed_rows(measured))
    for slug, drawings in figures.items():
        files |= {f"figures/{slug}-{d.name}.svg": d.svg for d in drawings}
    for name, text in files.items():
        write_text(store.out_dir / name, text)
    return store.out_dir / "report.html"
