"""Target leakage through the values of a single column of numbers or categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.checks import Check, Finding
from mmbench.checks.catalogue import PROBABLE_LEAKAGE, STRONG_COLUMN, TARGET_LEAKAGE
from mmbench.datasets.leakage.association import chance_corrected, copies, looked_up
from mmbench.datasets.leakage.numbers import (
    candidates,
    clusters,
    correlation,
    has_constant_class,
    tree_accuracy,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.leakage.evidence import Evidence
    from mmbench.tasks import Question

__all__ = ["majority", "percent", "target_in_columns"]

# A column that is right about the label this often knows it from elsewhere.
_GIVEN_AWAY = 0.99
# The share of the majority's errors that may be left, so that a rare class counts.
_ERRORS_LEFT = 0.1
# How often a column with a value of its own for every class is right, and its agreement
# beyond chance.
_NOISY_COPY, _AGREEMENT = 0.88, 0.75
# Rows whose value others have, too, of a column of finer categories than the classes,
# and its agreement there beyond chance.
_REPEATED, _FINER_AGREEMENT = 0.5, 0.98
# Correlations with a target that is a number: the number itself, and with noise.
_SAME, _NEARLY_SAME = 0.9995, 0.99
# Rows that are looked at: enough to see a column that is right about all of them.
_MOST_ROWS = 2000


class _Given(NamedTuple):
    """How a column gives an answer away."""

    check: Check
    question: Question
    words: str
    say: str = ""


def target_in_columns(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each column of numbers or categories that has the target.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        Certain, probable or merely possible leakage, by its check.

    Notes
    -----
    A column has the target when the most frequent class of the *other* rows with the
    same value is right about 99 % of the rows, and wrong about a tenth at most of those
    that the most frequent class is wrong about; probably when every class has a value
    of its own that tells it in nine of ten rows, or when values that are finer than the
    classes, such as those of a subcategory, tell it wherever they are repeated. A
    measurement that merely separates the classes at a few thresholds is pointed out,
    and no more.
    """
    if not evidence.columns("categorical", "numeric"):
        return
    rows = evidence.rows(_MOST_ROWS, "columns that have the target")
    for name in evidence.columns("categorical"):
        codes = _codes(evidence.cells(name), rows)
        given = [_category(codes, _asked(q, rows)) for q in evidence.questions]
        yield from _findings(name, given)
    numeric = evidence.columns("numeric")
    matrix = evidence.numbers(numeric, rows)
    questions = [_asked(question, rows) for question in evidence.questions]
    for column in candidates(matrix, questions):
        given = [_number(matrix[:, column], question) for question in questions]
        yield from _findings(numeric[column], given)


def _asked(question: Question, rows: NDArray[np.intp]) -> Question:
    """Return a question about some of the rows, its classes numbered from 0."""
    y = np.unique(question.y[rows], return_inverse=True)[1]
    values = None if question.values is None else question.values[rows]
    return question._replace(y=y, values=values)


