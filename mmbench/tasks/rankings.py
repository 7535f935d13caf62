"""Rankings, as other tools take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Ranking"]


class Ranking(NamedTuple):
    """What a query finds.

    An item is called by the number of the first row that shows it.

    Attributes
    ----------
    kind : str
        Which queries these are and what is ranked for them, such as
        ``"text_to_image"``.
    query : int
        The item that asks.
    items : sequence of int
        The first items that are found, the best one first.
    relevant : sequence of int
        All items that should be found.
    asked, wanted : str
        The side or modality that asks, and the one that is ranked.
    """

    kind: str
    query: int
    items: Sequence[int]
    relevant: Sequence[int]
    asked: str
    wanted: str
