"""Pictures with captions, as pairs for retrieval."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from mmbench.datasets.layouts.base import (
    LABEL,
    SPLIT,
    BaseLayout,
    filled,
    read_bytes,
    read_text,
    stacked,
    table_of,
)
from mmbench.datasets.layouts.caption_files import CaptionFiles, Captions
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["CaptionsLayout", "KarpathyLayout", "SentencesLayout"]


_PARTS = {"train": "train", "restval": "train", "val": "validation", "test": "test"}


class CaptionsLayout(CaptionFiles):
    """Every caption beside its picture, whose name is the key.

    Attributes
    ----------
    captions, lists, image, part_names
        As in :class:`~mmbench.datasets.layouts.caption_files.CaptionFiles`.
    kind : {"captions"}
        Selects this layout in a card.
    """

    kind: Literal["captions"]

    @property
    def label_task(self) -> str | None:
        """Labels are keys, which say what is relevant to what."""
        return "retrieval"

    def read(self, root: Path) -> Table:
        """Read all captions; see :class:`BaseLayout`."""
        parts = self.captions_of_parts(root)
        return stacked({p: table_of(list(self._rows(parts[p], p))) for p in parts})

    def _rows(self, captions: Captions, part: str) -> Iterator[dict[str, Any]]:
        for name, said in captions.items():
            image = self.picture(name, part)
            for caption in said:
                yield {"image": image, "caption": caption, LABEL: name}


class KarpathyLayout(BaseLayout):
    """Captions and their split in the JSON that papers on retrieval share.

    Attributes
    ----------
    kind : {"karpathy"}
        Selects this layout in a card.
    file : str
        Such as ``dataset_coco.json``: a list ``images`` of objects with ``filename``,
        ``split``, and ``sentences``, each with its text as ``raw``.
    image : str
        A template over the fields of a picture, such as ``{filepath}/{filename}``.
    splits : dict of str to str
        What part the values of ``split`` stand for.
    """

    kind: Literal["karpathy"]
    file: str
    image: str = "{filename}"
    splits: dict[str, str] = Field(default=_PARTS)

    @property
    def label_task(self) -> str | None:
        """Labels are keys, which say what is relevant to what."""
        return "retrieval"

    def read(self, root: Path) -> Table:
        """Read all sentences; see :class:`BaseLayout`."""
        path = root / self.file
        try:
            pictures = json.loads(read_bytes(path))["images"]
            return table_of([row for each in pictures for row in self._rows(each)])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"{path.name} is not in the format of Karpathy's splits: {error!r}."
            ) from error

    def _rows(self, picture: dict[str, Any]) -> Iterator[dict[str, Any]]:
        image, part = filled(self.image, picture), self.splits[picture["split"]]
        for sentence in picture["sentences"]:
            yield {
                "image": image,
                "caption": sentence["raw"],
                LABEL: picture["filename"],
                SPLIT: part,
            }


class SentencesLayout(BaseLayout):
    r"""A text file for each picture, with a sentence in each line.

    Attributes
    ----------
    kind : {"sentences"}
        Selects this layout in a card.
    pattern : str
        A regular expression with named groups that the path of a text file must match
        in full, such as ``text/(?P<topic>\w+)/(?P<name>\w+)\.txt``.
    image, label : str
        Templates over the named groups.
    """

    kind: Literal["sentences"]
    pattern: str
    image: str
    label: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        re.compile(value)
        return value

    @property
    def label_task(self) -> str | None:
        """Labels are keys, which say what is relevant to what."""
        return "retrieval"

    def read(self, root: Path) -> Table:
        """Read all text files, in the order of their paths; see :class:`BaseLayout`."""
        paths = sorted(p.relative_to(root).as_posix() for p in root.rglob("*"))
        matches = [re.fullmatch(self.pattern, path) for path in paths]
        return table_of(
            [row for match in matches if match for row in self._rows(root, match)]
        )

    def _rows(self, root: Path, match: re.Match[str]) -> Iterator[dict[str, Any]]:
        fields = match.groupdict()
        image, label = filled(self.image, fields), filled(self.label, fields)
        for line in read_text(root / match[0]).splitlines():
            if line.strip():
                yield {"image": image, "caption": line.strip(), LABEL: label}
