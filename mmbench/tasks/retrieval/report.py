"""What only reports of retrieval show."""

from __future__ import annotations

from mmbench.tasks.shown import Shown

__all__ = ["RetrievalShown"]


class RetrievalShown(Shown):
    """Both directions apart."""

    answer = "ranking"
    floor = "ranks at random"
