"""Stacks of option decorators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])


def stacked(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """Return one decorator for several options, which help lists in this order.

    Parameters
    ----------
    *options : callable
        Decorators, such as ``click.option`` returns.

    Returns
    -------
    callable
        Decorates a command with all of them.
    """

    def decorate(function: _F) -> _F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate
