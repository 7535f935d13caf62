"""DAQUAR: questions and answers in alternating lines of a text file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    BaseLayout,
    filled,
    read_text,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["DaquarLayout"]

_IMAGE = re.compile(r"\s*\bin the (image\d+)\b")


class DaquarLayout(BaseLayout):
    """A question that names its picture in one line, its answer in the next [1]_.

    Attributes
    ----------
    kind : {"daquar"}
        Selects this layout in a card.
    parts : dict of str to str
        Part of the official split to its file.
    image : str
        A template such as ``nyu_depth_images/{image}.png``.

    Notes
    -----
    An answer of several things, parted by commas, is one answer; WUPS takes it apart.

    References
    ----------
    .. [1] M. Malinowski, M. Fritz (2014). A multi-world approach to question answering
       about real-world scenes based on uncertain input. NeurIPS.
    """

    kind: Literal["daquar"]
    parts: dict[str, str]
    image: str

    @property
    def label_task(self) -> str | None:
        """Labels are answers."""
        return "answering"

    def read(self, root: Path) -> Table:
        """Pair the lines; see :class:`BaseLayout`."""
        rows = {
            part: self._rows(root / file, part) for part, file in self.parts.items()
        }
        return stacked({part: table_of(of_part) for part, of_part in rows.items()})

    def _rows(self, path: Path, part: str) -> list[dict[str, Any]]:
        lines = [line.strip() for line in read_text(path).splitlines() if line.strip()]
        if len(lines) % 2:
            raise DataError(f"{path.name} ends with a question that has no answer.")
        rows = []
        for question, answer in zip(lines[::2], lines[1::2], strict=True):
            named = _IMAGE.search(question)
            if named is None:
                raise DataError(f"{path.name}: there is no image name in {question!r}.")
            rows.append(
                {
                    # The picture's number says nothing that is in the picture.
                    "question": _IMAGE.sub("", question),
                    "image": filled(self.image, {"image": named[1]}),
                    LABEL: answer,
                    GROUP: f"{part}/{named[1]}",
                }
            )
        return rows
