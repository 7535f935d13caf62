"""Wrong label sets: the worst of the labels of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mmbench.stats import label_errors
from mmbench.tasks.mistakes import Mistakes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

__all__ = ["label_set_mistakes"]


def label_set_mistakes(target: Target, prediction: Prediction) -> Mistakes:
    """Return the errors of label sets, each label a question of yes or no.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows, by models that were not fitted to them.

    Returns
    -------
    Mistakes
        An error is the greatest probability of a side that is wrong, over labels; the
        suspicion is that of the most suspect label.
    """
    names = list(map(str, target.schema["classes"]))
    truth, label = target.scored != 0, prediction["label"] != 0
    wrong = truth != label
    words = [_words(names, row) for row in truth], [_words(names, row) for row in label]
    if "proba" not in prediction:
        error = wrong.any(axis=1).astype(np.float64)
        return Mistakes(*words, error, None, [""] * len(truth))
    proba = prediction["proba"]
    sure = np.where(label, proba, 1 - proba)
    error = np.where(wrong, sure, 0.0).max(axis=1)
    suspicion = np.column_stack(
        [_suspicion(truth[:, j], proba[:, j]) for j in range(len(names))]
    )
    worst = suspicion.argmax(axis=1)
    rather = [
        f"{'not ' if has[j] else ''}{names[j]}"
        for has, j in zip(truth, worst, strict=True)
    ]
    return Mistakes(*words, error, suspicion.max(axis=1), rather)


def _suspicion(
    has: NDArray[np.bool_], proba: NDArray[np.float64]
) -> NDArray[np.float64]:
    found = label_errors(has.astype(np.intp), np.column_stack([1 - proba, proba]))
    suspicion = np.zeros(len(has))
    suspicion[found.suspects] = -found.margin[found.suspects]
    return suspicion


def _words(names: list[str], row: NDArray[np.bool_]) -> str:
    return ", ".join(names[j] for j in np.flatnonzero(row)) or "none"
