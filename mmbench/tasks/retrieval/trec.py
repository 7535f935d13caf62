"""Rankings in the files of TREC's tools, scored."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import DataError
from mmbench.tasks.metric import Metric
from mmbench.tasks.retrieval.metrics import METRICS
from mmbench.tasks.retrieval.query_scores import COLUMNS, KS, score_queries
from mmbench.tasks.retrieval.ranking import BlockOfRanks
from mmbench.tasks.score_files import ScoredFiles

__all__ = ["score_trec_files"]

_SHOWN = (
    *(f"hit_at_{k}" for k in KS),
    *(f"recall_at_{k}" for k in KS),
    *("mrr", "map", "map_at_r", "ndcg_at_10"),
)


def score_trec_files(judgements: Path, run: Path) -> ScoredFiles:
    """Score a run by judgements; queries without a relevant item don't count.

    Parameters
    ----------
    judgements : Path
        Lines ``query 0 item relevance``; items are relevant where that is above 0.
    run : Path
        Lines ``query Q0 item rank score name``. Items are ranked by their scores, and
        of equal ones as trec_eval does: those whose name comes later first. What isn't
        there isn't found.

    Returns
    -------
    ScoredFiles
        Of queries.

    Raises
    ------
    DataError
        When a line is malformed, an item appears twice, or a query is unknown or
        missing.
    """
    relevant: dict[str, dict[str, float]] = {}
    for where, (query, _, item, grade) in _rows(judgements, 4):
        _put(relevant.setdefault(query, {}), item, _number(grade, where), where)
    found: dict[str, dict[str, float]] = {}
    for where, (query, _, item, _, score, _) in _rows(run, 6):
        if query not in relevant:
            raise DataError(f"{where}: no line of {judgements.name} has query {query}.")
        _put(found.setdefault(query, {}), item, _number(score, where), where)
    asked = [q for q, items in relevant.items() if any(g > 0 for g in items.values())]
    lacking = [query for query in asked if query not in found]
    if lacking:
        raise DataError(
            f"{run.name} has no line for query {lacking[0]} ({len(lacking):,} in all); "
            "a run must rank something for each."
        )
    if not asked:
        raise DataError(f"{judgements.name} has no relevant item.")
    ranks = [_ranks(relevant[query], found[query]) for query in asked]
    numbers = np.repeat(np.arange(len(asked)), [len(each) for each in ranks])
    block = BlockOfRanks(0, len(asked), numbers, np.concatenate(ranks))
    with np.errstate(invalid="ignore", over="ignore"):
        scores = score_queries(block)
    by_name = {metric.name: metric for metric in METRICS}
    counted = [(_mean_of(by_name[name]), scores) for name in _SHOWN]
    return ScoredFiles("query", len(asked), counted)


def _mean_of(metric: Metric) -> Metric:
    place = COLUMNS.index(metric.name)
    return Metric(
        name=metric.name,
        label=metric.label,
        description=metric.description,
        contributions=lambda _target, _prediction: None,
        value=partial(_mean, place=place),
    )


def _mean(sums: Any, *, place: int) -> Any:
    return sums[place] / sums[COLUMNS.index("asked")]


def _ranks(relevant: dict[str, float], found: dict[str, float]) -> NDArray[np.float64]:
    order = sorted(found, key=lambda item: (found[item], item), reverse=True)
    places = {item: place for place, item in enumerate(order, start=1)}
    wanted = [item for item, grade in relevant.items() if grade > 0]
    return np.sort([float(places.get(item, np.inf)) for item in wanted])


def _put(items: dict[str, float], item: str, value: float, where: str) -> None:
    if item in items:
        raise DataError(f"{where}: item {item} appears twice for this query.")
    items[item] = value


def _number(text: str, where: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = np.nan
    if not np.isfinite(found):
        raise DataError(f"{where}: {text!r} is not a number.")
    return found


def _rows(path: Path, width: int) -> Iterator[tuple[str, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} can't be read as UTF-8 text: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fields = line.split()
        where = f"{path.name}, line {number}"
        if len(fields) != width:
            raise DataError(f"{where}: it must have {width} fields, got {len(fields)}.")
        yield where, fields
