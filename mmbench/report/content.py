"""All that a report says, before it becomes Markdown or HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmbench.checks import Finding
from mmbench.checks.catalogue import METHOD_WARNING
from mmbench.presentation.numbers import count_text
from mmbench.presentation.sentences import Name, Sentence
from mmbench.report.judging.comparisons import Comparison
from mmbench.report.judging.learning_curves import CurvePoint
from mmbench.report.judging.modality_importance import ModalityImportanceRow
from mmbench.report.judging.pairs import PairRow
from mmbench.report.judging.ranks import Ranks, ranks_over_datasets
from mmbench.report.judging.slices import SliceRow
from mmbench.report.judging.tuning import TuningRow
from mmbench.report.judging.verdicts import Judgement
from mmbench.report.method_names import MethodNames
from mmbench.report.plan_reading import ignored_by
from mmbench.report.run import Run
from mmbench.report.sections import Section, dataset_section, slugs_of
from mmbench.report.tables.costs import CostRow, cost_ledger
from mmbench.report.tables.methods import MethodRow
from mmbench.report.tables.warnings import WarningRow, warning_row
from mmbench.report.text.across_words import across_sentences
from mmbench.report.text.caveats import suite_caveats
from mmbench.report.text.facts import (
    Facts,
    environment_facts,
    plain_text,
    version_facts,
)
from mmbench.report.text.failures import Warned, status_counts
from mmbench.report.text.summary import cost_sentence, trials_sentence
from mmbench.tasks import Metric, Note, Table

__all__ = ["Content", "report_content"]


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
        One per dataset, by name.
    ranks : Ranks or None
        Who is ahead over all datasets.
    environment, versions : list of (str, str)
        Where it ran.
    caveats : list of Finding
        What to know before believing a claim over datasets.
    ignored : frozenset of str
        The codes of checks whose findings are not shown.
    has_codes : bool
        Whether findings are shown with their codes; not in those of older versions.
    across : list of Sentence
        What holds over all datasets.
    names : MethodNames
        Display names of the methods.
    """

    suite: str
    scope: str
    trials: Sentence
    saving: Sentence | None
    sections: list[Section]
    ranks: Ranks | None
    environment: Facts
    versions: Facts
    caveats: list[Finding]
    ignored: frozenset[str]
    has_codes: bool
    across: list[Sentence]
    names: MethodNames

    def kept(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that are not ignored.

        Parameters
        ----------
        findings : iterable of Finding
            Of one dataset, or of all.

        Returns
        -------
        list of Finding
        """
        return [each for each in findings if each.check.code not in self.ignored]

    def warned(self, section: Section) -> list[Warned]:
        """Return what methods warned about, unless that is ignored.

        Parameters
        ----------
        section : Section
            Of one dataset.

        Returns
        -------
        list of Warned
        """
        return [] if METHOD_WARNING.code in self.ignored else section.warned

    @property
    def warnings(self) -> list[WarningRow]:
        """Every warning, ignored or not, as ``tables/warnings.csv`` lists them."""
        found = [("", self.caveats)]
        found += [(section.name, section.findings) for section in self.sections]
        return [
            warning_row(name, finding, finding.check.code in self.ignored)
            for name, findings in found
            for finding in findings
        ]

    @property
    def ignored_words(self) -> str:
        """How many warnings are not shown, and which; empty if all are."""
        counts = Counter((r.code, r.title) for r in self.warnings if r.ignored)
        which = (f"{code} ({title}): {n:,}" for (code, title), n in counts.items())
        return f"Ignored: {', '.join(which)}." if counts else ""

    @property
    def rows(self) -> list[MethodRow]:
        """Every planned method, as ``tables/methods.csv`` lists them."""
        found = [section.leaderboard for section in self.sections]
        return [row for one in found for row in (*one.rows, *one.unranked)]

    @property
    def answers(self) -> list[Sentence]:
        """The answer to the main question over all datasets, then on each."""
        is_one = len(self.sections) == 1
        return self.across + [
            answer if is_one else (Name(section.name), ": ", *answer)
            for section in self.sections
            if (answer := section.judgement.answer)
        ]

    @property
    def comparisons(self) -> list[Comparison]:
        """All that was compared, as ``tables/verdicts.csv``."""
        return [row for s in self.sections for row in s.judgement.comparisons]

    @property
    def metrics(self) -> dict[str, Metric]:
        """What methods are compared by on each dataset where they can be."""
        found = {s.name: s.on_dataset.compared_by for s in self.sections}
        return {name: metric for name, metric in found.items() if metric}

    @property
    def own_tables(self) -> dict[str, Table]:
        """The tables of tasks, those of several datasets one after another."""
        found: dict[str, Table] = {}
        for section in self.sections:
            for name, table in section.tables.items():
                rows = [*found[name].rows] if name in found else []
                found[name] = Table(table.header, [*rows, *table.rows])
        return found

    @property
    def notes(self) -> list[Note]:
        """How to read what tasks add, each once."""
        known = [s for s in self.sections if s.judgement.pooled]
        notes = [note for s in known for note in s.on_dataset.shown.notes]
        return list(dict.fromkeys(notes))

    @property
    def unnoted_tables(self) -> list[str]:
        """The names of the tasks' tables that no note points to."""
        noted = {note.table for note in self.notes}
        return [name for name in self.own_tables if name not in noted]

    @property
    def modalities(self) -> list[ModalityImportanceRow]:
        """What each modality is to each method, as ``tables/modalities.csv``."""
        return [row for s in self.sections if s.importance for row in s.importance.rows]

    @property
    def tuning(self) -> list[TuningRow]:
        """Tuned methods beside their defaults, as ``tables/tuning.csv`` lists them."""
        return [row for section in self.sections for row in section.tuning]

    @property
    def slices(self) -> list[SliceRow]:
        """The scores on slices, as ``tables/slices.csv`` lists them."""
        return [row for section in self.sections for row in section.slices]

    @property
    def curve_points(self) -> list[CurvePoint]:
        """The learning curves, as ``tables/learning_curve.csv`` lists them."""
        curves = (curve for section in self.sections for curve in section.curves)
        return [point for curve in curves for point in curve.points]

    @property
    def pairs(self) -> list[PairRow]:
        """Every two of the best methods, as ``tables/pairs.csv`` lists them."""
        return [row for section in self.sections for row in section.pairs]

    @property
    def costs(self) -> list[CostRow]:
        """The costs of every planned method, as ``tables/costs.csv`` lists them."""
        return [row for section in self.sections for row in section.costs]


def report_content(run: Run, judgements: Mapping[str, Judgement]) -> Content:
    """Gather what a report says.

    Parameters
    ----------
    run : Run
        What the results folder holds.
    judgements : mapping of str to Judgement
        What `judge` concluded on each dataset.

    Returns
    -------
    Content
    """
    plan, records = run.plan, run.records
    slugs = slugs_of(run.datasets)
    ledger = cost_ledger(plan, records)
    sections = [
        dataset_section(
            run.datasets[name], slug, run, ledger=ledger, judgement=judgements[name]
        )
        for name, slug in slugs.items()
    ]
    return Content(
        suite=plain_text(plan.get("suite", "")),
        scope=_scope(plan, run.rows),
        trials=trials_sentence(status_counts(plan, records), ledger.shared_s),
        saving=cost_sentence(ledger),
        sections=sections,
        ranks=ranks_over_datasets(
            {section.name: section.leaderboard for section in sections},
            {name: judgement.scores for name, judgement in judgements.items()},
        ),
        environment=list(environment_facts(run.environment)),
        versions=list(version_facts(run.environment)),
        caveats=suite_caveats(len(sections)),
        ignored=frozenset((*(ignored_by(plan) or ()), *run.ignore)),
        has_codes=ignored_by(plan) is not None,
        across=across_sentences(
            [row for each in judgements.values() for row in each.comparisons],
            run.metrics,
        ),
        names=run.names,
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
