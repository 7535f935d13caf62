"""Checks of the parameters of methods that write texts."""

from __future__ import annotations

from numbers import Integral
from typing import Any

__all__ = ["require_positive"]


def require_positive(estimator: Any, *names: str) -> None:
    """Check that parameters are integers of at least 1.

    Parameters
    ----------
    estimator : estimator
        Has them as attributes.
    *names : str
        Their names.

    Raises
    ------
    ValueError
        Names the first that is not.
    """
    for name in names:
        value = getattr(estimator, name)
        if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
            raise ValueError(f"{name} must be an integer of at least 1, got {value!r}.")
