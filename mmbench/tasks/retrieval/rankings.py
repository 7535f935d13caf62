"""What each query finds, so that other tools can check the scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mmbench.tasks.rankings import Ranking
from mmbench.tasks.retrieval.query_scores import comparison, searches
from mmbench.tasks.retrieval.ranking import nearest
from mmbench.tasks.retrieval.sides import TRUTH

if TYPE_CHECKING:
    from mmbench.tasks.target import Prediction, Target

__all__ = ["rankings"]


def rankings(target: Target, prediction: Prediction, depth: int) -> Iterator[Ranking]:
    """Yield the rankings of all queries, in both directions.

    Parameters
    ----------
    target : Target
        Its truth says which items rows show.
    prediction : Prediction
        One embedding per row and side.
    depth : int
        How many items of each ranking, at least 1.

    Yields
    ------
    Ranking
        In the order that metrics see, ties included.
    """
    keys = np.asarray(target.scored)[:, TRUTH["key"]]
    for direction, queries, items in searches(target):
        found, _ = nearest(
            prediction[direction.asked][queries],
            prediction[direction.wanted][items],
            depth,
            comparison(prediction),
        )
        for query, first in zip(queries.tolist(), found, strict=True):
            relevant = items[keys[items] == keys[query]].tolist()
            yield Ranking(
                direction.name, query, items[first].tolist(), relevant, *direction
            )
