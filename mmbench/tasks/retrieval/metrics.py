"""Metrics of rankings, in each direction and as the mean of both.

All but the median rank are means over queries, so functions of sums. A gallery is
ranked once for all of them (:mod:`mmbench.tasks.retrieval.query_scores`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.tasks.metric import Metric
from mmbench.tasks.retrieval.query_scores import (
    DIRECTIONS,
    KS,
    Direction,
    columns_of,
    first_ranks,
    query_scores,
)

if TYPE_CHECKING:
    from mmbench.tasks.base import Prediction, Target

__all__ = ["DEFAULT_SCORING", "METRICS"]


class _Kind(NamedTuple):
    """What is measured in each direction."""

    name: str
    label: str
    description: str
    greater_is_better: bool = True


_AMONG = {k: "in first place" if k == 1 else f"among the first {k}" for k in KS}
_HITS = tuple(
    _Kind(
        f"hit_at_{k}",
        f"hit rate at {k}",
        f"share of queries with a relevant item {_AMONG[k]}; papers on pictures and "
        f"captions call it R@{k}",
    )
    for k in KS
)
_RECALLS = tuple(
    _Kind(
        f"recall_at_{k}",
        f"recall at {k}",
        f"share of a query's relevant items that are {_AMONG[k]}: where five captions "
        f"are relevant, each counts a fifth; not the R@{k} of papers on pictures",
    )
    for k in KS
)
_KINDS = (
    *_HITS,
    *_RECALLS,
    _Kind("mean_rank", "mean rank", "rank of the first relevant item, averaged", False),
    _Kind("mrr", "MRR", "reciprocal rank of the first relevant item, averaged"),
    _Kind(
        "map",
        "mAP",
        "average precision over the whole ranking, averaged over queries",
    ),
    _Kind(
        "map_at_r",
        "mAP@R",
        "average precision over the first R items, R being how many are relevant",
    ),
    _Kind(
        "ndcg_at_10",
        "nDCG@10",
        "discounted gain of the first 10 items as a share of the best possible",
    ),
)
_MEDIAN = _Kind(
    "median_rank", "median rank", "median rank of the first relevant item", False
)


def _mean(sums: Any, *, of: str, directions: Sequence[Direction] = DIRECTIONS) -> Any:
    """Return the mean over queries, and that over directions."""
    parts = [columns_of(np.asarray(sums), each) for each in directions]
    with np.errstate(invalid="ignore"):
        return sum(part[of] / part["asked"] for part in parts) / len(parts)


def _r_sum(sums: Any) -> Any:
    return 100 * sum(
        _mean(sums, of=kind.name, directions=[each])
        for kind in _HITS
        for each in DIRECTIONS
    )


def _median(
    target: Target, prediction: Prediction, *, directions: Sequence[Direction]
) -> float:
    ranks = [first_ranks(target, prediction, each) for each in directions]
    if not all(map(len, ranks)):
        return float("nan")
    return float(np.mean([np.median(each) for each in ranks]))


def _metrics(
    directions: Sequence[Direction], name: str, label: str, tail: str
) -> Iterator[Metric]:
    """Yield all metrics of some directions; the texts are put around their own."""
    for kind in (*_KINDS, _MEDIAN):
        how: dict[str, Any] = {
            "contributions": query_scores,
            "value": partial(_mean, of=kind.name, directions=directions),
        }
        if kind is _MEDIAN:
            how = {"compute": partial(_median, directions=directions)}
        yield Metric(
            name=f"{name}{kind.name}",
            label=f"{label}{kind.label}",
            description=f"{kind.description}; {tail}",
            greater_is_better=kind.greater_is_better,
            is_share=not kind.name.endswith("_rank"),
            **how,
        )


_BOTH = tuple(_metrics(DIRECTIONS, "", "", "mean of both directions"))
_EACH = {
    each: tuple(
        _metrics(
            [each],
            f"{each.name}_",
            f"{each.asked} to {each.wanted}: ",
            f"{each.asked}s are the queries",
        )
    )
    for each in DIRECTIONS
}

METRICS = (
    Metric(
        name="r_sum",
        label="R-sum",
        description="sum of the six hit rates at 1, 5 and 10, in hundredths",
        contributions=query_scores,
        value=_r_sum,
        is_share=False,
        shows_spread=True,
    ),
    *_BOTH,
    *(metric for each in DIRECTIONS for metric in _EACH[each]),
)
"""The metrics of rankings, the one that ranks paired data first."""

_SHOWN = ("hit_at_1", "hit_at_5", "hit_at_10", "median_rank", "mrr", "map")

DEFAULT_SCORING = (
    "r_sum",
    *_SHOWN,
    "ndcg_at_10",
    *(f"{each.name}_{name}" for each in DIRECTIONS for name in _SHOWN),
)
"""What is scored unless something else is asked for."""
