"""VQA: questions about pictures, and what ten people answer each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    BaseLayout,
    read_bytes,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["VqaLayout"]

_TYPES = ("question_type", "answer_type")


class VqaPart(BaseLayout):
    """The files of one part of VQA's split.

    Attributes
    ----------
    questions, annotations : str
        Paths of the JSON files.
    images : str
        A template of a picture's path, with the field ``image_id``.
    """

    questions: str
    annotations: str
    images: str


class VqaLayout(BaseLayout):
    """Questions and annotations in JSON, as the VQA challenge publishes them [1]_.

    Every answer is kept, and the types of questions and answers are slices.

    Attributes
    ----------
    kind : {"vqa"}
        Selects this layout in a card.
    parts : dict of str to VqaPart
        Part to its files: ``questions``, ``annotations``, and ``images``, a template
        such as ``train2014/COCO_train2014_{image_id:012d}.jpg``.

    References
    ----------
    .. [1] Y. Goyal, T. Khot, D. Summers-Stay, D. Batra, D. Parikh (2017). Making the V
       in VQA matter. CVPR.
    """

    kind: Literal["vqa"]
    parts: dict[str, VqaPart]

    @property
    def label_task(self) -> str | None:
        """Labels are what people answered."""
        return "answering"

    @property
    def slices(self) -> tuple[str, ...]:
        """VQA's types of questions and of answers."""
        return _TYPES

    def read(self, root: Path) -> Table:
        """Join questions with their answers; see :class:`BaseLayout`."""
        rows = {part: _rows(root, files) for part, files in self.parts.items()}
        return stacked({part: table_of(of_part) for part, of_part in rows.items()})


def _rows(root: Path, part: VqaPart) -> list[dict[str, Any]]:
    try:
        questions = json.loads(read_bytes(root / part.questions))["questions"]
        annotations = json.loads(read_bytes(root / part.annotations))["annotations"]
        about = {each["question_id"]: each for each in annotations}
        return [_row(q, about[q["question_id"]], part.images) for q in questions]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{part.questions} and {part.annotations} are not in VQA's format: "
            f"{error!r}."
        ) from error


def _row(
    question: dict[str, Any], annotation: dict[str, Any], images: str
) -> dict[str, Any]:
    types = {name: annotation.get(name) for name in _TYPES}
    return {
        "question": question["question"],
        "image": images.format(image_id=question["image_id"]),
        LABEL: [each["answer"] for each in annotation["answers"]],
        GROUP: str(question["image_id"]),
        **types,
    }
