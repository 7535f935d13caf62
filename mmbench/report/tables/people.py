"""What people score, in rows that stand beside those of methods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mmbench.report.tables.methods import MethodRow
from mmbench.stats import mean_std

if TYPE_CHECKING:
    from mmbench.report.run import OnDataset
    from mmbench.tasks import PooledPredictions

__all__ = ["people_rows"]


def people_rows(here: OnDataset, pooled: PooledPredictions | None) -> list[MethodRow]:
    """Return a row for each way to score people as methods are scored.

    Parameters
    ----------
    here : OnDataset
        What the run did on a dataset.
    pooled : PooledPredictions or None
        None without predictions.

    Returns
    -------
    list of MethodRow
        Means and deviations over folds, as those of methods; empty where a task has no
        such scores. They are never ranked.
    """
    if pooled is None:
        return []
    found = here.shown.people(pooled, here.metrics)
    rows = []
    for name, folds in found.items():
        scores = {
            metric.name: mean_std([_number(fold.get(metric.name)) for fold in folds])
            for metric in here.metrics
        }
        rows.append(
            MethodRow(
                dataset=here.name,
                method=name,
                modalities="",
                extractors="",
                fusion="",
                classifier="",
                n_ok=len(folds),
                n_planned=len(folds),
                scores={each: score.mean for each, score in scores.items()},
                stds={each: score.std for each, score in scores.items()},
            )
        )
    return rows


def _number(score: float | None) -> float:
    return math.nan if score is None else score
