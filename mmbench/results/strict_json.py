"""JSON that any parser reads: no NaN, no infinity, no numpy, ASCII only."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["dump_strict", "load_strict"]


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
