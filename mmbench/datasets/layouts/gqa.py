"""GQA: questions about pictures, made of what is known to be in them."""

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

__all__ = ["GqaLayout"]

_TYPES = ("structural", "semantic")


class GqaLayout(BaseLayout):
    """A JSON file of questions by their ids, with their types [1]_.

    Attributes
    ----------
    kind : {"gqa"}
        Selects this layout in a card.
    parts : dict of str to str
        Part to its file, such as ``train_balanced_questions.json``.
    image : str
        A template such as ``images/{imageId}.jpg``.

    References
    ----------
    .. [1] D. A. Hudson, C. D. Manning (2019). GQA: A new dataset for real-world visual
       reasoning and compositional question answering. CVPR.
    """

    kind: Literal["gqa"]
    parts: dict[str, str]
    image: str

    @property
    def label_task(self) -> str | None:
        """Labels are answers."""
        return "answering"

    @property
    def slices(self) -> tuple[str, ...]:
        """GQA's structural and semantic types of questions."""
        return _TYPES

    def read(self, root: Path) -> Table:
        """Read the questions of all parts; see :class:`BaseLayout`."""
        return stacked(
            {part: table_of(self._rows(root / f)) for part, f in self.parts.items()}
        )

    def _rows(self, path: Path) -> list[dict[str, Any]]:
        try:
            questions = json.loads(read_bytes(path))
            return [self._row(each) for each in questions.values()]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(
                f"{path.name} is not in GQA's format: {error!r}."
            ) from error

    def _row(self, question: dict[str, Any]) -> dict[str, Any]:
        types = question.get("types") or {}
        return {
            "question": question["question"],
            "image": filled(self.image, question),
            LABEL: question["answer"],
            GROUP: str(question["imageId"]),
            **{name: types.get(name) for name in _TYPES},
        }
