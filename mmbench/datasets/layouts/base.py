"""What all layouts have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from mmbench.datasets.tables import Table
from mmbench.datasets.tables.table import table_of_rows
from mmbench.errors import DataError
from mmbench.untrusted import check_regular, unpack

__all__ = ["GROUP", "LABEL", "SPLIT", "WHOLE", "BaseLayout", "filled", "read_bytes"]

LABEL, SPLIT, GROUP = "label", "split", "group"
"""The columns of a layout's table that are not features."""

WHOLE = "all"
"""The name of the only part of a dataset without an official split."""

_FIELD = re.compile(r"\{(\w+)\}")


class BaseLayout(BaseModel):
    """Base of the layouts: strict, frozen, and knowing no field but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @property
    def label_task(self) -> str | None:
        """The task of the labels, where their values don't say it."""
        return None

    @property
    def slices(self) -> tuple[str, ...]:
        """The columns that no method sees and that reports break scores down by."""
        return ()

    def read(self, root: Path) -> Table:
        """Read a dataset's files.

        Parameters
        ----------
        root : Path
            The dataset's folder.

        Returns
        -------
        Table
            Columns of features, ``label``, and where they exist ``split`` and
            ``group``.

        Raises
        ------
        DataError
            When a file is not what it should be.
        """
        raise NotImplementedError


def table_of(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the rows of a dataset as a table.

    Parameters
    ----------
    rows : sequence of mapping of str to object
        Column to cell, for each sample.

    Returns
    -------
    Table
        One row per sample.

    Raises
    ------
    DataError
        When there are no rows.
    """
    if not rows:
        raise DataError("there are no samples in its files.")
    return table_of_rows(rows)


def stacked(tables: Mapping[str, Table]) -> Table:
    """Return the parts of an official split one below the other.

    Parameters
    ----------
    tables : mapping of str to Table
        Part to table. The part ``"all"`` stands alone, and adds no column ``split``.

    Returns
    -------
    Table
        All rows; the column ``split`` names the part of each.
    """
    parts = list(tables.values())
    split = [part for part, table in tables.items() for _ in range(table.n_rows)]
    names = parts[0].names

    def column(name: str) -> list[Any]:
        if name == SPLIT:
            return split
        return [cell for part in parts for cell in part.column(name)]

    has_split = list(tables) != [WHOLE]
    notices = tuple(
        notice if part == WHOLE else notice.check.found(f"part {part!r}: {notice}")
        for part, table in tables.items()
        for notice in table.notices
    )
    names = (*names, SPLIT) if has_split else names
    return Table(names, len(split), column, notices)


def filled(template: str, fields: Mapping[str, Any]) -> Any:
    """Fill the fields into a template.

    A template that is one field and nothing else gives the field's value as it is. A
    field that is missing makes the whole missing.

    Parameters
    ----------
    template : str
        Text with the names of fields in braces.
    fields : mapping of str to object
        The values by name.

    Returns
    -------
    object
        A string, a single field's own value, or None where a field is empty.

    Raises
    ------
    DataError
        When there is no such field.

    Examples
    --------
    >>> filled("images/{id}.png", {"id": 7}), filled("{id}", {"id": 7})
    ('images/7.png', 7)
    """
    names = _FIELD.findall(template)
    absent = [name for name in names if name not in fields]
    if absent:
        raise DataError(f"there is no field {absent[0]!r}; there are {sorted(fields)}.")
    if template == f"{{{names[0]}}}" if names else False:
        return fields[names[0]]
    if any(fields[name] is None or fields[name] == "" for name in names):
        return None
    return _FIELD.sub(lambda found: str(fields[found[1]]), template)


def read_bytes(path: Path) -> bytes:
    """Return what a file holds, unpacked if its name ends in ``.gz``.

    Parameters
    ----------
    path : Path
        A file of the dataset's folder.

    Returns
    -------
    bytes
        Its unpacked content.

    Raises
    ------
    DataError
        When it can't be read or unpacked.
    """
    try:
        check_regular(path)
        content = path.read_bytes()
        return unpack(content, ".gz")[0] if path.suffix == ".gz" else content
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror}.") from error


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Return the text of a file.

    Parameters
    ----------
    path : Path
        The file, perhaps packed with gzip.
    encoding : str, default="utf-8"
        As Python names it.

    Returns
    -------
    str
        Its whole content.

    Raises
    ------
    DataError
        When it can't be read, or is not in this encoding.
    """
    try:
        return read_bytes(path).decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not in {encoding}: {error.reason}.") from error
