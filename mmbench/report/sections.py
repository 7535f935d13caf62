"""All that a report says about one dataset, before it becomes Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from mmbench.report.columns import (
    COLUMNS,
    COST_COLUMNS,
    COUNTED,
    SPEEDS,
    Column,
    of_label_sets,
)
from mmbench.report.costs import CostRow, Ledger
from mmbench.report.facts import Facts, card_facts, plain_text, size_text
from mmbench.report.per_label import LabelRow, label_rows
from mmbench.report.probing import Carried, carried
from mmbench.report.probing_words import carrier_sentence, robustness_sentence
from mmbench.report.sentences import Sentence, dataset_sentences
from mmbench.report.speeds import SpeedRow, speed_rows, untimed
from mmbench.report.standings import Standings, standings
from mmbench.report.tables import MethodRow, multilabel_datasets
from mmbench.report.ties import fold_scores, tied_with_best
from mmbench.report.troubles import Trouble, Warned, troubles, warned
from mmbench.report.verdicts import Judgement, held_out_share
from mmbench.results import Record

__all__ = ["Cell", "Run", "Section", "dataset_section", "slugs_of"]


class Cell(NamedTuple):
    """A number in a ranked table: its text, its value, and how it stands.

    ``is_best`` is the best of its column; ``is_tied`` can't be told from it.
    """

    text: str
    value: float
    is_best: bool = False
    is_tied: bool = False


class Run(NamedTuple):
    """What a results folder holds, as its files do.

    Attributes
    ----------
    plan, environment, measured, probes : mapping
        ``plan.json``, ``environment.json``, ``throughput.json``, ``probes.json``.
    records : mapping of str to Record
        The last record of each key.
    """

    plan: Mapping[str, Any]
    records: Mapping[str, Record]
    environment: Mapping[str, Any]
    measured: Mapping[str, Any]
    probes: Mapping[str, Any]


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
        Samples and classes in words.
    judgement : Judgement
        The verdicts, and what to know before believing them.
    sentences : list of Sentence
        The summary.
    standings : Standings
        The methods.
    columns : tuple of Column
        The numbers that some method has.
    tied : mapping of str to frozenset of str
        By score, the methods that can't be told from the best.
    costs : list of CostRow
        What the methods cost, in the order of the standings.
    speeds : list of SpeedRow
        What was measured with the machine to itself, the fastest first.
    untimed : list of (str, str)
        Methods that could not be timed, and why.
    carried : Carried or None
        What each modality is to the methods.
    labels : list of LabelRow
        How well each method answers for each label, where samples may have several.
    troubles, warned : list
        What went wrong here.
    card : list of (str, str)
        What is known about the dataset.
    """

    name: str
    title: str
    slug: str
    size: str
    judgement: Judgement
    sentences: list[Sentence]
    standings: Standings
    columns: tuple[Column, ...]
    tied: Mapping[str, frozenset[str]]
    costs: list[CostRow]
    speeds: list[SpeedRow]
    untimed: list[tuple[str, str]]
    carried: Carried | None
    labels: list[LabelRow]
    troubles: list[Trouble]
    warned: list[Warned]
    card: Facts = field(default_factory=list)

    @cached_property
    def best(self) -> dict[str, str | None]:
        """How the best number of each column is written."""
        return {c.field: c.best(self.standings.rows) for c in self.columns}

    @cached_property
    def verdicts(self) -> list[Sentence]:
        """The conclusions, the main one first."""
        told = [] if self.carried is None else self._modality_sentences(self.carried)
        return [*self.judgement.verdicts, *told]

    def _modality_sentences(self, found: Carried) -> list[Sentence]:
        label = self.standings.leading.label
        told = (carrier_sentence(found, label), robustness_sentence(found, label))
        return [sentence for sentence in told if sentence]

    @property
    def unranked_pairs(self) -> list[tuple[None, MethodRow]]:
        """The unranked methods in the form of the ranked ones, without a rank."""
        return [(None, row) for row in self.standings.unranked]

    @property
    def cost_rows(self) -> list[tuple[CostRow, list[Cell]]]:
        """The costs of each method; the least is no merit and is not marked."""
        columns = (*COST_COLUMNS, COUNTED)
        return [
            (row, [Cell(c.show(row), c.value(row)) for c in columns])
            for row in self.costs
        ]

    @property
    def speed_table(self) -> list[tuple[SpeedRow, list[Cell]]]:
        """How fast each method answers, how large it is, and its peak memory."""
        memory, costs = COST_COLUMNS[-1], {row.method: row for row in self.costs}
        return [
            (
                row,
                [
                    *(Cell(c.show(row), c.value(row)) for c in SPEEDS),
                    Cell(memory.show(cost), memory.value(cost)),
                ],
            )
            for row in self.speeds
            if (cost := costs.get(row.method))
        ]

    def cells(self, row: MethodRow, *, is_ranked: bool = True) -> list[Cell]:
        """Return the numbers of a method; only those of ranked ones can be the best."""
        is_rival = is_ranked and not row.is_dummy
        cells = []
        for column in self.columns:
            value = column.value(row)
            is_best = is_rival and column.text(value) == self.best[column.field]
            is_tied = is_rival and row.method in self.tied.get(column.field, ())
            shown = column.show(row)
            cells.append(Cell(shown, value, is_best, is_tied and not is_best))
        return cells


def dataset_section(
    name: str,
    slug: str,
    run: Run,
    rows: Sequence[MethodRow],
    *,
    ledger: Ledger,
    judgement: Judgement,
) -> Section:
    """Gather what a report says about one dataset.

    Parameters
    ----------
    name, slug : str
        Of the dataset, and how files and links call it.
    run : Run
        What the results folder holds.
    rows : sequence of MethodRow
        Those of all datasets.
    ledger : Ledger
        What the methods cost.
    judgement : Judgement
        What `judge` concluded here.
    """
    plan, records = run.plan, run.records
    entry = plan["datasets"][name]
    here = [row for row in rows if row.dataset == name]
    trials = [trial for trial in plan["trials"] if trial["dataset"] == name]
    is_multilabel = name in multilabel_datasets(plan)
    found = standings(here, is_multilabel=is_multilabel)
    costs = {row.method: row for row in ledger.rows if row.dataset == name}
    folds = fold_scores(trials, records)
    share = held_out_share(trials, records)
    return Section(
        name=name,
        title=plain_text(entry.get("title", "")),
        slug=slug,
        size=size_text(entry),
        judgement=judgement,
        sentences=dataset_sentences(found),
        standings=found,
        columns=_columns(here, is_multilabel=is_multilabel),
        tied=tied_with_best(found, judgement.scores, folds, share),
        costs=[costs[row.method] for row in (*found.rows, *found.unranked)],
        speeds=speed_rows({name: run.measured.get(name, {})}),
        untimed=untimed(run.measured.get(name, {})),
        carried=carried(name, found, run.probes.get(name, {})),
        labels=label_rows(found, judgement.scores),
        troubles=[item for item in troubles(plan, records) if item.dataset == name],
        warned=[item for item in warned(plan, records) if item.dataset == name],
        card=list(card_facts(entry)),
    )


def slugs_of(names: Iterable[str]) -> dict[str, str]:
    """Return for each name letters that are safe in a file name and unique."""
    slugs: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "dataset"
        slug, number = base, 2
        while slug in slugs.values():
            slug, number = f"{base}-{number}", number + 1
        slugs[name] = slug
    return slugs


def _columns(rows: Sequence[MethodRow], *, is_multilabel: bool) -> tuple[Column, ...]:
    """Leave out the numbers that no method has."""
    return tuple(
        of_label_sets(c) if is_multilabel else c
        for c in COLUMNS
        if any(c.value(row) == c.value(row) for row in rows)
    )
