"""Folders of files whose names tell the label, the group and the split."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    SPLIT,
    BaseLayout,
    filled,
    read_text,
    table_of,
)
from mmbench.datasets.tables import Table

__all__ = ["FileNamesLayout"]


class FileNamesLayout(BaseLayout):
    r"""One file per sample, its path matched by a pattern.

    Attributes
    ----------
    kind : {"file_names"}
        Selects this layout in a card.
    pattern : str
        A regular expression with named groups that a path must match in full; files
        that don't are passed by. Such as ``(?P<label>\d)_(?P<speaker>\w+)\.wav``.
    column : str
        The column that the files go to.
    content : {"path", "text"}
        Whether a cell holds the file's path or its text.
    label, group, split : str
        Templates over the named groups.
    test : str, optional
        In place of `split`: a pattern that the path of a test file matches somewhere.
    """

    kind: Literal["file_names"]
    pattern: str
    column: str
    content: Literal["path", "text"] = "path"
    label: str = "{label}"
    group: str | None = None
    split: str | None = None
    test: str | None = None

    @field_validator("pattern", "test")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        re.compile(value or "")
        return value

    def read(self, root: Path) -> Table:
        """Look at the files, in the order of their paths; see :class:`BaseLayout`."""
        paths = sorted(
            path.relative_to(root).as_posix()
            for path in root.rglob("*")
            if path.is_file()
        )
        found = [(path, re.fullmatch(self.pattern, path)) for path in paths]
        return table_of(
            [self._row(root, path, match) for path, match in found if match is not None]
        )

    def _row(self, root: Path, path: str, match: re.Match[str]) -> dict[str, Any]:
        fields = match.groupdict()
        cell = path if self.content == "path" else read_text(root / path)
        row = {self.column: cell, LABEL: filled(self.label, fields)}
        if self.group is not None:
            row[GROUP] = filled(self.group, fields)
        if self.split is not None:
            row[SPLIT] = filled(self.split, fields)
        elif self.test is not None:
            row[SPLIT] = "test" if re.search(self.test, path) else "train"
        return row
