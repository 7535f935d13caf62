"""The results of a run, as frames and sentences."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mmbench.errors import UnknownNameError
from mmbench.report import make_report
from mmbench.report.judging.verdicts import Judgement, judge
from mmbench.report.run import Run
from mmbench.report.tables.methods import method_table, planned_records, trial_rows
from mmbench.results import ResultStore

if TYPE_CHECKING:
    from mmbench.results import Record
    from mmbench.tasks import Metric

__all__ = ["Results"]

_N_SHOWN = 10


class Results:
    """What a run found: its records, its leaderboard and its verdicts.

    Iterating yields the records of its trials.

    Parameters
    ----------
    out : path
        The results folder of a run, also of one by the command line.
    metrics : sequence of Metric, default=()
        Metrics of your own that the run was scored by.

    Attributes
    ----------
    out : Path
        The results folder.

    Raises
    ------
    StoreError
        When there is no results folder, or it can't be read.

    Examples
    --------
    >>> from mmbench import build_suite, run
    >>> suite = build_suite("image", cv=2).with_methods(["image/pixels/logistic"])
    >>> results = run(suite, "out", throughput=False, probes=False)  # doctest: +SKIP
    >>> results.leaderboard("glyphs")  # doctest: +SKIP
    >>> results.best  # doctest: +SKIP
    {'glyphs': 'image/pixels/logistic', 'digits': 'image/pixels/logistic'}
    """

    def __init__(
        self, out: str | PathLike[str], metrics: Sequence[Metric] = ()
    ) -> None:
        self.out = Path(out)
        self._metrics = tuple(metrics)
        self._run = Run.read(ResultStore(self.out), self._metrics)

    def __iter__(self) -> Iterator[Record]:
        """Yield the record of every trial that was run, in the plan's order."""
        for _, record in planned_records(self._run.plan, self._run.records):
            yield record

    def __len__(self) -> int:
        """Return the number of records."""
        return sum(1 for _ in self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per planned trial.

        Returns
        -------
        DataFrame
            Dataset, method, fold, seed and status, the scores by name, and times in
            seconds.
        """
        header, rows = trial_rows(self._run.plan, self._run.records)
        return pd.DataFrame(rows, columns=list(header))

    def leaderboard(self, dataset: str | None = None) -> pd.DataFrame:
        """Return one row per method, the best first.

        Parameters
        ----------
        dataset : str, optional
            By default all datasets, one after another.

        Returns
        -------
        DataFrame
            Ranks, the mean and standard deviation of every score, and times. A method
            that lacks trials has no rank and comes last.

        Raises
        ------
        UnknownNameError
            When the run has no such dataset.
        """
        datasets = self._run.datasets
        if dataset is not None and dataset not in datasets:
            raise UnknownNameError("dataset", dataset, datasets)
        boards = [
            here.leaderboard for n, here in datasets.items() if dataset in (None, n)
        ]
        rows = [row for board in boards for row in (*board.rows, *board.unranked)]
        metrics = {m.name: m for here in datasets.values() for m in here.metrics}
        header, cells = method_table(rows, metrics.values())
        ranks = [
            rank
            for board in boards
            for rank in (*(n for n, _ in board.ranked), *[None] * len(board.unranked))
        ]
        frame = pd.DataFrame(cells, columns=list(header))
        frame.insert(0, "rank", pd.Series(ranks, dtype="Int64"))
        return frame

    @property
    def best(self) -> dict[str, str]:
        """The best method of each dataset; none where none has all its trials."""
        found = self._run.datasets.items()
        boards = {name: here.leaderboard for name, here in found}
        return {
            name: board.contenders[0].method
            for name, board in boards.items()
            if board.contenders
        }

    @property
    def verdicts(self) -> dict[str, list[str]]:
        """What can be concluded on each dataset, in sentences, the main one first."""
        return {
            name: ["".join(sentence) for sentence in each.verdicts]
            for name, each in self._judgements.items()
        }

    def report(self) -> Path:
        """Make the report of the run.

        Returns
        -------
        Path
            The file ``report.html`` in the results folder; ``report.md``, tables and
            figures lie beside it.
        """
        return Path(make_report(self.out, self._metrics))

    @cached_property
    def _judgements(self) -> dict[str, Judgement]:
        return judge(self._run)

    def _parts(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield what is shown of each dataset: a sentence, and its best methods."""
        for name, here in self._run.datasets.items():
            answer = "".join(self._judgements[name].answer or ())
            score = here.leaderboard.leading.field
            board = self.leaderboard(name).head(_N_SHOWN)
            columns = ["rank", "method", "modalities", "fusion", score]
            kept = [column for column in columns if column in board]
            yield f"{name}: {answer}" if answer else name, board[kept]

    def _headline(self) -> str:
        n_ok = sum(record.status == "ok" for record in self)
        n_planned = len(self._run.plan["trials"])
        return f"suite {self._run.plan['suite']}: {n_ok:,} of {n_planned:,} trials ok"

    def __repr__(self) -> str:
        """Return how many trials are ok, the main verdicts and the best methods."""
        parts = [
            f"{text}\n{board.to_string(index=False)}" for text, board in self._parts()
        ]
        return "\n\n".join([self._headline(), *parts])

    def _repr_html_(self) -> str:
        parts: list[Any] = [f"<p>{html.escape(self._headline())}</p>"]
        for text, board in self._parts():
            parts += [f"<p>{html.escape(text)}</p>", board.to_html(index=False)]
        return "\n".join(parts)
