"""JSON that any parser reads, with a checksum of what it says.

No NaN, no infinity, no numpy, ASCII only. The checksum is over the values rather than
the bytes, so that indentation and the order of keys may change; and over what they are,
so that one file in the place of another is noticed.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = [
    "CHECKSUM",
    "checksum_of",
    "dump_strict",
    "load_strict",
    "with_checksum",
    "without_checksum",
]

CHECKSUM = "sha256"
"""The name under which an object keeps the checksum of its other values."""


def dump_strict(value: Any, *, indent: int | None = None) -> str:
    """Write a value as strict JSON.

    Parameters
    ----------
    value : object
        Mappings, sequences, strings, numbers, booleans and None, numpy's included.
    indent : int, optional
        Spaces per level; None writes one line.

    Returns
    -------
    str
        ASCII text. NaN and the infinities, which JSON lacks, are written as null.

    Raises
    ------
    TypeError
        When a value has no counterpart in JSON.

    Examples
    --------
    >>> dump_strict({"accuracy": float("nan"), "n": np.int64(3)})
    '{"accuracy": null, "n": 3}'
    """
    return json.dumps(_plain(value), indent=indent, allow_nan=False)


def load_strict(text: str | bytes) -> Any:
    """Read strict JSON, and refuse the ``NaN`` and ``Infinity`` of lax writers.

    Raises
    ------
    ValueError
        When the text is not strict JSON.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def checksum_of(values: Mapping[str, Any], kind: str) -> str:
    """Return the SHA-256 of what an object says and is, as hexadecimal digits.

    Parameters
    ----------
    values : mapping
        In plain JSON types.
    kind : str
        What it is: the name of its file.

    Raises
    ------
    ValueError
        When it is nested too deeply to be written.
    """
    try:
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()


def with_checksum(values: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return values in plain JSON types, with their checksum behind them.

    Examples
    --------
    >>> without_checksum(with_checksum({"n": np.int64(3)}, "plan.json"), "plan.json")
    {'n': 3}
    """
    plain = _plain(values)
    return {**plain, CHECKSUM: checksum_of(plain, kind)}


def without_checksum(
    values: Mapping[str, Any], kind: str, *, required: bool = False
) -> dict[str, Any]:
    """Return what `with_checksum` was given, when the checksum is right.

    Parameters
    ----------
    values : mapping
        What was read.
    kind : str
        What it should be.
    required : bool, default=False
        Whether values without a checksum, which older versions wrote, are refused.

    Raises
    ------
    ValueError
        When the values are not those that the checksum was taken of.
    """
    others = {name: value for name, value in values.items() if name != CHECKSUM}
    if CHECKSUM not in values:
        if required:
            raise ValueError("it has no checksum")
    elif values[CHECKSUM] != checksum_of(others, kind):
        raise ValueError("it was changed: it does not match its checksum")
    return others


def _plain(value: Any) -> Any:
    if isinstance(value, (np.generic, np.ndarray)):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
