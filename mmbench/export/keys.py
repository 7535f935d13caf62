"""Mappings with keys of several parts, which an archive can't hold as they are."""

from __future__ import annotations

from typing import Any, NamedTuple

from mmbench.export.graph import parts_of

__all__ = ["Items", "pack_keys", "unpack_keys"]


class Items(NamedTuple):
    """The items of a mapping.

    Attributes
    ----------
    pairs : list of (object, object)
        Keys and values.
    """

    pairs: list[tuple[Any, Any]]


def pack_keys(model: Any) -> None:
    """Replace the mappings in a model whose keys are tuples by their items.

    Parameters
    ----------
    model : estimator
        Fitted; its attributes are changed.
    """
    for part in parts_of(model):
        for name, value in (
            list(vars(part).items()) if hasattr(part, "__dict__") else ()
        ):
            if type(value) is dict and any(type(key) is tuple for key in value):
                setattr(part, name, Items(list(value.items())))


def unpack_keys(model: Any) -> None:
    """Put back what `pack_keys` replaced.

    Parameters
    ----------
    model : estimator
        Just loaded; its attributes are changed.
    """
    for part in parts_of(model):
        for name, value in (
            list(vars(part).items()) if hasattr(part, "__dict__") else ()
        ):
            if isinstance(value, Items):
                setattr(part, name, dict(value.pairs))
