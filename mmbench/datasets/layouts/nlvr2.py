"""NLVR2: sentences that are true or false of two photographs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    BaseLayout,
    filled,
    read_bytes,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["Nlvr2Layout"]


class Nlvr2Layout(BaseLayout):
    """JSON Lines of sentences, whose ids say where their two pictures are [1]_.

    Attributes
    ----------
    kind : {"nlvr2"}
        Selects this layout in a card.
    parts : dict of str to str
        Part to its file, such as ``data/train.json``.
    pictures : dict of str to str
        Part to a template of a picture's path with the fields ``pair`` (the id without
        its last number), ``side`` (0 is the left one) and those of the record, such as
        ``directory``.

    References
    ----------
    .. [1] A. Suhr, S. Zhou, A. Zhang, I. Zhang, H. Bai, Y. Artzi (2019). A corpus for
       reasoning about natural language grounded in photographs. ACL.
    """

    kind: Literal["nlvr2"]
    parts: dict[str, str]
    pictures: dict[str, str]

    def read(self, root: Path) -> Table:
        """Read the sentences of all parts; see :class:`BaseLayout`."""
        return stacked(
            {part: table_of(self._rows(root / f, part)) for part, f in self._files()}
        )

    def _files(self) -> list[tuple[str, str]]:
        if self.parts.keys() != self.pictures.keys():
            raise DataError(
                f"parts and pictures must be of the same parts, got {[*self.parts]} "
                f"and {[*self.pictures]}."
            )
        return [*self.parts.items()]

    def _rows(self, path: Path, part: str) -> list[dict[str, Any]]:
        try:
            records = [json.loads(line) for line in read_bytes(path).splitlines()]
            return [self._row(record, part) for record in records]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"{path.name} is not in NLVR2's format: {error!r}."
            ) from error

    def _row(self, record: dict[str, Any], part: str) -> dict[str, Any]:
        pair, _, _ = record["identifier"].rpartition("-")
        left, right = (
            filled(self.pictures[part], {**record, "pair": pair, "side": side})
            for side in (0, 1)
        )
        return {
            "question": record["sentence"],
            "left": left,
            "right": right,
            LABEL: str(record["label"]).lower(),
            GROUP: record["sentence"],
        }
