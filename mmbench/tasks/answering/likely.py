"""Probabilities of many answers, kept for the likeliest ones only.

A set such as VQA v2 has a thousand answers to choose among and twenty thousand more
that its people gave: all their probabilities for its test rows take tens of gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mmbench.tasks.base import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CONFIDENCE", "N_LIKELY", "all_probable", "blocks", "likeliest", "of_answer"]

CONFIDENCE = "confidence"
N_LIKELY = 100
"""Of more answers than these, the probabilities of so many are kept."""

_MOST_CELLS = 2**23
# What rounding to float32 may leave.
_ROUNDED = 1e-5


def blocks(n_rows: int, n_answers: int) -> Iterator[NDArray[np.intp]]:
    """Yield rows, as many at once as have few probabilities.

    Parameters
    ----------
    n_rows, n_answers : int
        How many rows there are, each with how many probabilities.

    Yields
    ------
    ndarray of int
        One after another; a single empty one where there is no row.
    """
    step = max(_MOST_CELLS // n_answers, 1)
    for start in range(0, max(n_rows, 1), step):
        yield np.arange(start, min(start + step, n_rows))


def likeliest(prediction: Prediction) -> Prediction:
    """Keep the probabilities of the likeliest answers alone.

    Parameters
    ----------
    prediction : Prediction
        Has ``label`` and, of more than :data:`N_LIKELY` answers, ``proba``.

    Returns
    -------
    Prediction
        Has ``label``, ``confidence``, its probability, and the numbers and
        probabilities of the likeliest answers: ``likely`` and ``likely_proba``, of
        shape (n_rows, N_LIKELY), int32 and float32.
    """
    label, proba = prediction["label"], prediction["proba"]
    # Sorted by number, so that the first of equally probable ones stays the first.
    likely = np.sort(np.argpartition(proba, -N_LIKELY, axis=1)[:, -N_LIKELY:], axis=1)
    return Prediction(
        {
            "label": label,
            CONFIDENCE: proba[np.arange(len(label)), label],
            "likely": likely.astype(np.int32),
            "likely_proba": np.take_along_axis(proba, likely, 1).astype(np.float32),
        }
    )


def all_probable(
    prediction: Prediction, n_answers: int, seen: NDArray[np.intp] | None = None
) -> Prediction:
    """Return a prediction with the probabilities of all answers.

    Parameters
    ----------
    prediction : Prediction
        As :func:`likeliest` returns it.
    n_answers : int
        How many answers there are.
    seen : ndarray of int, optional
        The answers that training rows have: what the likeliest leave of one is spread
        evenly over the others of these; by default over all others.

    Returns
    -------
    Prediction
        Has ``label`` and ``proba``.
    """
    others = np.arange(n_answers) if seen is None else seen
    said, rest = _said_and_rest(prediction, len(others))
    proba = np.zeros((len(said), n_answers))
    proba[:, others] = rest[:, np.newaxis]
    np.put_along_axis(proba, prediction["likely"], said, 1)
    return Prediction({"label": prediction["label"], "proba": proba})


def of_answer(prediction: Prediction, numbers: NDArray[np.intp], n_seen: int) -> Floats:
    """Return the probability of one answer per row.

    Parameters
    ----------
    prediction : Prediction
        As :func:`likeliest` returns it.
    numbers : ndarray of int, shape (n_rows,)
        Which answers.
    n_seen : int
        How many answers training rows have.

    Returns
    -------
    ndarray of shape (n_rows,)
        As :func:`all_probable` has them.
    """
    said, rest = _said_and_rest(prediction, n_seen)
    is_it = prediction["likely"] == numbers[:, np.newaxis]
    found: Floats = np.where(is_it.any(axis=1), (said * is_it).sum(axis=1), rest)
    return found


def _said_and_rest(prediction: Prediction, n_answers: int) -> tuple[Floats, Floats]:
    """Return the kept probabilities, and what is left for each other answer."""
    said = prediction["likely_proba"].astype(np.float64)
    left = 1 - said.sum(axis=1)
    rest = np.where(left > _ROUNDED, left / max(n_answers - N_LIKELY, 1), 0.0)
    return said, rest
