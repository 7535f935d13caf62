"""Scores of one answer, given several people's answers to the same question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mmbench.tasks.answering.normalisation import (
    clean_answer,
    official_answer,
    plain_answer,
)

__all__ = [
    "clean_vqa_accuracy",
    "exact_match",
    "leave_one_out",
    "token_f1",
    "vqa_accuracy",
]

_ENOUGH = 3


def leave_one_out(n_equal: int, n_references: int) -> float:
    """Return the mean of min(matches / 3, 1) over the sets that lack one reference.

    Parameters
    ----------
    n_equal : int
        How many references equal the answer.
    n_references : int
        How many there are, at least 1.

    Returns
    -------
    float
        Of ten references 0, .3, .6, .9 or 1. Where fewer than four leave fewer than
        three to match, a match with all that are left counts as 1; a single reference
        is matched or not. VQA itself always has ten.

    Examples
    --------
    >>> [round(leave_one_out(n, 10), 12) for n in range(5)]
    [0.0, 0.3, 0.6, 0.9, 1.0]
    >>> leave_one_out(1, 1), leave_one_out(2, 2), leave_one_out(1, 2)
    (1.0, 1.0, 0.5)
    """
    if n_references == 1:
        return float(n_equal)
    enough = min(_ENOUGH, n_references - 1)
    with_it = min((n_equal - 1) / enough, 1.0) if n_equal else 0.0
    without = min(n_equal / enough, 1.0)
    others = n_references - n_equal
    return (n_equal * with_it + others * without) / n_references


def vqa_accuracy(answer: str, references: Sequence[str]) -> float:
    """Return VQA's official accuracy of an answer [1]_.

    Answers are normalised by :func:`official_answer` only where people disagree; where
    all gave the same, the answer must be that very string.

    Parameters
    ----------
    answer : str
        The answer.
    references : sequence of str, not empty
        What people answered.

    Returns
    -------
    float
        As :func:`leave_one_out`.

    References
    ----------
    .. [1] S. Antol et al. (2015). VQA: Visual question answering. ICCV.

    Examples
    --------
    >>> vqa_accuracy("Red.", ["red"] * 10), vqa_accuracy("Red.", ["red"] * 9 + ["A."])
    (0.0, 1.0)
    """
    said, given = plain_answer(answer), [plain_answer(each) for each in references]
    if len(set(given)) > 1:
        said, given = official_answer(said), [official_answer(each) for each in given]
    return leave_one_out(given.count(said), len(given))


def clean_vqa_accuracy(answer: str, references: Sequence[str]) -> float:
    """Return the same with answers always normalised, by :func:`clean_answer`.

    Parameters
    ----------
    answer : str
        The answer.
    references : sequence of str, not empty
        What people answered.

    Returns
    -------
    float
        As :func:`leave_one_out`.

    Examples
    --------
    >>> clean_vqa_accuracy("Red.", ["red"] * 10)
    1.0
    """
    given = [clean_answer(each) for each in references]
    return leave_one_out(given.count(clean_answer(answer)), len(given))


def exact_match(answer: str, references: Sequence[str]) -> bool:
    """Return whether an answer is one of the references, both cleaned.

    Parameters
    ----------
    answer : str
        The answer.
    references : sequence of str
        What people answered.

    Returns
    -------
    bool

    Examples
    --------
    >>> exact_match("The cat!", ["dog", "cat"])
    True
    """
    return clean_answer(answer) in {clean_answer(each) for each in references}


def token_f1(answer: str, references: Sequence[str]) -> float:
    """Return how far the words of an answer are those of its nearest reference [1]_.

    Parameters
    ----------
    answer : str
        The answer.
    references : sequence of str
        What people answered.

    Returns
    -------
    float
        F1 of the words of cleaned answers, the best over references.

    References
    ----------
    .. [1] P. Rajpurkar, J. Zhang, K. Lopyrev, P. Liang (2016). SQuAD: 100,000+
       questions for machine comprehension of text. EMNLP.

    Examples
    --------
    >>> token_f1("the red car", ["a red bus", "blue"])
    0.5
    """
    said = clean_answer(answer).split()
    return max(_f1(said, clean_answer(each).split()) for each in set(references))


def _f1(said: Sequence[str], given: Sequence[str]) -> float:
    if not said or not given:
        return float(said == given)
    common = (Counter(said) & Counter(given)).total()
    return 2 * common / (len(said) + len(given))
