"""Pictures with captions, as the question whether a caption is of its picture."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    WHOLE,
    BaseLayout,
    filled,
    read_bytes,
    read_text,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["CaptionsLayout"]

_Captions = dict[str, str]


class CaptionsLayout(BaseLayout):
    """The first caption of each picture, beside the one of another picture.

    Each picture stands in two rows: ``match`` with its own first caption, ``mismatch``
    with that of the next picture of the same part. So picture and caption say nothing
    by themselves, and only both together tell the label.

    Attributes
    ----------
    kind : {"captions"}
        Selects this layout in a card.
    captions : dict of str to str
        Part of the official split, or ``all``, to a file: COCO's JSON (``.json``), a
        CSV of ``image,caption`` (``.csv``, ``.txt``), or lines of ``image#0<TAB>text``
        (``.token``, ``.token.txt``).
    lists : dict of str to str
        Where the captions are in one file: part to a file with a picture in each line.
    image : str
        A template such as ``Images/{image}``; ``{part_name}`` is the part's name.
    part_names : dict of str to str
        What ``{part_name}`` is in each part; by default the part itself.
    """

    kind: Literal["captions"]
    captions: dict[str, str]
    lists: dict[str, str] = Field(default_factory=dict)
    image: str
    part_names: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_file(self) -> CaptionsLayout:
        if self.lists and list(self.captions) != [WHOLE]:
            raise ValueError(f"lists go with captions of one part, {WHOLE!r}")
        return self

    def read(self, root: Path) -> Table:
        """Pair pictures with captions; see :class:`BaseLayout`."""
        parts = {part: _captions(root / file) for part, file in self.captions.items()}
        if self.lists:
            every = parts[WHOLE]
            parts = {
                part: _picked(every, read_text(root / file).split(), file)
                for part, file in self.lists.items()
            }
        return stacked(
            {
                part: table_of(self._pairs(captions, part))
                for part, captions in parts.items()
            }
        )

    def _pairs(self, captions: _Captions, part: str) -> list[dict[str, Any]]:
        names, part_name = list(captions), self.part_names.get(part, part)
        others = [*names[1:], *names[:1]]
        rows = []
        for name, other in zip(names, others, strict=True):
            image = filled(self.image, {"image": name, "part_name": part_name})
            for source, label in ((name, "match"), (other, "mismatch")):
                caption = captions[source]
                row = {"image": image, "caption": caption, LABEL: label, GROUP: name}
                rows.append(row)
        return rows


def _picked(captions: _Captions, names: Iterable[str], file: str) -> _Captions:
    try:
        return {name: captions[name] for name in names}
    except KeyError as error:
        raise DataError(f"{file}: picture {error} has no caption.") from error


def _captions(path: Path) -> _Captions:
    """Return the first caption of each picture, in the order of the file."""
    found: _Captions = {}
    for name, caption in _coco(path) if path.suffix == ".json" else _lines(path):
        found.setdefault(name, caption.strip())
    return found


def _coco(path: Path) -> list[tuple[str, str]]:
    try:
        content = json.loads(read_bytes(path))
        files = {image["id"]: image["file_name"] for image in content["images"]}
        return [(files[a["image_id"]], a["caption"]) for a in content["annotations"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path.name} is not COCO's: {error!r}.") from error


def _lines(path: Path) -> list[tuple[str, str]]:
    lines = [line for line in read_text(path).splitlines() if line.strip()]
    if lines and "\t" not in lines[0]:  # a CSV; its captions may hold commas
        pairs = [line.split(",", 1) for line in lines[1:]]
    else:
        pairs = [line.split("\t", 1) for line in lines]
    if not pairs or any(len(pair) < 2 for pair in pairs):
        raise DataError(f"{path.name} must have a picture and a caption in each line.")
    return [(name.partition("#")[0], caption.strip('"')) for name, caption in pairs]
