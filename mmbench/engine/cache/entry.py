"""``entry.json`` of a cached value: what it says, and whether it can be believed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from mmbench.results.strict_json import load_strict, with_checksum, without_checksum

_SCHEMA = 3
_FILE = "entry.json"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a node's cold run cost.

    Parameters
    ----------
    fit_s, apply_s : float
        Wall time of learning from the training rows, and of answering.
    cpu_s : float
        Processor time of both.
    n_rows : int
        Rows learnt from and answered for.
    peak_rss_bytes : int
        The most memory that the process held meanwhile.
    threads : int
        Threads that numerical libraries were allowed.
    computed_with : str
        The precision and the device that the work chose, where it has a choice.
    search : JSON data, optional
        What it found, where it is a search for parameters.
    needs : sequence of int, optional
        Which of the live inputs an answer looks at; all of them by default.
    """

    fit_s: float
    apply_s: float
    cpu_s: float
    n_rows: int
    peak_rss_bytes: int
    threads: int = 1
    computed_with: str = ""
    search: Mapping[str, Any] | None = None
    needs: Sequence[int] | None = None

    @property
    def wall_s(self) -> float:
        """Wall time of learning and answering."""
        return self.fit_s + self.apply_s


Costs = Mapping[str, Cost]
"""Node key to cost: of a kept node, and of the light ones that were done for it."""


class Entry(NamedTuple):
    """What is written beside the arrays of a value.

    Attributes
    ----------
    key : str
        The node's.
    layout : mapping
        How the value is made of arrays.
    files : mapping of str to str
        File name to the SHA-256 of what it holds.
    costs : mapping of str to Cost
        What the value cost.
    told : tuple of str
        What the work warned about.
    """

    key: str
    layout: Mapping[str, Any]
    files: Mapping[str, str]
    costs: Costs
    told: tuple[str, ...]

    def to_json(self) -> bytes:
        """Return the content of ``entry.json``, with a checksum of its own."""
        costs = {node: asdict(cost) for node, cost in self.costs.items()}
        values = {"schema": _SCHEMA, **self._asdict(), "costs": costs}
        return json.dumps(with_checksum(values, _FILE), allow_nan=False).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Entry | None:
        """Read an entry; None for a sound one in the form of another version.

        Parameters
        ----------
        content : bytes
            The content of ``entry.json``.

        Returns
        -------
        Entry or None
            Its checksum is right.

        Raises
        ------
        ValueError
            When it is not as `to_json` wrote it.
        """
        values = load_strict(content)
        if not isinstance(values, dict):
            raise ValueError("it is not an object")
        if values.get("schema") != _SCHEMA:
            return None
        values = without_checksum(values, _FILE, required=True)
        parts: list[Any] = [values.get(name) for name in cls._fields]
        key, layout, files, costs, told = parts
        if not isinstance(key, str) or not isinstance(layout, dict):
            raise ValueError("it does not name a value")
        if not _is_texts(files, dict) or not all(map(_is_name, files)):
            raise ValueError("its files are not names with checksums")
        if not isinstance(costs, dict):
            raise ValueError("its costs are not an object")
        if not _is_texts(told, list):
            raise ValueError("its warnings are not strings")
        parsed = {node: _cost(cost) for node, cost in costs.items()}
        return cls(key, layout, files, parsed, tuple(told))


def _cost(values: Any) -> Cost:
    if not isinstance(values, dict) or values.keys() != _COST_FIELDS.keys():
        raise ValueError("a cost lacks a part, or has an extra one")
    for name, kind in _COST_FIELDS.items():
        if not _is_part(values[name], kind):
            raise ValueError(f"a cost has {name} {values[name]!r}")
    return Cost(**values)


_COST_FIELDS: dict[str, Any] = {field.name: field.type for field in fields(Cost)}


def _is_part(value: Any, kind: str) -> bool:
    if kind == "str":
        return isinstance(value, str)
    if "Mapping" in kind:
        return value is None or isinstance(value, dict)
    if "Sequence" in kind:
        return value is None or (
            isinstance(value, list) and all(_is_part(each, "int") for each in value)
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if kind == "int" and not isinstance(value, int):
        return False
    return 0 <= value <= sys.float_info.max


def _is_texts(value: Any, kind: type[Any]) -> bool:
    if not isinstance(value, kind):
        return False
    texts: Any = value.values() if isinstance(value, dict) else value
    return all(isinstance(text, str) for text in texts)


def _is_name(name: str) -> bool:
    """Return whether a name is that of a file in the entry's own folder."""
    return name.endswith(".npy") and not set(name) & set("/\\\0")
