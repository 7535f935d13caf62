"""Names that a reader can't tell apart: labels and groups that may be meant as one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from mmbench.checks import Finding
from mmbench.checks.catalogue import LOOK_ALIKES

__all__ = ["look_alikes"]

_NUMBER = re.compile(r"([+-]?)0*(\d+?)(?:\.0*|(\.\d*?)0*)?", re.ASCII)
_MOST_NAMED = 3


def look_alikes(
    column: str, names: Iterable[Any], noun: str, so: str = ""
) -> tuple[Finding, ...]:
    """Return a notice for each set of names that differ in how they are written only.

    Names look alike when they differ in case, spaces, invisible characters, their
    Unicode form (composed, decomposed, full width), or as numbers in leading and
    trailing zeros. They stay apart, as they were typed.

    Parameters
    ----------
    column : str
        The column that they come from.
    names : iterable
        Each is taken as its string.
    noun : str
        What they are, in the plural: ``"classes"``.
    so : str, default=""
        What follows from their being apart, behind the noun.

    Returns
    -------
    tuple of str
        One sentence a set; past a limit the last one counts the rest.

    Examples
    --------
    >>> look_alikes("kind", ["cat", "Cat ", "dog"], "classes")
    ("column 'kind': 'Cat ', 'cat' count as different classes.",)
    >>> look_alikes("patient", ["1", "01", "1.0", "10"], "groups")
    ("column 'patient': '01', '1', '1.0' count as different groups.",)
    """
    alike = defaultdict(list)
    for name in sorted(set(names), key=str):
        alike[_key(str(name))].append(name)
    sets = [found for found in alike.values() if len(found) > 1]
    notices = [
        f"column {column!r}: {_listed(found)} count as different {noun}{so}."
        for found in sets[:_MOST_NAMED]
    ]
    if len(sets) > _MOST_NAMED:
        notices.append(
            f"column {column!r}: {len(sets) - _MOST_NAMED:,} more sets of {noun} look "
            "alike."
        )
    return tuple(map(LOOK_ALIKES.found, notices))


def _key(name: str) -> str:
    """Return what names share that look alike."""
    # Folding can undo a normal form, so that it is taken again.
    folded = unicodedata.normalize("NFKC", name).casefold()
    visible = "".join(
        character
        for character in unicodedata.normalize("NFKC", folded)
        if unicodedata.category(character) not in ("Cf", "Cc") or character.isspace()
    )
    flat = " ".join(visible.split())
    number = _NUMBER.fullmatch(flat)
    return f"{number[1].strip('+')}{number[2]}{number[3] or ''}" if number else flat


def _listed(names: list[Any]) -> str:
    """Return names in quotes; characters that don't show are spelled out."""
    shown = [repr(name) for name in names]
    if len({_plainly(each) for each in shown}) < len(shown):
        shown = [ascii(name) for name in names]
    return ", ".join(shown)


def _plainly(shown: str) -> str:
    return unicodedata.normalize("NFC", shown)
