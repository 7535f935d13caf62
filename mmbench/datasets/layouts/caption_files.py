"""Files of captions, a picture and a caption at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from mmbench.datasets.layouts.base import (
    WHOLE,
    BaseLayout,
    filled,
    read_bytes,
    read_text,
)
from mmbench.errors import DataError

__all__ = ["CaptionFiles", "Captions"]

Captions = dict[str, list[str]]
"""The captions of each picture, in the order of the file."""


class CaptionFiles(BaseLayout):
    """Base of layouts of a file of captions for each part.

    Attributes
    ----------
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

    captions: dict[str, str]
    lists: dict[str, str] = Field(default_factory=dict)
    image: str
    part_names: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_file(self) -> CaptionFiles:
        if self.lists and list(self.captions) != [WHOLE]:
            raise ValueError(f"lists go with captions of one part, {WHOLE!r}")
        return self

    def captions_of_parts(self, root: Path) -> dict[str, Captions]:
        """Read the captions of all parts.

        Parameters
        ----------
        root : Path
            The dataset's folder.

        Returns
        -------
        dict of str to dict
            By part and picture.

        Raises
        ------
        DataError
            When a file is not what it should be, or a picture has no caption.
        """
        parts = {part: _captions(root / file) for part, file in self.captions.items()}
        if not self.lists:
            return parts
        return {
            part: _picked(parts[WHOLE], read_text(root / file).split(), file)
            for part, file in self.lists.items()
        }

    def picture(self, name: str, part: str) -> Any:
        """Return the path of a picture.

        Parameters
        ----------
        name, part : str
            The picture's name in the file of captions, and its part.

        Returns
        -------
        str
            Relative to the dataset's folder.
        """
        part_name = self.part_names.get(part, part)
        return filled(self.image, {"image": name, "part_name": part_name})


def _picked(captions: Captions, names: Iterable[str], file: str) -> Captions:
    try:
        return {name: captions[name] for name in names}
    except KeyError as error:
        raise DataError(f"{file}: picture {error} has no caption.") from error


def _captions(path: Path) -> Captions:
    found: Captions = {}
    for name, caption in _coco(path) if path.suffix == ".json" else _lines(path):
        found.setdefault(name, []).append(caption.strip())
    return found


def _coco(path: Path) -> list[tuple[str, str]]:
    try:
        content = json.loads(read_bytes(path))
        files = {image["id"]: image["file_name"] for image in content["images"]}
        return [(files[a["image_id"]], a["caption"]) for a in content["annotations"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path.name} is not in COCO's format: {error!r}.") from error


def _lines(path: Path) -> list[tuple[str, str]]:
    lines = [line for line in read_text(path).splitlines() if line.strip()]
    if lines and "\t" not in lines[0]:  # a CSV; its captions may hold commas
        pairs = [line.split(",", 1) for line in lines[1:]]
    else:
        pairs = [line.split("\t", 1) for line in lines]
    if not pairs or any(len(pair) < 2 for pair in pairs):
        raise DataError(f"{path.name} must have a picture and a caption in each line.")
    return [(name.partition("#")[0], caption.strip('"')) for name, caption in pairs]
