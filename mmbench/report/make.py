"""A report from a results folder alone."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from mmbench.checks import check_codes
from mmbench.presentation.csv_files import csv_text
from mmbench.report.content import Content, report_content
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.judging.learning_curves import CURVE_COLUMNS
from mmbench.report.judging.modality_importance import MODALITY_COLUMNS
from mmbench.report.judging.pairs import PAIR_COLUMNS
from mmbench.report.judging.slices import SLICE_COLUMNS
from mmbench.report.judging.tuning import TUNING_COLUMNS
from mmbench.report.judging.verdicts import judge
from mmbench.report.parts import report_document
from mmbench.report.parts.main_results import ALL
from mmbench.report.parts.method_tables import best_methods
from mmbench.report.render.html import html_report
from mmbench.report.render.markdown import markdown_report
from mmbench.report.run import Run
from mmbench.report.tables.costs import CostRow
from mmbench.report.tables.latex import latex_table, verdicts_table
from mmbench.report.tables.methods import (
    FAILURE_COLUMNS,
    failure_rows,
    method_table,
    trial_rows,
)
from mmbench.report.tables.speeds import speed_table
from mmbench.report.tables.warnings import WarningRow
from mmbench.report.text.failures import status_counts
from mmbench.results import ResultStore, write_file, write_text
from mmbench.tasks import Metric

__all__ = ["Made", "make_report", "report_of"]

# With more figures than this, drawing them all twice would take most of the time.
_MOST_PNG = 60


class Made(NamedTuple):
    """A report and what it is made from.

    Attributes
    ----------
    path : Path
        Of ``report.html``.
    run : Run
        What the results folder holds.
    content : Content
        What the report says.
    """

    path: Path
    run: Run
    content: Content

    @property
    def trials(self) -> dict[str, int]:
        """The number of planned trials by status."""
        return status_counts(self.run.plan, self.run.records)


def make_report(
    out_dir: str | PathLike[str],
    metrics: Sequence[Metric] = (),
    *,
    ignore: Sequence[str] = (),
    rope: float | None = None,
) -> Path:
    """Make the report of a results folder, again or for the first time.

    It writes ``report.html``, ``report.md``, ``figures/*.svg`` and ``*.png``, and
    ``tables/``: ``methods.csv``, ``costs.csv``, ``trials.csv``, ``failures.csv``,
    ``verdicts.csv``, ``warnings.csv``, where throughput was measured
    ``throughput.csv``, where modalities were taken away ``modalities.csv``, of tuned
    methods ``tuning.csv``, of slices that were asked for ``slices.csv``, of learning
    curves ``learning_curve.csv``, of three methods or more ``pairs.csv``, what tasks
    add (``calibration.csv``, ``classes.csv`` and ``labels.csv``), and
    ``methods-*.tex`` and ``verdicts.tex`` for papers. Of more than 60 figures, only
    those over all datasets and of accuracy against speed are PNGs too. The same
    records and predictions give the same bytes, and nothing but the folder is needed:
    no dataset, no engine, no network.

    Parameters
    ----------
    out_dir : str or path-like
        What `mmbench.run` wrote to.
    metrics : sequence of Metric, default=()
        Metrics of your own that the suite was scored by. Of one that is not given, the
        report shows the recorded scores, without an interval.
    ignore : sequence of str, default=()
        The codes of checks whose warnings are left out, besides those that the run
        ignored, such as ``"MM404"``; ``tables/warnings.csv`` still lists them.
    rope : float in [0, 1), optional
        Differences up to this are of no practical matter, in scores between 0 and 1;
        by default, what the suite says.

    Returns
    -------
    Path
        Of ``report.html``.

    Raises
    ------
    StoreError
        When this is not a results folder, or it can't be read or written; when its
        plan, its environment or predictions are not those that the run wrote.
    UnknownNameError
        When no check has a code that is to be ignored.
    UsageError
        When ``rope`` is out of its range.

    Warns
    -----
    DataWarning
        When lines of ``records.jsonl`` can't be read or were changed; their trials
        count as not run. Throughput and probes are left out likewise.
    """
    return report_of(out_dir, metrics, ignore=ignore, rope=rope).path


def report_of(
    out_dir: str | PathLike[str],
    metrics: Sequence[Metric] = (),
    *,
    ignore: Sequence[str] = (),
    rope: float | None = None,
) -> Made:
    """Make a report, and return also what it says.

    Parameters
    ----------
    out_dir, metrics, ignore, rope
        As in `make_report`.

    Returns
    -------
    Made

    Raises
    ------
    StoreError, UnknownNameError
        As `make_report`; what else it raises, too.
    """
    with _garbage_kept():
        run = Run.read(ResultStore(out_dir), metrics, ignore, rope)
        content = report_content(run, judge(run))
        check_codes(ignore, (row.code for row in content.warnings))
        return Made(_written(run, content, Path(out_dir)), run, content)


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Put off the collection of garbage.

    Figures and records are small objects by the million, which each collection walks
    again, for a sixth of the time that a large report takes; hardly any is garbage.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _written(run: Run, content: Content, out_dir: Path) -> Path:
    document = report_document(content)
    texts = {
        **_tables(run, content),
        "report.md": markdown_report(document),
        "report.html": html_report(document),
    }
    figures = document.figures
    has_all = len(figures) <= _MOST_PNG
    for name, drawing in figures.items():
        texts[f"figures/{name}.svg"] = drawing.image.svg
        if has_all or name.startswith(ALL) or drawing.name == "throughput":
            write_file(out_dir / f"figures/{name}.png", drawing.image.png)
    for name, text in texts.items():
        write_text(out_dir / name, text)
    return out_dir / "report.html"


def _tables(run: Run, content: Content) -> dict[str, str]:
    """Return the tables as files, by their place."""
    compared = content.comparisons
    metrics = [metric for here in run.datasets.values() for metric in here.metrics]
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[object]]]] = {
        **content.own_tables,
        "methods": method_table(content.rows, _in_order(run, metrics)),
        "costs": (CostRow._fields, content.costs),
        "trials": trial_rows(run.plan, run.records),
        "failures": (FAILURE_COLUMNS, failure_rows(run.plan, run.records)),
        "verdicts": (Comparison._fields, compared),
        "warnings": (WarningRow._fields, content.warnings),
    }
    if run.measured:
        tables["throughput"] = speed_table(run.measured)
    if content.tuning:
        tables["tuning"] = (TUNING_COLUMNS, content.tuning)
    if content.slices:
        tables["slices"] = (SLICE_COLUMNS, content.slices)
    if content.curve_points:
        tables["learning_curve"] = (CURVE_COLUMNS, content.curve_points)
    if content.pairs:
        tables["pairs"] = (PAIR_COLUMNS, content.pairs)
    if content.modalities:
        tables["modalities"] = (MODALITY_COLUMNS, content.modalities)
    files = {f"tables/{name}.csv": csv_text(*table) for name, table in tables.items()}
    for section in content.sections:
        if section.leaderboard.ranked:
            best = best_methods(section, 10)
            files[f"tables/methods-{section.slug}.tex"] = latex_table(
                best, content.names, f"methods-{section.slug}"
            )
    if compared:
        files["tables/verdicts.tex"] = verdicts_table(
            compared, content.metrics, content.names
        )
    return files


def _in_order(run: Run, metrics: Sequence[Metric]) -> list[Metric]:
    """Return metrics in the plan's order, however many datasets have each."""
    names = [str(name) for name in run.plan.get("scoring") or ()]
    return sorted(
        metrics,
        key=lambda m: names.index(m.name) if m.name in names else len(names),
    )
