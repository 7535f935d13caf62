"""What a fitted model is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

__all__ = ["parts_of"]

_PLAIN = (str, bytes, bytearray, int, float, complex, bool, type(None), type)


def parts_of(model: Any) -> Iterator[Any]:
    """Yield a model and all objects that it holds, each once.

    Parameters
    ----------
    model : object
        Fitted or not. Attributes, items and keyed values are followed.

    Yields
    ------
    object
        What is not a plain value, nor a container of such.
    """
    seen: dict[int, Any] = {}
    left = [model]
    while left:
        each = left.pop()
        if isinstance(each, _PLAIN) or id(each) in seen:
            continue
        seen[id(each)] = each  # which keeps the id from being given to another
        if isinstance(each, Mapping):
            left.extend(each.values())
        elif isinstance(each, list | tuple | set | frozenset):
            left.extend(each)
        elif isinstance(each, np.ndarray):
            left.extend(each.ravel().tolist() if each.dtype == object else ())
        else:
            yield each
            left.extend(getattr(each, "__dict__", {}).values())
