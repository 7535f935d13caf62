"""Types of questions and of answers, where a dataset doesn't name them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mmbench.columns import is_missing
from mmbench.tasks.answering.normalisation import clean_answer

__all__ = ["answer_types", "first_words", "question_types"]

_WORD = re.compile(r"[\w']+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_N_WORDS = 2


def first_words(text: Any, n_words: int = _N_WORDS) -> str:
    """Return how a question begins.

    Parameters
    ----------
    text : object
        A question; anything but a string has no words.
    n_words : int, default=2
        How many words.

    Returns
    -------
    str
        In lower case.

    Examples
    --------
    >>> first_words("What colour is it?"), first_words(None)
    ('what colour', '')
    """
    found = _WORD.findall(text.lower()) if isinstance(text, str) else []
    return " ".join(found[:n_words])


def question_types(questions: Sequence[Any]) -> list[str | None]:
    """Return the type of each question: its first two words.

    Parameters
    ----------
    questions : sequence
        Texts, some of which may be missing.

    Returns
    -------
    list of (str or None)
        None for a missing one.
    """
    return [None if is_missing(each) else first_words(each) for each in questions]


def answer_types(answers: Sequence[str]) -> list[str]:
    """Return the type of each answer, as VQA has them.

    Parameters
    ----------
    answers : sequence of str
        The commonest answers.

    Returns
    -------
    list of str
        ``yes/no``, ``number`` or ``other``.

    Examples
    --------
    >>> answer_types(["Yes", "two", "3", "red"])
    ['yes/no', 'number', 'number', 'other']
    """
    return [_answer_type(clean_answer(each)) for each in answers]


def _answer_type(answer: str) -> str:
    if answer in ("yes", "no"):
        return "yes/no"
    return "number" if _NUMBER.fullmatch(answer) else "other"
