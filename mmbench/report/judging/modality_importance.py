"""What the answers to changed test rows say: which modality carries a method."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mmbench.report.judging.leaderboard import Leaderboard
from mmbench.report.tables.methods import MethodRow
from mmbench.stats import permutation_importance, shapley_values
from mmbench.tasks import Metric

__all__ = [
    "MODALITY_COLUMNS",
    "MissingCurve",
    "ModalityImportance",
    "ModalityImportanceRow",
    "modality_importance",
]

_MOST_SHOWN = 6


class ModalityImportanceRow(NamedTuple):
    """What one modality is to one method.

    The fields are the columns of ``tables/modalities.csv``, in their order. A score is
    NaN where the method was not asked.

    Attributes
    ----------
    dataset, method, modality, metric : str
        Their names.
    intact : float
        The score of the test rows as they are, over all folds of the first seed.
    without : float
        That with the modality missing from every row.
    alone : float
        That with all other modalities missing from every row.
    shuffled, shuffled_low, shuffled_high : float
        The mean score with the modality shuffled among the rows, and the middle 95 % of
        the scores over shuffles.
    shapley : float
        What the modality adds to the score of a method that sees nothing, averaged over
        the orders in which modalities can be added.
    share : float
        That over the sum of all modalities; NaN where they add nothing together.
    """

    dataset: str
    method: str
    modality: str
    metric: str
    intact: float
    without: float
    alone: float
    shuffled: float
    shuffled_low: float
    shuffled_high: float
    shapley: float
    share: float


MODALITY_COLUMNS = ModalityImportanceRow._fields
"""Of ``tables/modalities.csv``."""


class MissingCurve(NamedTuple):
    """The scores of a method as a modality goes missing.

    Attributes
    ----------
    method, fusion, modality : str
        Their names.
    shares : tuple of float
        Of the test rows that miss the modality, rising from 0 to 1.
    scores : tuple of float
        One a share.
    """

    method: str
    fusion: str
    modality: str
    shares: tuple[float, ...]
    scores: tuple[float, ...]

    def at(self, share: float) -> float:
        """Return the score at a share, NaN where it was not asked.

        Parameters
        ----------
        share : float in [0, 1]
            The share of rows from which the modality is missing.

        Returns
        -------
        float
            In the unit of the metric.
        """
        return dict(zip(self.shares, self.scores, strict=True)).get(share, math.nan)


@dataclass(frozen=True)
class ModalityImportance:
    """What the modalities of a dataset are to its methods.

    Parameters
    ----------
    rows : tuple of ModalityImportanceRow
        One per method and modality, the best methods first.
    curves : tuple of MissingCurve
        In the same order.
    leaders : tuple of str
        The best method of each kind of fusion, the best first.
    metric : Metric
        What is scored.
    reasons : tuple of (str, str)
        Methods that could not be asked, and why.
    """

    rows: tuple[ModalityImportanceRow, ...]
    curves: tuple[MissingCurve, ...]
    leaders: tuple[str, ...]
    metric: Metric
    reasons: tuple[tuple[str, str], ...] = ()

    def of(self, methods: Iterable[str]) -> list[ModalityImportanceRow]:
        """Return the rows of some methods, in their order.

        Parameters
        ----------
        methods : iterable of str
            Names of methods; those without rows are left out.

        Returns
        -------
        list of ModalityImportanceRow
            One for each modality of each method.
        """
        return [row for name in methods for row in self.rows if row.method == name]

    def curves_of(self, methods: Iterable[str]) -> list[MissingCurve]:
        """Return the curves of some methods, in their order.

        Parameters
        ----------
        methods : iterable of str
            Names of methods; those without curves are left out.

        Returns
        -------
        list of MissingCurve
            One for each modality of each method.
        """
        return [
            curve for name in methods for curve in self.curves if curve.method == name
        ]


def modality_importance(
    dataset: str, leaderboard: Leaderboard, probes: Mapping[str, Any]
) -> ModalityImportance | None:
    """Return what each modality contributes to the ranked methods that fuse several.

    Parameters
    ----------
    dataset : str
        Its name.
    leaderboard : Leaderboard
        The methods.
    probes : mapping of str to mapping
        What ``probes.json`` holds of the dataset.

    Returns
    -------
    ModalityImportance or None
        None when no such method was asked, or what ranks them is a loss, which has no
        shares.
    """
    leading = leaderboard.leading.metric
    metric = leading.name
    joined = [row for row in leaderboard.rows if row.is_multimodal]
    if not leading.greater_is_better:
        return None
    rows: list[ModalityImportanceRow] = []
    curves: list[MissingCurve] = []
    reasons = []
    for row in joined:
        probed = probes.get(row.method, {})
        if "reason" in probed:
            reasons.append((row.method, str(probed["reason"])))
        asked = _Asked(probed.get("changes", ()), metric)
        modalities = row.modalities.split("+")
        if asked.knows(modalities):
            rows += _importance_rows(dataset, row, modalities, asked, metric)
            curves += [_curve(row, name, modalities, asked) for name in modalities]
    if not rows:
        return None
    known = {row.method for row in rows}
    leaders = _leaders([row for row in joined if row.method in known])
    return ModalityImportance(
        tuple(rows), tuple(curves), leaders, leading, tuple(reasons)
    )


class _Asked:
    """The scores of one method under every change."""

    def __init__(self, changes: Iterable[Mapping[str, Any]], metric: str) -> None:
        self.present: dict[frozenset[str], float] = {}
        self.missing: dict[str, dict[float, float]] = {}
        self.shuffled: dict[str, list[float]] = {}
        for change in changes:
            score = change["scores"].get(metric)
            if score is None:
                continue
            names = change["modalities"]
            if change["kind"] == "present":
                self.present[frozenset(names)] = score
            elif change["kind"] == "missing":
                at = self.missing.setdefault(names[0], {})
                at[float(change["number"])] = score
            else:
                self.shuffled.setdefault(names[0], []).append(score)

    def knows(self, modalities: Sequence[str]) -> bool:
        return {frozenset(), frozenset(modalities)} <= self.present.keys()

    def seen(self, seen: Iterable[str]) -> float:
        return self.present.get(frozenset(seen), math.nan)


def _importance_rows(
    dataset: str,
    row: MethodRow,
    modalities: Sequence[str],
    asked: _Asked,
    metric: str,
) -> list[ModalityImportanceRow]:
    intact = asked.seen(modalities)
    # To a method that sees two of a dataset's three modalities, the third is nothing.
    subsets = {s: v for s, v in asked.present.items() if s <= set(modalities)}
    fair = shapley_values(subsets)
    total = math.fsum(fair.values())
    found = []
    for name in modalities:
        lost = permutation_importance(intact, asked.shuffled.get(name) or [math.nan])
        found.append(
            ModalityImportanceRow(
                dataset=dataset,
                method=row.method,
                modality=name,
                metric=metric,
                intact=intact,
                without=asked.seen(set(modalities) - {name}),
                alone=asked.seen({name}),
                shuffled=intact - lost.estimate,
                shuffled_low=intact - lost.high,
                shuffled_high=intact - lost.low,
                shapley=fair[name],
                share=fair[name] / total if total else math.nan,
            )
        )
    return found


def _curve(
    row: MethodRow, name: str, modalities: Sequence[str], asked: _Asked
) -> MissingCurve:
    between = asked.missing.get(name, {})
    scores = {
        0.0: asked.seen(modalities),
        **between,
        1.0: asked.seen(set(modalities) - {name}),
    }
    shares, values = zip(*sorted(scores.items()), strict=True)
    return MissingCurve(row.method, row.fusion, name, shares, values)


def _leaders(rows: Sequence[MethodRow]) -> tuple[str, ...]:
    """Return the best method of each kind of fusion; `rows` begin with the best."""
    best: dict[str, str] = {}
    for row in rows:
        best.setdefault(row.fusion, row.method)
    return tuple(best.values())[:_MOST_SHOWN]
