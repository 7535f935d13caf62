"""Numbers of others beside ours, with the interval that ours deserves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from mmbench.presentation.csv_files import csv_text
from mmbench.report.judging.oof_predictions import contributions_of, read_part
from mmbench.report.plan_reading import task_of
from mmbench.results import ResultStore, write_text
from mmbench.stats import (
    Difference,
    Interval,
    Resamples,
    bootstrap_score,
    paired_difference,
)
from mmbench.untrusted import visible

if TYPE_CHECKING:
    from mmbench.results import Record

__all__ = ["Outcome", "Reproduced", "compare", "number_texts", "write_reproduction"]

Outcome = Literal["pass", "miss", "reported", "not tried"]

HEADER = (
    *("dataset", "what", "source", "metric", "published", "reproduced", "difference"),
    *("low", "high", "result", "reason"),
)


_ABOUT = (
    "The interval (95 %, bootstrap over samples) is that of the reproduced score, or "
    "of the difference where the published score is another method's in the same "
    "trials. Tuned parameters were chosen on training rows alone. The kinds of "
    "methods and the extractors' defaults were settled while scores on test rows "
    "could be seen, so a small lead means little."
)


@dataclass(frozen=True, kw_only=True)
class Reproduced:
    """One row of the table.

    Parameters
    ----------
    dataset, what, source, metric : str
        Which number.
    theirs, ours : float or None
        The numbers; None where there is none.
    low, high : float or None
        The bootstrap interval over samples: of ours, or, where theirs is measured in
        the same trials, of the difference.
    outcome : {"pass", "miss", "reported", "not tried"}
        The result.
    reason : str
        What to know about it; why it was missed or not tried.
    """

    dataset: str
    what: str
    source: str
    metric: str
    theirs: float | None = None
    ours: float | None = None
    low: float | None = None
    high: float | None = None
    outcome: Outcome = "not tried"
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """Ours less theirs."""
        if self.ours is None or self.theirs is None:
            return None
        return self.ours - self.theirs

    def cells(self) -> tuple[object, ...]:
        """Return the row under :data:`HEADER`."""
        return (
            *(self.dataset, self.what, self.source, self.metric, self.theirs),
            *(self.ours, self.difference, self.low, self.high, self.outcome),
            self.reason,
        )


def compare(
    store: ResultStore,
    claim: Reproduced,
    *,
    method: str,
    baseline: str | None = None,
    kind: str = "reach",
) -> Reproduced:
    """Compare a number with what the trials in a results folder came to.

    Parameters
    ----------
    store : ResultStore
        Holds the trials.
    claim : Reproduced
        Which number it is, and theirs, if it is not the score of `baseline`.
    method : str
        The method whose predictions count.
    baseline : str, optional
        A method of the same trials to compare with.
    kind : {"reach", "above", "report"}, default="reach"
        Whether ours has to be as good, above by more than chance, or just told.

    Returns
    -------
    Reproduced
        The claim with ours, which is over all test predictions of all folds together;
        ``not tried`` where a trial failed.
    """
    answers = []
    for name in [method] if baseline is None else [method, baseline]:
        records = [r for r in store.records().values() if r.method == name]
        broken = [r.reason or r.status for r in records if r.status != "ok"]
        if broken or not records:
            why = broken[0] if broken else "it has no trial."
            return replace(claim, outcome="not tried", reason=f"{name}: {why}")
        answers.append(_Answers(store, records))
    ours = answers[0].score()
    row = replace(claim, ours=ours.estimate, low=ours.low, high=ours.high)
    if baseline is not None:
        difference = answers[0].less(answers[1])
        theirs = answers[1].score().estimate if row.theirs is None else row.theirs
        row = replace(row, theirs=theirs, low=difference.low, high=difference.high)
    elif row.metric == "error":
        row = replace(row, ours=1 - ours.estimate, low=1 - ours.high, high=1 - ours.low)
    return _judged(row, kind, baseline)


def write_reproduction(rows: Sequence[Reproduced], out_dir: Path) -> Path:
    """Write the table as Markdown and as CSV.

    Parameters
    ----------
    rows : sequence of Reproduced
        The table.
    out_dir : Path
        Where ``reproduction.md`` and ``reproduction.csv`` go.

    Returns
    -------
    Path
        The Markdown file.

    Raises
    ------
    StoreError
        When they can't be written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    write_text(
        out_dir / "reproduction.csv", csv_text(HEADER, (row.cells() for row in rows))
    )
    path = out_dir / "reproduction.md"
    write_text(path, markdown(rows))
    return path


