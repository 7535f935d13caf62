"""A corpus, queries and judgements, as MTEB and BEIR keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import (
    LABEL,
    BaseLayout,
    read_bytes,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table, parse_table
from mmbench.errors import DataError
from mmbench.untrusted import short

__all__ = ["MtebLayout"]

_Item = Mapping[str, Any]


class MtebLayout(BaseLayout):
    """Texts that ask for pictures or pictures that ask for texts, and what is relevant.

    Items of the corpus that no query asks for are rows without the other side: they
    stand in the gallery and are never right.

    Attributes
    ----------
    kind : {"mteb"}
        Selects this layout in a card.
    corpus, queries : str
        Tables with ``id`` (or ``_id``) and ``text`` or ``image``: JSON Lines, CSV, TSV
        or Parquet. A picture is a path, or an object with ``bytes`` or ``path``.
    qrels : dict of str to str
        Part of the official split, or ``all``, to a table of ``query-id``,
        ``corpus-id`` and ``score``; above 0, an item is relevant.
    """

    kind: Literal["mteb"]
    corpus: str
    queries: str
    qrels: dict[str, str]

    @property
    def label_task(self) -> str | None:
        """Labels are keys, which say what is relevant to what."""
        return "retrieval"

    def read(self, root: Path) -> Table:
        """Read the three kinds of tables; see :class:`BaseLayout`."""
        corpus, queries = (_items(root / file) for file in (self.corpus, self.queries))
        pairs = {part: list(_pairs(root / file)) for part, file in self.qrels.items()}
        keys = _keys([pair for part in pairs.values() for pair in part])
        parts = {
            part: [
                {**_side(queries, query), **_side(corpus, item), LABEL: keys[query]}
                for query, item in judged
            ]
            for part, judged in pairs.items()
        }
        asked_for = {item for judged in pairs.values() for _, item in judged}
        last = parts["test"] if "test" in parts else next(iter(parts.values()))
        last += [
            {**_side(corpus, item), LABEL: f"corpus:{item}"}
            for item in corpus
            if item not in asked_for
        ]
        return stacked({part: table_of(_filled(rows)) for part, rows in parts.items()})


def _filled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"text": None, "image": None, **row} for row in rows]


def _table(path: Path) -> Iterator[dict[str, Any]]:
    try:
        table = parse_table(read_bytes(path), path.suffix)
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error
    cells = zip(*(table.column(name) for name in table.names), strict=True)
    return (dict(zip(table.names, row, strict=True)) for row in cells)


def _items(path: Path) -> dict[str, _Item]:
    found: dict[str, _Item] = {}
    for row in _table(path):
        name = row.get("id", row.get("_id"))
        if name is None:
            raise DataError(f"{path.name} must have a column 'id' without gaps.")
        sides = {side: _cell(row.get(side)) for side in ("text", "image")}
        kind = row.get("modality")
        present = {s: c for s, c in sides.items() if c not in (None, "")}
        if kind in present:
            present = {kind: present[kind]}
        if len(present) != 1:
            raise DataError(
                f"{path.name}: item {short(name)} must be a text or an image, got "
                f"{sorted(present) or 'neither'}."
            )
        found[str(name)] = present
    return found


def _cell(cell: Any) -> Any:
    if isinstance(cell, Mapping):
        return cell.get("bytes") or cell.get("path")
    return cell


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for row in _table(path):
        try:
            query, item = str(row["query-id"]), str(row["corpus-id"])
            is_relevant = float(row["score"]) > 0
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"{path.name} must have query-id, corpus-id and a number as score in "
                f"each row: {error!r}."
            ) from error
        if is_relevant:
            yield query, item


def _keys(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Return the key of each query; queries that share an item share a key."""
    of_item: dict[str, list[str]] = {}
    of_query: dict[str, list[str]] = {}
    for query, item in dict.fromkeys(pairs):
        of_item.setdefault(item, []).append(query)
        of_query.setdefault(query, []).append(item)
    for query, items in of_query.items():
        if any(set(of_item[item]) != set(of_item[items[0]]) for item in items):
            raise DataError(
                f"query {short(query)} shares some of its relevant items with other "
                f"queries; relevance must be equality of keys: queries that share an "
                "item must share all of theirs."
            )
    return {query: of_item[items[0]][0] for query, items in of_query.items()}


def _side(items: Mapping[str, _Item], name: str) -> _Item:
    try:
        return items[name]
    except KeyError:
        raise DataError(f"item {short(name)} is judged, but does not exist.") from None
