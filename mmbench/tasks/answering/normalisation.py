"""How answers are made comparable: as VQA's official evaluation does, and cleanly.

Both drop articles, write number words as digits, give contractions their apostrophe and
take punctuation away. The official rules have quirks, which are kept to the letter:

- a punctuation mark becomes a space, unless it stands beside a space anywhere in the
  answer, or the answer has a digit, a comma and a digit in a row: then it vanishes;
- full stops vanish unless a digit follows, but only the first 32 of them (a flag was
  given in place of a count, and a look-behind is misspelled as a look-ahead);
- ``none`` becomes ``0``, so an answer ``none`` to "what is it?" equals ``0``;
- contractions of *I* are never restored, since answers are lower case by then, and
  ``somebody'd`` loses its apostrophe instead of getting one;
- apostrophes and colons are not punctuation.

References
----------
.. [1] S. Antol et al. (2015). VQA: Visual question answering. ICCV. The rules are those
   of ``vqaEval.py`` at https://github.com/GT-Vision-Lab/VQA.
"""

from __future__ import annotations

import functools
import re

__all__ = ["clean_answer", "official_answer", "plain_answer"]

_ARTICLES = frozenset({"a", "an", "the"})
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten"
_NUMBERS = {word: str(i) for i, word in enumerate(_NUMBER_WORDS.split())}
_OFFICIAL_NUMBERS = {"none": "0", **_NUMBERS}
_PUNCTUATION = ';/[]"{}()=+\\_-><@`,?!'
_THOUSANDS = re.compile(r"\d,\d")
_OFFICIAL_STOP = re.compile(r"\.(?!\d)")
_MOST_STOPS = int(re.UNICODE)

# Every contraction that is restored; each may lack any one of its apostrophes.
_CONTRACTIONS = """
ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've
hasn't haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am
mightn't mightn't've might've mustn't must've needn't not've o'clock oughtn't 'ow's'at
shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's
someone'd someone'd've someone'll someone's something'd something'd've something'll
that's there'd there'd've there're there's they'd they'd've they'll they're they've
'twas wasn't we'd've we've weren't what'll what're what's what've when's where'd where's
where've who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't
wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've
"""
_RESTORED = {
    word[: each.start()] + word[each.end() :]: word
    for word in _CONTRACTIONS.split()
    for each in re.finditer("'", word)
}
_OFFICIAL_CONTRACTIONS = {**_RESTORED, "somebody'd": "somebodyd"}

_BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d)")
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")
_OTHER_MARKS = re.compile(r"[^\w\s.']|_")


def plain_answer(text: str) -> str:
    r"""Return an answer in the form compared where all references are the same.

    Parameters
    ----------
    text : str
        An answer.

    Returns
    -------
    str
        Line breaks and tabs as spaces, without any at the ends.

    Examples
    --------
    >>> plain_answer(" Yes.\n")
    'Yes.'
    """
    return text.replace("\n", " ").replace("\t", " ").strip()


@functools.lru_cache(maxsize=2**17)
def official_answer(text: str) -> str:
    """Return an answer as VQA's official evaluation compares it.

    Parameters
    ----------
    text : str
        An answer.

    Returns
    -------
    str
        In lower case, without articles and most punctuation.

    Examples
    --------
    >>> official_answer("The two cats."), official_answer("dont know")
    ('2 cats', "don't know")
    >>> official_answer("1,000-2,000"), official_answer("black-white"), "kept: " + (
    ...     official_answer("4.5"))
    ('10002000', 'black white', 'kept: 4.5')
    """
    given = found = plain_answer(text)
    vanishes = _THOUSANDS.search(given) is not None
    for mark in _PUNCTUATION:
        beside_space = f"{mark} " in given or f" {mark}" in given
        found = found.replace(mark, "" if vanishes or beside_space else " ")
    found = _OFFICIAL_STOP.sub("", found, count=_MOST_STOPS)
    words = (_OFFICIAL_NUMBERS.get(word, word) for word in found.lower().split())
    kept = (word for word in words if word not in _ARTICLES)
    return " ".join(_OFFICIAL_CONTRACTIONS.get(word, word) for word in kept)


@functools.lru_cache(maxsize=2**17)
def clean_answer(text: str) -> str:
    """Return an answer by the same rules without their quirks.

    Commas between digits vanish, all other punctuation but apostrophes becomes a space,
    and so do full stops unless they stand between digits; ``none`` is a word, and an
    answer that is nothing but articles stays.

    Parameters
    ----------
    text : str
        An answer.

    Returns
    -------
    str
        In lower case.

    Examples
    --------
    >>> clean_answer("The two cats."), clean_answer("1,000-2,000"), clean_answer("None")
    ('2 cats', '1000 2000', 'none')
    >>> clean_answer("red , blue"), clean_answer("A"), clean_answer("4.50 m.")
    ('red blue', 'a', '4.50 m')
    """
    found = _BETWEEN_DIGITS.sub("", text.casefold().replace("\u2019", "'"))
    found = _OTHER_MARKS.sub(" ", _STOP.sub(" ", found))
    words = [_NUMBERS.get(word, word) for word in found.split()]
    kept = [word for word in words if word not in _ARTICLES] or words
    return " ".join(_RESTORED.get(word, word) for word in kept)
