"""Code that is not of a known package: noticed, and quoted with care.

A method's exceptions are its own code too: to show one may raise another, or give a
message of megabytes.
"""

from __future__ import annotations

import io
import pickle
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmbench.engine.execution.parts import load_part

# Their classes may share a process: they don't edit their input nor their process.
_KNOWN = {
    *("mmbench", "sklearn", "numpy", "scipy", "pandas", "xgboost", "lightgbm"),
    *("catboost", "torch", "torchvision", "builtins", "collections", "copyreg"),
    *("datetime", "decimal", "functools", "math", "operator", "pathlib", "_codecs"),
}
_MOST_REASON, _MOST_TRACEBACK, _MOST_WARNINGS = 2_000, 20_000, 50


class _Loader(pickle.Unpickler):
    """Unpickles, and notices whose classes and functions there are."""

    is_foreign = False
    parts: Path | None = None

    def persistent_load(self, pid: str) -> Any:
        """Return what stands in a part of the run."""
        if self.parts is None:
            raise pickle.UnpicklingError("it names a part, but there is no run")
        return load_part(self.parts / pid)

    def find_class(self, module: str, name: str) -> Any:
        """Return a class or a function by its name."""
        if module.partition(".")[0] not in _KNOWN:
            self.is_foreign = True
        return super().find_class(module, name)


def load(pickled: bytes, parts: Path | None = None) -> tuple[Any, bool]:
    """Return what was pickled, and whether code of an unknown package is in it.

    Parameters
    ----------
    pickled : bytes
        What ``cloudpickle.dumps`` or :meth:`Parts.pickled` returned in this run.
    parts : Path, optional
        The folder of the run's parts.

    Returns
    -------
    tuple of (object, bool)
        The object, and whether its code may do anything.
    """
    loader = _Loader(io.BytesIO(pickled))
    loader.parts = parts
    return loader.load(), loader.is_foreign


def reason_of(error: BaseException, *, bare: bool = False) -> str:
    """Return an exception's type and message, whatever showing it does.

    Parameters
    ----------
    error : BaseException
        What was raised.
    bare : bool, default=False
        Whether to leave out the type.

    Returns
    -------
    str
        Never longer than a fixed number of characters.

    Examples
    --------
    >>> reason_of(ValueError("too small"))
    'ValueError: too small'
    """
    name = type(error).__name__
    try:
        message = shortened(str(error), _MOST_REASON)
    except BaseException as another:  # noqa: BLE001 - a method's own __str__
        return f"{name}, whose message raised {type(another).__name__}"
    return message if bare else f"{name}: {message}"


def traceback_of(error: BaseException) -> str:
    """Return an exception's traceback, its middle left out where it is long.

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    str
        As Python prints it; chained exceptions are included.
    """
    try:
        lines = "".join(traceback.format_exception(error, limit=-100))
        return shortened(lines, _MOST_TRACEBACK)
    except BaseException as another:  # noqa: BLE001 - a method's own __str__
        return f"the traceback can't be shown: it raised {type(another).__name__}"


def warnings_of(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return what was warned about, each message once.

    Parameters
    ----------
    caught : sequence of WarningMessage
        What ``warnings.catch_warnings`` recorded.

    Returns
    -------
    tuple of str
        Type and message; past a limit, a note that the rest is left out.
    """
    found: dict[str, None] = {}
    for each in caught:
        try:
            text = shortened(f"{each.category.__name__}: {each.message}", _MOST_REASON)
        except BaseException as another:  # noqa: BLE001 - a method's own __str__
            text = f"a warning whose message raised {type(another).__name__}"
        found[text] = None
        if len(found) == _MOST_WARNINGS:
            found["further warnings are omitted"] = None
            break
    return tuple(found)


def shortened(text: str, most: int) -> str:
    """Return a text, its middle left out where it is longer than `most`.

    Parameters
    ----------
    text : str
        Any text.
    most : int
        Characters that are kept.

    Returns
    -------
    str
        With the number of characters that were left out.

    Examples
    --------
    >>> shortened("abcdefghij", 6)
    'abc [4 characters left out] hij'
    """
    n_cut = len(text) - most
    if n_cut <= 0:
        return text
    half = most // 2
    return f"{text[:half]} [{n_cut} characters left out] {text[-half:]}"
