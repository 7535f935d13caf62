"""All that a report says about one dataset, before it becomes Markdown or HTML."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mmbench.checks import Finding
from mmbench.checks.catalogue import METHOD_WARNING
from mmbench.presentation.sentences import Sentence
from mmbench.report.document import Cell
from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.judging.learning_curves import Curve, learning_curves
from mmbench.report.judging.modality_importance import (
    ModalityImportance,
    modality_importance,
)
from mmbench.report.judging.pairs import PairRow, pair_rows
from mmbench.report.judging.slices import SliceRow, slice_rows
from mmbench.report.judging.ties import fold_scores, tied_with_best
from mmbench.report.judging.tuning import (
    TuningCurve,
    TuningRow,
    tuning_curves,
    tuning_rows,
)
from mmbench.report.judging.verdicts import Judgement
from mmbench.report.mistakes import MistakeRow, find_mistakes
from mmbench.report.mistakes.shown_samples import ShownSamples, shown_samples
from mmbench.report.plan_reading import size_text
from mmbench.report.queries import QueryRow, find_queries
from mmbench.report.run import OnDataset, Run
from mmbench.report.strips import StripRow, find_strips
from mmbench.report.tables.columns import COLUMNS, Column
from mmbench.report.tables.costs import CostRow, Ledger
from mmbench.report.tables.methods import MethodRow
from mmbench.report.tables.people import people_rows
from mmbench.report.tables.speeds import SpeedRow, speed_rows, untimed
from mmbench.report.text.facts import Facts, card_facts, plain_text
from mmbench.report.text.failures import Failure, Warned, failures, warned
from mmbench.report.text.modality_words import importance_sentence, robustness_sentence
from mmbench.report.text.summary import dataset_sentences
from mmbench.tasks import Table

__all__ = ["Section", "dataset_section", "slugs_of"]


@dataclass(frozen=True, kw_only=True)
class Section:
    """What a report says about one dataset.

    Parameters
    ----------
    name, title : str
        Of the dataset.
    slug : str
        The name in letters that suit a file name and a link; unique in the report.
    size : str
        Samples, and how large the target is, in words.
    judgement : Judgement
        The verdicts, and what to know before believing them.
    sentences : list of Sentence
        The summary.
    leaderboard : Leaderboard
        The methods.
    columns : tuple of Column
        The numbers that some method has.
    tied : mapping of str to frozenset of str
        By score, the methods not significantly worse than the best.
    costs : list of CostRow
        What the methods cost, in the order of the leaderboard.
    speeds : list of SpeedRow
        What was measured with the machine to itself, the fastest first.
    untimed : list of (str, str)
        Methods that could not be timed, and why.
    importance : ModalityImportance or None
        What each modality is to the methods.
    on_dataset : OnDataset
        What the run did there.
    slices : list of SliceRow
        Scores of the best methods on slices.
    tuning : list of TuningRow
        Tuned methods beside their defaults.
    tuning_curves : list of TuningCurve
        How far their searches came with each candidate.
    curves : list of Curve
        Scores by training samples.
    pairs : list of PairRow
        Every two of the best methods.
    no_curve : str
        Why there are none, or fewer sizes than were asked for; else empty.
    tables : mapping of str to Table
        Those of the task's own, by name.
    failures, warned : list
        What went wrong here.
    card : list of (str, str)
        What is known about the dataset.
    mistakes : list of MistakeRow
        Samples that are worth looking at.
    samples : ShownSamples
        What is kept of the samples.
    queries : list of QueryRow
        Queries that are worth looking at, and what they find.
    strips : list of StripRow
        Key frames of some videos.
    people : list of MethodRow
        What people score, where that is known; without ranks.
    """

    name: str
    title: str
    slug: str
    size: str
    judgement: Judgement
    sentences: list[Sentence]
    leaderboard: Leaderboard
    columns: tuple[Column, ...]
    tied: Mapping[str, frozenset[str]]
    costs: list[CostRow]
    speeds: list[SpeedRow]
    untimed: list[tuple[str, str]]
    importance: ModalityImportance | None
    on_dataset: OnDataset
    slices: list[SliceRow]
    tuning: list[TuningRow]
    tuning_curves: list[TuningCurve]
    curves: list[Curve]
    pairs: list[PairRow]
    no_curve: str
    tables: Mapping[str, Table]
    failures: list[Failure]
    warned: list[Warned]
    card: Facts = field(default_factory=list)
    mistakes: list[MistakeRow] = field(default_factory=list)
    samples: ShownSamples = field(default_factory=ShownSamples)
    queries: list[QueryRow] = field(default_factory=list)
    strips: list[StripRow] = field(default_factory=list)
    people: list[MethodRow] = field(default_factory=list)

    @property
    def beside(self) -> list[tuple[int | None, MethodRow]]:
        """What methods are to be read beside where people are: these, and all floors.

        Each with its rank, if it has one.
        """
        if not self.people:
            return []
        floors = [pair for pair in self.leaderboard.ranked if pair[1].is_floor]
        return [*floors, *((None, row) for row in self.people)]

    @property
    def with_people(self) -> list[tuple[int | None, MethodRow]]:
        """The ranked methods and what people score, the best first."""
        rows = [*self.leaderboard.ranked, *((None, row) for row in self.people)]
        merit = self.leaderboard.leading.merit
        # Stable, so that methods keep their order.
        return sorted(rows, key=lambda pair: -_known(merit(pair[1])))

    @cached_property
    def best(self) -> dict[str, str | None]:
        """How the best number of each column is written."""
        return {c.field: c.best(self.leaderboard.rows) for c in self.columns}

    @property
    def findings(self) -> list[Finding]:
        """All warnings about the dataset, those of methods last."""
        return [
            *self.judgement.caveats,
            *(METHOD_WARNING.found(w.message, method=w.method) for w in self.warned),
        ]

    @cached_property
    def verdicts(self) -> list[Sentence]:
        """The conclusions, the main one first."""
        told = (
            [] if self.importance is None else self._modality_sentences(self.importance)
        )
        return [*self.judgement.verdicts, *told]

    def _modality_sentences(self, found: ModalityImportance) -> list[Sentence]:
        told = (importance_sentence(found), robustness_sentence(found))
        return [sentence for sentence in told if sentence]

    def cells(
        self, row: MethodRow, columns: Sequence[Column], *, is_ranked: bool = True
    ) -> list[Cell]:
        """Return the numbers of a method; only those of ranked ones can be the best.

        Parameters
        ----------
        row : MethodRow
            The method's row.
        columns : sequence of Column
            Some of the section's columns.
        is_ranked : bool, default=True
            Whether all its trials are ok.

        Returns
        -------
        list of Cell
            One for each of the columns.
        """
        is_rival = is_ranked and not row.is_floor
        cells = []
        for column in columns:
            value = column.value(row)
            is_best = is_rival and column.text(value) == self.best[column.field]
            is_tied = is_rival and row.method in self.tied.get(column.field, ())
            shown = column.show(row)
            cells.append(Cell(shown, value, is_best, is_tied and not is_best))
        return cells


def dataset_section(
    here: OnDataset, slug: str, run: Run, *, ledger: Ledger, judgement: Judgement
) -> Section:
    """Gather what a report says about one dataset.

    Parameters
    ----------
    here : OnDataset
        What was done on it.
    slug : str
        How files and links call it.
    run : Run
        What the results folder holds.
    ledger : Ledger
        What the methods cost.
    judgement : Judgement
        What `judge` concluded here.

    Returns
    -------
    Section
        Sentences, tables and caveats; without figures.
    """
    plan, records, name, found = run.plan, run.records, here.name, here.leaderboard
    costs = {row.method: row for row in ledger.rows if row.dataset == name}
    names = [column.metric.name for column in found.scores]
    folds = fold_scores(here.trials, records, names)
    pooled, ranked = judgement.pooled, [row.method for row in found.rows]
    return Section(
        name=name,
        title=plain_text(here.entry.get("title", "")),
        slug=slug,
        size=size_text(here.entry),
        judgement=judgement,
        sentences=dataset_sentences(found),
        leaderboard=found,
        columns=_columns(here),
        tied=tied_with_best(found, judgement.scores, folds, here.test_share),
        costs=[costs[row.method] for row in (*found.rows, *found.unranked)],
        speeds=speed_rows({name: run.measured.get(name, {})}),
        untimed=untimed(run.measured.get(name, {})),
        importance=modality_importance(name, found, run.probes.get(name, {})),
        on_dataset=here,
        slices=_slices(here, run),
        tuning=tuning_rows(here, judgement.scores, run),
        tuning_curves=tuning_curves(here, run),
        curves=learning_curves(here, run.curve, plan, records),
        pairs=pair_rows(name, found, judgement.scores, run.rope),
        no_curve=run.curve.reason(name),
        tables=here.shown.tables(name, pooled, ranked) if pooled else {},
        failures=[item for item in failures(plan, records) if item.dataset == name],
        warned=[item for item in warned(plan, records) if item.dataset == name],
        card=list(card_facts(here.entry, here.shown)),
        mistakes=find_mistakes(run, here, n_most=_MOST_MISTAKES),
        samples=shown_samples(run.samples.get(name) or {}),
        queries=find_queries(here, run.predictions),
        strips=find_strips(here, run.predictions),
        people=people_rows(here, pooled),
    )


def _known(merit: float) -> float:
    return -math.inf if math.isnan(merit) else merit


def slugs_of(names: Iterable[str]) -> dict[str, str]:
    """Return for each name letters that are safe in a file name and unique.

    Parameters
    ----------
    names : iterable of str
        The datasets' names.

    Returns
    -------
    dict of str to str
        Name to lower-case letters, digits and hyphens.
    """
    slugs: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "dataset"
        slug, number = base, 2
        while slug in slugs.values():
            slug, number = f"{base}-{number}", number + 1
        slugs[name] = slug
    return slugs


def _slices(here: OnDataset, run: Run) -> list[SliceRow]:
    """Score on slices the three best methods, and the best that sees one modality."""
    best = [row.method for row in here.leaderboard.contenders[:_MOST_SLICED]]
    single = here.leaderboard.best(lambda row: row.is_single)
    methods = dict.fromkeys([*best, *([single.method] if single else [])])
    slices = run.slices.get(here.name) or {}
    return slice_rows(here, [*methods], slices, run.predictions)


_MOST_SLICED, _MOST_MISTAKES = 3, 10


def _columns(here: OnDataset) -> tuple[Column, ...]:
    """Leave out the numbers that no method has."""
    return tuple(
        column
        for column in (*here.leaderboard.scores, *COLUMNS)
        if any(not math.isnan(column.value(row)) for row in here.rows)
    )
