"""VQA: questions about pictures, their answers in a file of annotations."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    BaseLayout,
    read_bytes,
    stacked,
    table_of,
    with_rare_merged,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["OTHER", "VqaLayout", "merge_rare_answers"]

OTHER = "(other)"
"""The class of answers that are not among the most frequent ones."""


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

    Attributes
    ----------
    kind : {"vqa"}
        Selects this layout in a card.
    parts : dict of str to VqaPart
        Part to its files: ``questions``, ``annotations``, and ``images``, a template
        such as ``train2014/COCO_train2014_{image_id:012d}.jpg``.
    n_answers : int, default=3000
        The most frequent answers of the training part are the classes; all others are
        the class ``(other)``, so that no question is left out.

    References
    ----------
    .. [1] Y. Goyal, T. Khot, D. Summers-Stay, D. Batra, D. Parikh (2017). Making the V
       in VQA matter. CVPR.
    """

    kind: Literal["vqa"]
    parts: dict[str, VqaPart]
    n_answers: int = Field(default=3000, ge=2)

    def read(self, root: Path) -> Table:
        """Join questions with their answers; see :class:`BaseLayout`."""
        rows = {part: _rows(root, files) for part, files in self.parts.items()}
        merge_rare_answers(rows, self.n_answers)
        return stacked({part: table_of(of_part) for part, of_part in rows.items()})


def merge_rare_answers(rows: dict[str, list[dict[str, Any]]], n_answers: int) -> None:
    """Keep the most frequent answers of the training part as classes.

    Parameters
    ----------
    rows : dict of str to list of dict of str to object
        The rows of each part, ``"train"`` among them; rare answers are replaced in
        place.
    n_answers : int
        How many answers stay.
    """
    counts = Counter(row[LABEL] for row in rows["train"])
    # Equal counts are told apart by the alphabet, so that every machine keeps the same.
    ranked = sorted(counts, key=lambda answer: (-counts[answer], answer))
    kept = set(ranked[:n_answers])
    for of_part in rows.values():
        merged = with_rare_merged((row[LABEL] for row in of_part), kept, OTHER)
        for row, label in zip(of_part, merged, strict=True):
            row[LABEL] = label


def _rows(root: Path, part: VqaPart) -> list[dict[str, Any]]:
    try:
        questions = json.loads(read_bytes(root / part.questions))["questions"]
        annotations = json.loads(read_bytes(root / part.annotations))["annotations"]
        answers = {a["question_id"]: a["multiple_choice_answer"] for a in annotations}
        return [
            {
                "question": question["question"],
                "image": part.images.format(image_id=question["image_id"]),
                LABEL: answers[question["question_id"]],
                GROUP: str(question["image_id"]),
            }
            for question in questions
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{part.questions} and {part.annotations} are not VQA's: {error!r}."
        ) from error
