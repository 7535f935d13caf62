"""Metrics of answers, each the mean of the scores of single answers."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.tasks.answering.answer_scores import (
    clean_vqa_accuracy,
    exact_match,
    token_f1,
    vqa_accuracy,
)
from mmbench.tasks.answering.data import TRUTH
from mmbench.tasks.answering.references import reference_rows
from mmbench.tasks.answering.wups import has_wordnet, require_wordnet, wups
from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = ["METRICS", "answers_given", "count_answers", "right_answers"]

_VALUES = ("vqa_accuracy", "vqa_accuracy_clean", "exact_match", "token_f1", "accuracy")
_GROUPS = ("picture", "question")


def answers_given(target: Target, prediction: Prediction) -> NDArray[np.str_]:
    """Return the answers of a prediction as strings.

    Parameters
    ----------
    target : Target
        Its schema has the classes that a classifier's labels are numbers of.
    prediction : Prediction
        Has ``answer``, or ``label``.

    Returns
    -------
    ndarray of str, shape (n_rows,)
    """
    if "answer" in prediction:
        return prediction["answer"]
    found: NDArray[np.str_] = np.asarray(target.schema["classes"])[prediction["label"]]
    return found


def right_answers(target: Target, prediction: Prediction) -> NDArray[np.bool_]:
    """Return which rows are given an answer that is one of their references.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        Answers are compared as :func:`clean_answer` has them.
    """
    said = answers_given(target, prediction).tolist()
    pairs = zip(said, _references(target), strict=True)
    return np.fromiter((exact_match(*pair) for pair in pairs), np.bool_, len(said))


def count_answers(target: Target, prediction: Prediction) -> Floats:
    """Return several scores of each row's answer, and a one.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    ndarray of shape (n_rows, 6)
        Official and clean VQA accuracy, exact match, token F1, whether the answer is
        the commonest reference as it is written, and one.
    """
    said = answers_given(target, prediction)
    rows = [
        (
            vqa_accuracy(answer, references),
            clean_vqa_accuracy(answer, references),
            exact_match(answer, references),
            token_f1(answer, references),
        )
        for answer, references in zip(said.tolist(), _references(target), strict=True)
    ]
    scores = np.array(rows, np.float64).reshape(len(said), len(_VALUES) - 1)
    return np.column_stack([scores, said == target.y, np.ones(len(said))])


def count_consistent(
    target: Target, prediction: Prediction, column: str = "picture"
) -> Floats:
    """Return each row's share of its picture, and of that when all rows are right.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.
    column : {"picture", "question"}
        What rows have in common.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        Their sums are how many pictures have all their questions answered correctly,
        and how many there are.
    """
    right = right_answers(target, prediction)
    of = np.unique(target.scored[:, TRUTH[column]], return_inverse=True)[1].reshape(-1)
    sizes, n_right = np.bincount(of), np.bincount(of, weights=right)
    share = 1 / sizes[of]
    return np.column_stack([share * (n_right == sizes)[of], share])


def _references(target: Target) -> list[list[str]]:
    return reference_rows(target.scored[:, TRUTH["references"] :])


def _mean_of(place: int) -> Callable[[Any], Floats]:
    return functools.partial(_ratio, place=place)


def _ratio(sums: Any, place: int = 0) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.asarray(sums[place], np.float64) / np.asarray(sums[-1])
    return found


def _wups(target: Target, prediction: Prediction, threshold: float = 0.9) -> Floats:
    said = answers_given(target, prediction).tolist()
    pairs = zip(said, _references(target), strict=True)
    best = [max(wups(a, r, threshold) for r in set(given)) for a, given in pairs]
    return np.column_stack([best, np.ones(len(best))])


def _of_answers(name: str, label: str, description: str) -> Metric:
    return Metric(
        name=name,
        label=label,
        description=description,
        contributions=count_answers,
        value=_mean_of(_VALUES.index(name)),
        shows_spread=name == "vqa_accuracy",
    )


def _of_groups(name: str, label: str, column: str, description: str) -> Metric:
    return Metric(
        name=name,
        label=label,
        description=description,
        contributions=functools.partial(count_consistent, column=column),
        value=_mean_of(0),
    )


@dataclass(frozen=True, kw_only=True)
class _OfWordNet(Metric):
    """A metric that is defined where WordNet is installed."""

    def check_requirements(self) -> None:
        """Check that WordNet can be read.

        Raises
        ------
        RequirementError
            When it can't.
        """
        require_wordnet()

    def is_defined(self, target: Target, prediction: Prediction) -> bool:
        """Return whether WordNet can be read, and all else is there."""
        return has_wordnet() and super().is_defined(target, prediction)


def _of_wordnet(name: str, label: str, threshold: float) -> Metric:
    return _OfWordNet(
        name=name,
        label=label,
        description=f"WUPS: likeness of answers in WordNet, a tenth of it where it is "
        f"less than {threshold:g}; needs nltk and its corpus wordnet",
        contributions=functools.partial(_wups, threshold=threshold),
        value=_mean_of(0),
    )


METRICS = (
    _of_answers(
        "vqa_accuracy",
        "VQA accuracy",
        "min(matches / 3, 1) averaged over the sets that lack one reference, by VQA's "
        "official normalisation; with one reference, whether the answer is that string",
    ),
    _of_answers(
        "vqa_accuracy_clean",
        "clean VQA accuracy",
        "the same by a normalisation without the official one's quirks",
    ),
    _of_answers(
        "exact_match",
        "exact match",
        "share of answers that are one of the references, both cleaned",
    ),
    _of_answers(
        "token_f1",
        "token F1",
        "F1 of the words of answer and nearest reference, averaged over questions",
    ),
    _of_answers(
        "accuracy",
        "accuracy",
        "share of answers that are the commonest reference as it is written",
    ),
    _of_groups(
        "consistency",
        "consistency",
        "picture",
        "share of pictures whose questions are all answered correctly",
    ),
    _of_groups(
        "consistency_of_questions",
        "consistency of questions",
        "question",
        "share of questions that are answered correctly about all their pictures",
    ),
    _of_wordnet("wups_09", "WUPS at 0.9", 0.9),
    _of_wordnet("wups_00", "WUPS at 0.0", 0.0),
)
"""The metrics of answers, those that rank first."""