def _codes(cells: Sequence[Any], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    import pandas as pd

    return pd.factorize(pd.Series([cells[row] for row in rows], dtype=object))[0]


def _category(codes: NDArray[np.intp], question: Question) -> _Given | None:
    if _is_constant(question):
        return None
    right = float((looked_up(codes, question.y) == question.y).mean())
    if right >= _needed(question):
        return _Given(TARGET_LEAKAGE, question, _right(right))
    return _copied(codes, question) or _determined(codes, question)


def _determined(codes: NDArray[np.intp], question: Question) -> _Given | None:
    """Return what gives the answer away by its finer values, some too rare to tell."""
    repeated = np.bincount(codes + 1)[codes + 1] > 1
    if repeated.mean() < _REPEATED or not question.y[repeated].any():
        return None
    own, y = codes[repeated], question.y[repeated]
    guess = looked_up(own, y)
    if chance_corrected(guess, y) < _FINER_AGREEMENT:
        return None
    share, right = percent(float(repeated.mean())), percent(float((guess == y).mean()))
    words = f"of the {share} of rows that share their value, it is right about {right}"
    return _Given(PROBABLE_LEAKAGE, question, words, "determines {}")


def _number(numbers: NDArray[np.float64], question: Question) -> _Given | None:
    if question.values is not None:
        r, most = correlation(numbers, question.values)
        if abs(r) >= _NEARLY_SAME or abs(most) >= _SAME:
            check = TARGET_LEAKAGE if abs(r) >= _SAME else PROBABLE_LEAKAGE
            return _Given(check, question, _correlated(r, most))
    if _is_constant(question):
        return None
    codes = clusters(numbers)
    copied = None if codes is None else _copied(codes, question)
    if copied is not None:
        return copied
    values = np.unique(numbers, return_inverse=True)[1]
    looked = float((looked_up(values, question.y) == question.y).mean())
    by_tree = tree_accuracy(numbers, question.y)
    right = max(looked, by_tree)
    if right < _needed(question):
        return None
    is_code = by_tree < _THRESHOLDS or has_constant_class(numbers, question.y)
    check = TARGET_LEAKAGE if is_code else STRONG_COLUMN
    return _Given(check, question, _right(right))


# A tree of a few thresholds that is right this often: the numbers are in the order of
# the classes, as measurements are.
_THRESHOLDS = 0.97


def _correlated(r: float, most: float) -> str:
    words = f"its correlation with it is {int(r * 1e4) / 1e4:g}"
    if abs(r) >= _NEARLY_SAME:
        return words
    return f"{words}, without the eighth of the rows farthest off {most:.4f}"


def _copied(codes: NDArray[np.intp], question: Question) -> _Given | None:
    guess = copies(codes, question.y)
    if guess is None or chance_corrected(guess, question.y) < _AGREEMENT:
        return None
    right = float((guess == question.y).mean())
    if right < _NOISY_COPY:
        return None
    is_certain = right >= _needed(question)
    check = TARGET_LEAKAGE if is_certain else PROBABLE_LEAKAGE
    return _Given(check, question, _right(right))


def _is_constant(question: Question) -> bool:
    return not question.y.any()


def majority(question: Question) -> float:
    """Return how often the most frequent answer is right.

    Parameters
    ----------
    question : Question
        Its answers by number.

    Returns
    -------
    float
        Between 0 and 1.
    """
    return float(np.bincount(question.y).max() / len(question.y))


def _needed(question: Question) -> float:
    """Return how often a column that has the answer is right."""
    return max(_GIVEN_AWAY, 1 - _ERRORS_LEFT * (1 - majority(question)))


def _right(share: float) -> str:
    return f"by itself it is right about {percent(share)} of the rows"


def _findings(name: str, given: Sequence[_Given | None]) -> Iterator[Finding]:
    for check, say in _SENTENCES.items():
        found = [each for each in given if each is not None and each.check is check]
        if found:
            _, question, words, own = found[0]
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            guess = f"always {question.guess}: {percent(majority(question))}"
            about = f"{question.about}{more}"
            yield check.found(
                f"column {name!r} {(own or say).format(about)}: {words} ({guess})."
            )
            return


_SENTENCES = {
    TARGET_LEAKAGE: "gives {} away",
    PROBABLE_LEAKAGE: "looks like a copy of {} with some noise",
    STRONG_COLUMN: "separates {} almost perfectly, which is fine if its values are "
    "known before the target is",
}


def percent(share: float) -> str:
    """Return a share in percent, rounded down, so that 99.96 % is not all.

    Parameters
    ----------
    share : float
        Between 0 and 1.

    Returns
    -------
    str
        Such as ``"99.9 %"``, with a no-break space.
    """
    return f"{int(1000 * share) / 10:g}\N{NO-BREAK SPACE}%"
