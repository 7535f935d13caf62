"""Sentences whose names a document sets apart from the words."""

from __future__ import annotations

__all__ = ["FileName", "Name", "Sentence", "capital"]


class Name(str):
    """A name inside a sentence, which a document sets apart from the words."""

    __slots__ = ()


class FileName(str):
    """The name of a file of the report, which a document links to."""

    __slots__ = ()


Sentence = tuple[str, ...]
"""Words, `Name`s and `FileName`s, in order."""


def capital(text: str) -> str:
    """Return text with a capital at its start, and no other letter changed.

    Parameters
    ----------
    text : str
        The beginning of a sentence; may be empty.

    Returns
    -------
    str
        The text, its first letter in upper case.

    Examples
    --------
    >>> capital("macro-F1"), capital("RMSE")
    ('Macro-F1', 'RMSE')
    """
    return text[:1].upper() + text[1:]
