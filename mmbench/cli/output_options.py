"""How much a command prints, and in which form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["json_option", "quiet_option", "verbose_option"]

Decorator = Callable[[Any], Any]

json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON only."
)


def quiet_option(what: str) -> Decorator:
    """Return the option ``-q``.

    Parameters
    ----------
    what : str
        What is still printed, as a sentence.

    Returns
    -------
    callable
        The decorator of a command.
    """
    return click.option("-q", "--quiet", is_flag=True, help=what)


def verbose_option(what: str) -> Decorator:
    """Return the option ``-v``.

    Parameters
    ----------
    what : str
        What is printed as well, as a sentence.

    Returns
    -------
    callable
        The decorator of a command.
    """
    return click.option("-v", "--verbose", is_flag=True, help=what)
