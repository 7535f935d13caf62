"""All that a report says, before it becomes Markdown or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from mmbench.report.across_words import across_sentences
from mmbench.report.cautions import suite_cautions
from mmbench.report.columns import COLUMNS, COST_COLUMNS, Column
from mmbench.report.costs import CostRow, Ledger, cost_ledger
from mmbench.report.facts import (
    Facts,
    card_facts,
    environment_facts,
    plain_text,
    version_facts,
)
from mmbench.report.numbers import count_text
from mmbench.report.sentences import (
    Sentence,
    cost_sentence,
    dataset_sentences,
    trials_sentence,
)
from mmbench.report.standings import Standings, standings
from mmbench.report.tables import MethodRow, method_rows
from mmbench.report.troubles import Trouble, Warned, status_counts, troubles, warned
from mmbench.report.verdicts import Judgement
from mmbench.results import Record

__all__ = ["Cell", "Content", "Section", "report_content"]


class Cell(NamedTuple):
    """A number in a ranked table: its text, its value, whether it is the best."""

    text: str
    value: float
    is_best: bool


@dataclass(frozen=True)
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
    costs : list of CostRow
        What the methods cost, in the order of the standings.
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
    costs: list[CostRow]
    troubles: list[Trouble]
    warned: list[Warned]
    card: Facts

    @cached_property
    def best(self) -> dict[str, str | None]:
        """How the best number of each column is written."""
        return {c.field: c.best(self.standings.rows) for c in self.columns}

    @property
    def unranked_pairs(self) -> list[tuple[None, MethodRow]]:
        """The unranked methods in the form of the ranked ones, without a rank."""
        return [(None, row) for row in self.standings.unranked]

    def cost_cells(self, row: CostRow) -> list[Cell]:
        """Return the costs of a method; the least is no merit and is not marked."""
        return [Cell(c.show(row), c.value(row), is_best=False) for c in COST_COLUMNS]

    def cells(self, row: MethodRow, *, is_ranked: bool = True) -> list[Cell]:
        """Return the numbers of a method; only those of ranked ones can be the best."""
        return [
            Cell(
                text=column.show(row),
                value=column.value(row),
                is_best=is_ranked
                and not row.is_dummy
                and column.text(column.value(row)) == self.best[column.field],
            )
            for column in self.columns
        ]


@dataclass(frozen=True)
class Content:
    """What a report says.

    Parameters
    ----------
    suite, scope : str
        The suite, and in words what it holds.
    trials : Sentence
        How many ended how.
    saving : Sentence or None
        What they cost, and what sharing work saved, where that is known.
    sections : list of Section
        One a dataset, by name.
    environment, versions : list of (str, str)
        Where it ran.
    cautions : list of Sentence
        What to know before believing a claim over datasets.
    across : list of Sentence
        What holds over all datasets.
    """

    suite: str
    scope: str
    trials: Sentence
    saving: Sentence | None
    sections: list[Section]
    environment: Facts
    versions: Facts
    cautions: list[Sentence]
    across: list[Sentence]

    @property
    def has_cautions(self) -> bool:
        """Whether there is anything to warn about."""
        return bool(self.cautions) or any(s.judgement.cautions for s in self.sections)

    @property
    def has_verdicts(self) -> bool:
        """Whether anything can be concluded."""
        return any(section.judgement.verdicts for section in self.sections)

    @property
    def rows(self) -> list[MethodRow]:
        """Every planned method, as ``tables/methods.csv`` lists them."""
        found = [section.standings for section in self.sections]
        return [row for one in found for row in (*one.rows, *one.unranked)]

    @property
    def cost_columns(self) -> tuple[Column, ...]:
        """The costs of a method, in the order of `Section.cost_cells`."""
        return COST_COLUMNS

    @property
    def costs(self) -> list[CostRow]:
        """The costs of every planned method, as ``tables/costs.csv`` lists them."""
        return [row for section in self.sections for row in section.costs]


def report_content(
    plan: Mapping[str, Any],
    records: Mapping[str, Record],
    environment: Mapping[str, Any],
    judgements: Mapping[str, Judgement],
) -> Content:
    """Gather what a report says.

    Parameters
    ----------
    plan, environment : mapping
        What ``plan.json`` and ``environment.json`` hold.
    records : mapping of str to Record
        The last record of each key.
    judgements : mapping of str to Judgement
        What `judge` concluded on each dataset.

    Returns
    -------
    Content
    """
    rows = method_rows(plan, records)
    slugs = _slugs(sorted({row.dataset for row in rows}))
    ledger = cost_ledger(plan, records)
    sections = [
        _section(
            name, slug, plan, records, rows, ledger=ledger, judgement=judgements[name]
        )
        for name, slug in slugs.items()
    ]
    return Content(
        suite=plain_text(plan.get("suite", "")),
        scope=_scope(plan, rows),
        trials=trials_sentence(status_counts(plan, records), ledger.shared_s),
        saving=cost_sentence(ledger),
        sections=sections,
        environment=list(environment_facts(environment)),
        versions=list(version_facts(environment)),
        cautions=suite_cautions(len(sections)),
        across=across_sentences(
            [row for each in judgements.values() for row in each.comparisons]
        ),
    )


def _section(
    name: str,
    slug: str,
    plan: Mapping[str, Any],
    records: Mapping[str, Record],
    rows: Sequence[MethodRow],
    *,
    ledger: Ledger,
    judgement: Judgement,
) -> Section:
    entry = plan["datasets"][name]
    here = [row for row in rows if row.dataset == name]
    found = standings(here)
    costs = {row.method: row for row in ledger.rows if row.dataset == name}
    return Section(
        name=name,
        title=plain_text(entry.get("title", "")),
        slug=slug,
        size=_size(entry),
        judgement=judgement,
        sentences=dataset_sentences(found),
        standings=found,
        columns=_columns(here),
        costs=[costs[row.method] for row in (*found.rows, *found.unranked)],
        troubles=[item for item in troubles(plan, records) if item.dataset == name],
        warned=[item for item in warned(plan, records) if item.dataset == name],
        card=list(card_facts(entry)),
    )


def _scope(plan: Mapping[str, Any], rows: Sequence[MethodRow]) -> str:
    seeds = [plain_text(seed) for seed in plan.get("seeds") or ()]
    parts = [
        count_text(len({row.method for row in rows}), "method"),
        count_text(len({row.dataset for row in rows}), "dataset"),
        plain_text(plan.get("cv", "")),
        f"seed{'s' if len(seeds) > 1 else ''} {', '.join(seeds)}" if seeds else "",
    ]
    return " · ".join(part for part in parts if part)


def _size(entry: Mapping[str, Any]) -> str:
    counts = [(entry.get("n_samples"), "sample"), (entry.get("n_classes"), "class")]
    return ", ".join(count_text(n, noun) for n, noun in counts if isinstance(n, int))


def _columns(rows: Sequence[MethodRow]) -> tuple[Column, ...]:
    """Leave out the numbers that no method has."""
    return tuple(
        c for c in COLUMNS if any(c.value(row) == c.value(row) for row in rows)
    )


def _slugs(names: Iterable[str]) -> dict[str, str]:
    """Return for each name letters that are safe in a file name and unique."""
    slugs: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "dataset"
        slug, number = base, 2
        while slug in slugs.values():
            slug, number = f"{base}-{number}", number + 1
        slugs[name] = slug
    return slugs
