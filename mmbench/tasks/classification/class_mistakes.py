"""Wrong classes, how sure the method is of them, and labels that are suspect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import entropy

from mmbench.stats import label_errors
from mmbench.tasks.classification.metrics import class_numbers, classes_of
from mmbench.tasks.mistakes import Mistakes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

__all__ = ["class_mistakes", "vote_entropy"]


def class_mistakes(target: Target, prediction: Prediction) -> Mistakes:
    """Return the errors of class labels, and by confident learning those of the truth.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows, by models that were not fitted to them.

    Returns
    -------
    Mistakes
        An error is the probability of the class that was answered; 1 without
        probabilities.
    """
    names = list(map(str, classes_of(target).tolist()))
    truth, label = class_numbers(target), prediction["label"]
    wrong = truth != label
    if "proba" not in prediction:
        error = wrong.astype(np.float64)
        words, nothing = _named(names, truth), [""] * len(truth)
        return Mistakes(words, _named(names, label), error, None, nothing)
    proba = prediction["proba"]
    sure = proba[np.arange(len(label)), label]
    answer = [f"{n} ({p:.2f})" for n, p in zip(_named(names, label), sure, strict=True)]
    found = label_errors(truth, proba)
    suspicion = np.zeros(len(truth))
    suspicion[found.suspects] = -found.margin[found.suspects]
    return Mistakes(
        truth=_named(names, truth),
        answer=answer,
        error=np.where(wrong, sure, 0.0),
        suspicion=suspicion,
        rather=_named(names, found.likelier),
    )


def _named(names: Sequence[str], numbers: NDArray[np.intp]) -> list[str]:
    return [names[i] for i in numbers.tolist()]


def vote_entropy(labels: Sequence[NDArray[np.intp]]) -> NDArray[np.float64]:
    """Return the entropy of what voters say of each row.

    Parameters
    ----------
    labels : sequence of ndarray of int, shape (n_rows,)
        The labels of each voter.

    Returns
    -------
    ndarray of shape (n_rows,)
        In nats; 0 where all say the same.

    References
    ----------
    I. Dagan, S. P. Engelson. *Committee-based sampling for training probabilistic
    classifiers.* ICML 1995.
    """
    votes = np.array(labels)
    counts = np.array([(votes == label).sum(axis=0) for label in np.unique(votes)])
    found: NDArray[np.float64] = entropy(counts, axis=0)
    return found
