"""What only reports of retrieval show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import HUBS
from mmbench.presentation.numbers import percent_text
from mmbench.tasks.retrieval.embedding_map import PairMap, embedding_map, pair_map
from mmbench.tasks.retrieval.figures import recall_figure
from mmbench.tasks.retrieval.query_scores import (
    DIRECTIONS,
    comparison,
    first_ranks,
    searches,
)
from mmbench.tasks.retrieval.ranking import nearest
from mmbench.tasks.shown import Note, Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["RetrievalShown"]

# How many of the first items are counted, and how many queries tell enough.
_FIRST = 10
_MOST_QUERIES = 2000
# Beyond it, few items crowd the first places of most queries.
_SKEWED = 3.0


class _Ranked(NamedTuple):
    """What is kept of a method's rankings in one fold.

    Attributes
    ----------
    ranks : tuple of ndarray of int
        The rank of the first relevant item of every query, in each direction.
    skew : float
        How skewed it is how often items are among the first ten, the mean of both
        directions.
    map : PairMap
        Where some pairs lie in the plane that shows most of the space.
    """

    ranks: tuple[NDArray[np.intp], ...]
    skew: float
    map: PairMap


class RetrievalShown(Shown):
    """Hit rates by depth, in both directions, and hubs."""

    answer = "ranking"
    table = (
        *("r_sum", "map", "hit_at_1", "hit_at_5", "hit_at_10", "median_rank", "mrr"),
        *("map_at_r", "ndcg_at_10"),
    )
    beside = ("hit_at_1",)
    floor = "ranks at random"
    notes = (
        Note(
            "A hit rate at k is the share of queries with a relevant item among the "
            "first k, which papers on pictures and captions call R@k; recall at k is "
            "the share of the relevant items that are. Both directions are averaged "
            "unless a name says which. Ties are broken at random. Scores depend on how "
            "many items are ranked: compare those of equal galleries only. "
            "Pictures are resampled with all their captions. Where one side is "
            "videos, 'images' are videos."
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Explain what the numbers count."""
        words = {
            "n_keys": "distinct keys",
            "n_texts": "texts",
            "n_images": "images",
            "n_videos": "videos",
            "gallery_size": "images or videos in a gallery",
        }
        is_whole = name == "gallery_size" and text in ("", "None")
        return words.get(name, name), "those of all test rows" if is_whole else text

    def kept(self, target: Target, prediction: Prediction) -> _Ranked:
        """Return the ranks of the first relevant items, and how hubs crowd them."""
        ranks = tuple(first_ranks(target, prediction, each) for each in DIRECTIONS)
        skews = [*_skews(target, prediction)]
        skew = float(np.mean(skews)) if skews else 0.0
        return _Ranked(ranks, skew, pair_map(target, prediction))

    def caveats(self, pooled: PooledPredictions) -> Iterator[Finding]:
        """Warn of methods that rank a few items first whatever is asked."""
        skews = {
            name: float(np.mean([fold.skew for fold in method.kept]))
            for name, method in pooled.methods.items()
        }
        hubs = [name for name, skew in skews.items() if skew > _SKEWED]
        if hubs:
            worst = max(hubs, key=lambda name: skews[name])
            share = percent_text(len(hubs) / len(skews))
            yield HUBS.found(
                f"{share} of the methods rank a few items among the first {_FIRST} "
                f"for very many queries: the skewness of how often an item is there "
                f"exceeds "
                f"{_SKEWED:g}. It is {skews[worst]:.1f} for ",
                worst,
                ".",
            )

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw hit rates by depth, and where both sides of pairs are embedded."""
        for position, direction in enumerate(DIRECTIONS):
            ranks = {
                name: np.concatenate(
                    [fold.ranks[position] for fold in pooled.methods[name].kept]
                )
                for name in methods
            }
            yield recall_figure(ranks, direction.asked, direction.wanted)
        for name in methods[:1]:
            yield embedding_map(name, pooled.methods[name].kept[0].map)


def _skews(target: Target, prediction: Prediction) -> Iterator[float]:
    """Yield how skewed it is how often each item is among the first ten of queries.

    References
    ----------
    M. Radovanovic, A. Nanopoulos, M. Ivanovic (2010), "Hubs in space: popular nearest
    neighbors in high-dimensional data", JMLR 11.
    """
    for direction, queries, items in islice(searches(target), len(DIRECTIONS)):
        if len(items) <= 2 * _FIRST or not len(queries):
            continue
        places = np.linspace(0, len(queries) - 1, min(len(queries), _MOST_QUERIES))
        chosen = queries[places.round().astype(np.intp)]
        first, _ = nearest(
            prediction[direction.asked][chosen],
            prediction[direction.wanted][items],
            _FIRST,
            comparison(prediction),
        )
        counts = np.bincount(first.ravel(), minlength=len(items))
        spread = counts.std()
        if spread:
            yield float(np.mean((counts - counts.mean()) ** 3) / spread**3)
