"""Checks of an extractor's parameters, with errors that name rule and value."""

from __future__ import annotations

from collections.abc import Collection
from numbers import Integral, Real
from typing import Any

__all__ = ["require_choice", "require_int", "require_positive"]


def require_int(name: str, value: Any, *, minimum: int) -> None:
    """Raise unless a parameter is an integer of at least ``minimum``.

    Parameters
    ----------
    name : str
        The parameter's name, for error messages.
    value : object
        What the user gave; a bool counts as no integer.
    minimum : int
        The least value allowed.

    Raises
    ------
    TypeError
        When it is not an integer.
    ValueError
        When it is too small.

    Examples
    --------
    >>> require_int("window", 0, minimum=1)
    Traceback (most recent call last):
    ...
    ValueError: window must be an integer of at least 1, got 0.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {value!r}.")
    if value < minimum:
        raise ValueError(
            f"{name} must be an integer of at least {minimum}, got {value}."
        )


def require_positive(name: str, value: Any) -> None:
    """Raise unless a parameter is a number above zero.

    Parameters
    ----------
    name : str
        The parameter's name, for error messages.
    value : object
        What the user gave; a bool counts as no number.

    Raises
    ------
    TypeError
        When it is not a real number.
    ValueError
        When it is zero, negative, infinite or NaN.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}.")
    if not 0 < float(value) < float("inf"):
        raise ValueError(f"{name} must be a finite number above 0, got {value}.")


def require_choice(name: str, value: Any, choices: Collection[str]) -> None:
    """Raise unless a parameter is one of some words.

    Parameters
    ----------
    name : str
        The parameter's name, for error messages.
    value : object
        What the user gave.
    choices : Collection of str
        The words allowed.

    Raises
    ------
    ValueError
        When it isn't.

    Examples
    --------
    >>> require_choice("pooling", "avg", ["mean", "tfidf"])
    Traceback (most recent call last):
    ...
    ValueError: pooling must be one of ['mean', 'tfidf'], got 'avg'.
    """
    if value not in choices:
        raise ValueError(f"{name} must be one of {sorted(choices)}, got {value!r}.")
