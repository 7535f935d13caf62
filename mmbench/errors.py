"""What can go wrong, as a tree.

::

    MmbenchError
    ├── UsageError                  the call or command line is wrong
    │   └── UnknownNameError        a look-up failed; lists what exists
    ├── DataError                   the data can't be used as it is
    ├── EngineError                 worker processes can't be started
    ├── StoreError                  a results folder can't be read or written
    │   └── AlteredError            a file in it is not what its run wrote
    └── RequirementError            something has to be installed or fetched first
        ├── MissingDependencyError  an optional package is not installed
        └── MissingWeightsError     pretrained weights or vectors are missing

    DataWarning                     some rows can't be used; says how many and why

Estimators raise ``ValueError`` and ``TypeError``, as scikit-learn's do; these classes
are for what stands around them.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from importlib.util import find_spec

__all__ = [
    "AlteredError",
    "DataError",
    "DataWarning",
    "EngineError",
    "MissingDependencyError",
    "MissingWeightsError",
    "MmbenchError",
    "RequirementError",
    "StoreError",
    "UnknownNameError",
    "UsageError",
    "require_installed",
]

_MOST_LISTED = 100


class MmbenchError(Exception):
    """Base of every error that mmbench raises on purpose."""


class UsageError(MmbenchError):
    """The call or the command line is wrong."""


class UnknownNameError(UsageError):
    """A name was looked up that does not exist.

    Parameters
    ----------
    kind : str
        What was looked up, in the singular: ``"suite"``.
    name : str
        The name that was not found.
    known : iterable of str
        The names that exist.

    Examples
    --------
    >>> str(UnknownNameError("suite", "quik", ["fusion", "quick"]))
    "no suite is named 'quik'; did you mean 'quick'? There are: fusion, quick."
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        near = difflib.get_close_matches(self.name, self.known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        listed = ", ".join(self.known[:_MOST_LISTED]) or "none"
        if len(self.known) > _MOST_LISTED:
            listed += f" and {len(self.known) - _MOST_LISTED:,} more"
        return f"no {self.kind} is named {self.name!r}{hint} There are: {listed}."


class DataError(MmbenchError):
    """The data can't be used as it is; the message says where and what to do."""


class EngineError(MmbenchError):
    """Worker processes could not be started."""


class StoreError(MmbenchError):
    """A results folder can't be read or written."""


class AlteredError(StoreError):
    """A file of a results folder is not what its run wrote."""


class RequirementError(MmbenchError):
    """Something has to be installed or fetched first; the message says how."""


class MissingDependencyError(RequirementError, ImportError):
    """An optional package is not installed.

    Parameters
    ----------
    package : str
        The package that could not be imported.
    extra : str
        The extra of mmbench that brings it.

    Examples
    --------
    >>> str(MissingDependencyError("torch", extra="torch"))
    "torch is not installed; install it with: pip install 'mmbench[torch]'"
    """

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(package, extra)

    def __str__(self) -> str:
        return (
            f"{self.package} is not installed; install it with: "
            f"pip install 'mmbench[{self.extra}]'"
        )


def require_installed(package: str, *, extra: str) -> None:
    """Raise unless a package is installed; it is not imported.

    Parameters
    ----------
    package : str
        The package as Python calls it.
    extra : str
        The extra of mmbench that brings it.

    Raises
    ------
    MissingDependencyError
        When it is not installed.

    Examples
    --------
    >>> require_installed("numpy", extra="torch")
    """
    # What was imported need not have a spec.
    if package not in sys.modules and find_spec(package) is None:
        raise MissingDependencyError(package, extra=extra)


class MissingWeightsError(RequirementError):
    """Pretrained weights or vectors are missing; the message says how to get them."""


class DataWarning(UserWarning):
    """Some rows can't be used; the message says how many and why."""