def markdown(rows: Sequence[Reproduced]) -> str:
    """Return the table as Markdown, with what was missed and why below it.

    Parameters
    ----------
    rows : sequence of Reproduced
        One for each published number.

    Returns
    -------
    str
        The whole file.
    """
    counts = ", ".join(
        f"{n} {outcome}"
        for outcome in ("pass", "miss", "reported", "not tried")
        if (n := sum(row.outcome == outcome for row in rows))
    )
    columns = ("dataset", "what", "source", "metric")
    numbers = ("published", "reproduced", "difference", "interval", "result")
    lines = [
        "# Published numbers, reproduced",
        "",
        f"{len(rows)} numbers: {counts}. {_ABOUT}",
        "",
        f"| {' | '.join((*columns, *numbers))} |",
        f"|{' --- |' * 4} --: | --: | --: | :-: | --- |",
    ]
    for row in rows:
        told = [
            *(getattr(row, name) for name in columns),
            *number_texts(row),
            row.outcome,
        ]
        lines.append(f"| {' | '.join(map(_escaped, told))} |")
    notes = [f"- **{row.dataset}, {row.what}**: {visible(row.reason)}" for row in rows]
    told_notes = [n for n, row in zip(notes, rows, strict=True) if row.reason]
    return "\n".join([*lines, *(["", *told_notes] if told_notes else []), ""])


def number_texts(row: Reproduced) -> tuple[str, str, str, str]:
    """Return theirs, ours, the difference and the interval as texts.

    Parameters
    ----------
    row : Reproduced
        A published number and ours.

    Returns
    -------
    tuple of (str, str, str, str)
        Three decimals each; empty where there is no number.
    """
    interval = ""
    if row.low is not None and row.high is not None:
        interval = f"{row.low:.3f} to {row.high:.3f}"
    signed = "" if row.difference is None else f"{row.difference:+.3f}"
    return _number(row.theirs), _number(row.ours), signed, interval


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _escaped(text: str) -> str:
    return visible(text).replace("|", "\\|").replace("\n", " ")


def _judged(row: Reproduced, kind: str, baseline: str | None) -> Reproduced:
    """Say whether a number was reached, and what to know about it."""
    if row.theirs is None or row.ours is None or row.low is None or row.high is None:
        raise ValueError("theirs must be a number when there is no baseline.")
    above = row.low > (0 if baseline else row.theirs)
    if kind == "report":
        verdict = "above" if above else "not above"
        other = baseline or "that number"
        return replace(row, outcome="reported", reason=f"{verdict} {other}.")
    if kind == "above":
        side = "above" if row.ours > row.theirs else "not above"
        missed = f"{side} {baseline}; the interval of the difference contains zero."
        reached = above
    else:
        is_error = row.metric == "error"
        reached = row.ours <= row.theirs if is_error else row.ours >= row.theirs
        within = "within" if row.low <= row.theirs <= row.high else "outside"
        missed = f"the published score is {within} our interval."
    return replace(
        row, outcome="pass" if reached else "miss", reason="" if reached else missed
    )


class _Answers:
    """What a method answered in all folds, with the truth."""

    def __init__(self, store: ResultStore, records: Sequence[Record]) -> None:
        ordered = sorted(records, key=lambda r: (r.seed, r.fold))
        name, plan = ordered[0].dataset, store.plan()
        task = task_of(name, plan["datasets"][name])
        parts = [read_part(task, store.predictions(r.key)) for r in ordered]
        count, self.value = task.metrics_by_name["accuracy"].as_sums
        pairs = [(part.target, part.prediction) for part in parts]
        self.contributions = contributions_of(task, pairs, count)
        self.resamples = Resamples(np.concatenate([part.units for part in parts]))

    def score(self) -> Interval:
        """Return the accuracy with its interval."""
        return bootstrap_score(self.value, self.contributions, resamples=self.resamples)

    def less(self, other: _Answers) -> Difference:
        """Return by how much it is more often right than another."""
        return paired_difference(
            self.value,
            self.contributions,
            other.contributions,
            resamples=self.resamples,
        )
