"""Metrics of rankings, each in both directions and as their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = ["DEFAULT_SCORING", "METRICS"]

_KS = (1, 5, 10)


def query_scores(target: Target, prediction: Prediction) -> Floats:
    """Return what the queries of each row contribute, in both directions.

    Parameters
    ----------
    target : Target
        Its truth says which items rows show.
    prediction : Prediction
        An embedding a row and side.

    Returns
    -------
    ndarray of shape (n_rows, 2 * (n_scores + 1))
        For queries by text and then by image: hits at 1, 5 and 10, average precision,
        and how many queries there are.
    """
    parts = [
        _one_way(target.scored, prediction, asked, wanted)
        for asked, wanted in (("text", "image"), ("image", "text"))
    ]
    return np.hstack(parts)


def _one_way(truth: Any, prediction: Prediction, asked: str, wanted: str) -> Floats:
    column = {"text": 1, "image": 2}
    queries, gallery = (_first_rows(truth[:, column[s]]) for s in (asked, wanted))
    found = np.zeros((len(truth), len(_KS) + 2))
    if not len(queries) or not len(gallery):
        return found
    scores = (
        prediction[asked][queries].astype(np.float32)
        @ prediction[wanted][gallery].astype(np.float32).T
    )
    relevant = truth[queries, 0][:, None] == truth[gallery, 0]
    # Ties go against the method.
    order = np.lexsort((relevant, -scores), axis=1)
    hits = np.take_along_axis(relevant, order, axis=1)
    n_found, places = hits.cumsum(axis=1), np.arange(1, len(gallery) + 1)
    for i, k in enumerate(_KS):
        found[queries, i] = n_found[:, min(k, len(gallery)) - 1] > 0
    precisions = (hits * n_found / places).sum(axis=1)
    found[queries, -2] = precisions / np.maximum(n_found[:, -1], 1)
    found[queries, -1] = n_found[:, -1] > 0
    return found


def _first_rows(items: Any) -> Any:
    numbers, rows = np.unique(items, return_index=True)
    return np.sort(rows[numbers >= 0])


def _share(place: int) -> Any:
    n = len(_KS) + 2

    def value(sums: Any) -> Any:
        both = [sums[i + place] / np.maximum(sums[i + n - 1], 1) for i in (0, n)]
        return (both[0] + both[1]) / 2

    return value


def _r_sum(sums: Any) -> Any:
    return 200 * sum(_share(i)(sums) for i in range(len(_KS)))


METRICS = (
    Metric(
        name="r_sum",
        label="R-sum",
        description="sum of the six hit rates at 1, 5 and 10, in hundredths",
        contributions=query_scores,
        value=_r_sum,
        is_share=False,
    ),
    *(
        Metric(
            name=f"hit_at_{k}",
            label=f"hit rate at {k}",
            description=f"share of queries with a relevant item among the first {k}",
            contributions=query_scores,
            value=_share(i),
        )
        for i, k in enumerate(_KS)
    ),
    Metric(
        name="map",
        label="mAP",
        description="mean over queries of the average precision",
        contributions=query_scores,
        value=_share(len(_KS)),
    ),
)

DEFAULT_SCORING = tuple(metric.name for metric in METRICS)
