"""Tables, JSON and JSON Lines: one record per sample, and templates for columns."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from mmbench.checks import Finding
from mmbench.columns import is_missing, split_labels
from mmbench.columns.written_lists import is_written_list
from mmbench.datasets.layouts.base import (
    GROUP,
    LABEL,
    BaseLayout,
    filled,
    read_bytes,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table, parse_table
from mmbench.errors import DataError
from mmbench.untrusted import short

__all__ = ["RecordsLayout"]


class RecordsLayout(BaseLayout):
    """One record per sample, in files of any usual format.

    Attributes
    ----------
    kind : {"records"}
        Selects this layout in a card.
    parts : dict of str to str
        Part of the official split (``train``, ``test``, ``validation``) to file, or
        ``all`` to the only file. A file may be packed with gzip.
    format : str, optional
        One of csv, tsv, json (a list of objects or of lists), jsonl, parquet. By
        default the file's suffix.
    names : tuple of str
        The fields of a file that doesn't name them.
    columns : dict of str to str
        Column to template, such as ``"images/{id}.png"``; ``{part}`` is the part.
    label, group : str
        Templates.
    part_names : dict of str to str
        What ``{part_name}`` is in each part; by default the part's own name.
    label_separator : str, optional
        What joins the labels of a record that may have several.
    labels : dict of str to str
        What to call labels; a record whose label is not among them is an error.
    task : str, optional
        The task of the labels, where their values don't tell, as with the keys of
        retrieval.
    """

    kind: Literal["records"]
    parts: dict[str, str]
    format: Literal["csv", "tsv", "json", "jsonl", "parquet"] | None = None
    names: tuple[str, ...] = ()
    columns: dict[str, str]
    label: str
    group: str | None = None
    part_names: dict[str, str] = Field(default_factory=dict)
    label_separator: Annotated[str, Field(min_length=1)] | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    task: str | None = None

    @property
    def label_task(self) -> str | None:
        """What the card says."""
        return self.task

    def read(self, root: Path) -> Table:
        """Read the files of all parts; see :class:`BaseLayout`."""
        return stacked(
            {part: self._part(root / file, part) for part, file in self.parts.items()}
        )

    def _part(self, path: Path, part: str) -> Table:
        records, notices = self._records(path)
        table = table_of([self._row(record, part) for record in records])
        return table._replace(notices=notices)

    def _row(self, record: Mapping[str, Any], part: str) -> dict[str, Any]:
        part_name = self.part_names.get(part, part)
        fields = {"part": part, "part_name": part_name, **record}
        row = {name: filled(text, fields) for name, text in self.columns.items()}
        row[LABEL] = self._label(filled(self.label, fields))
        if self.group is not None:
            row[GROUP] = filled(self.group, fields)
        return row

    def _label(self, label: Any) -> Any:
        separator = self.label_separator
        if separator is not None and isinstance(label, str):
            if is_written_list(label, separator):
                raise DataError(
                    f"the labels {short(label)} must be a list, but are text."
                )
            label = None if is_missing(label) else split_labels(label, separator)
        if isinstance(label, list | tuple):
            return tuple(map(self._renamed, label))
        return self._renamed(label)

    def _renamed(self, label: Any) -> Any:
        if not self.labels or label is None:
            return label
        if str(label) not in self.labels:
            raise DataError(
                f"a label must be one of {list(self.labels)}, got {short(label)}."
            )
        return self.labels[str(label)]

    def _records(
        self, path: Path
    ) -> tuple[Iterable[Mapping[str, Any]], tuple[Finding, ...]]:
        suffix = f".{self.format}" if self.format else _suffix(path)
        content = read_bytes(path)
        if suffix == ".json":
            return self._json(content, path), ()
        if self.names:
            content = _header(self.names, suffix) + content.removeprefix(BOM_UTF8)
        try:
            table = parse_table(content, suffix)
        except DataError as error:
            raise DataError(f"{path.name}: {error}") from error
        columns = [table.column(name) for name in table.names]
        rows = zip(*columns, strict=True)
        records = (dict(zip(table.names, cells, strict=True)) for cells in rows)
        return records, table.notices

    def _json(self, content: bytes, path: Path) -> Iterator[Mapping[str, Any]]:
        try:
            records = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path.name} is not JSON: {error}.") from error
        for record in records if isinstance(records, list) else [records]:
            if isinstance(record, list) and len(record) == len(self.names):
                yield dict(zip(self.names, record, strict=True))
            elif isinstance(record, dict):
                yield record
            else:
                raise DataError(f"{path.name} is not a list of records.")


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _header(names: tuple[str, ...], suffix: str) -> bytes:
    separator = "\t" if suffix == ".tsv" else ","
    return f"{separator.join(names)}\n".encode()
