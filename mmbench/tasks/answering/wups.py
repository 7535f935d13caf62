"""WUPS: answers that are nearly right, by the likeness of words in WordNet.

It needs ``nltk`` and its corpus ``wordnet``, which are looked for when it is computed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from mmbench.errors import RequirementError

__all__ = ["has_wordnet", "require_wordnet", "words_likeness", "wups"]

# Words that are less alike than the threshold count a tenth of their likeness.
_PENALTY = 0.1


def wups(
    answer: str,
    reference: str,
    threshold: float,
    likeness: Callable[[str, str], float] | None = None,
) -> float:
    """Return the WUPS score of an answer, which may be a list of things [1]_.

    Parameters
    ----------
    answer, reference : str
        Things parted by commas.
    threshold : float
        Words that are less alike count a tenth: 0.9 or 0.0.
    likeness : callable, optional
        Returns how alike two things are; by default :func:`words_likeness`.

    Returns
    -------
    float
        The smaller of two products: of each thing's greatest likeness to one on the
        other side, from either side.

    References
    ----------
    .. [1] M. Malinowski, M. Fritz (2014). A multi-world approach to question answering
       about real-world scenes based on uncertain input. NeurIPS.

    Examples
    --------
    >>> wups("cat, dog", "dog", 0.9, lambda a, b: float(a == b) or 0.5)
    0.05
    """
    alike: Callable[[str, str], float] = likeness or words_likeness
    said, given = _things(answer), _things(reference)
    if not said or not given:
        return float(said == given)

    def worth(one: str, other: str) -> float:
        found = 1.0 if one == other else alike(one, other)
        return found if found >= threshold else _PENALTY * found

    table = [[worth(one, other) for other in given] for one in said]
    rows: float = math.prod(max(row) for row in table)
    columns: float = math.prod(max(column) for column in zip(*table, strict=True))
    return min(rows, columns)


def has_wordnet() -> bool:
    """Return whether WordNet is installed.

    Returns
    -------
    bool
        False without ``nltk`` or without its corpus.
    """
    try:
        require_wordnet()
    except RequirementError:
        return False
    return True


@functools.lru_cache(maxsize=2**17)
def words_likeness(one: str, other: str) -> float:
    """Return the greatest Wu-Palmer likeness of two words' meanings.

    Parameters
    ----------
    one, other : str
        Two words, or several words each that WordNet knows as one.

    Returns
    -------
    float
        From 0 to 1; 0 where WordNet doesn't know them.

    Raises
    ------
    RequirementError
        Without WordNet.
    """
    wordnet = require_wordnet()
    meanings = [wordnet.synsets(each.replace(" ", "_")) for each in (one, other)]
    pairs = ((a, b) for a in meanings[0] for b in meanings[1])
    found: float = max((a.wup_similarity(b) or 0.0 for a, b in pairs), default=0.0)
    return found


@functools.cache
def require_wordnet() -> Any:
    """Return WordNet.

    Returns
    -------
    object
        nltk's reader of the corpus.

    Raises
    ------
    RequirementError
        Without ``nltk`` or its corpus.
    """
    try:
        from nltk.corpus import wordnet

        wordnet.ensure_loaded()
    except (ImportError, LookupError):
        raise RequirementError(
            "WUPS needs WordNet: pip install nltk, then python -m nltk.downloader "
            "wordnet."
        ) from None
    return wordnet


def _things(answer: str) -> Sequence[str]:
    return [each.strip().lower() for each in answer.split(",") if each.strip()]
