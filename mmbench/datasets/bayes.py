"""The best accuracy that any method can reach on made-up multimodal samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["BayesAccuracy", "bayes_accuracy"]

Likelihood = NDArray[np.float64]


class BayesAccuracy(NamedTuple):
    """The accuracy of the Bayes-optimal classifier, by what it may look at.

    Attributes
    ----------
    text, image, both : float
        A share of samples, 0 to 1.
    """

    text: float
    image: float
    both: float


def bayes_accuracy(
    n_classes: int,
    *,
    redundant: float,
    unique_text: float,
    unique_image: float,
    synergy: float,
    noise: float = 0.0,
    missing: float = 0.0,
) -> BayesAccuracy:
    r"""Return the Bayes-optimal accuracies of `make_multimodal`'s samples.

    Nothing is fitted: every outcome that can be observed is enumerated with its
    probability under every class, and the accuracy is
    :math:`\\sum_o \\max_y P(y) P(o \\mid y)`.

    Parameters
    ----------
    n_classes : int
        The number of classes, all equally probable.
    redundant, unique_text, unique_image, synergy, noise, missing : float in [0, 1]
        As in :func:`~mmbench.datasets.make_multimodal`.

    Returns
    -------
    BayesAccuracy

    Examples
    --------
    A cue that is the label in half of all cases, and else one of two classes at
    random, is right in three quarters.

    >>> bayes_accuracy(2, redundant=0, unique_text=0.5, unique_image=0, synergy=0)
    BayesAccuracy(text=0.75, image=0.5, both=0.75)
    """
    shown = _copy(n_classes, 1 - noise)
    shared = _copy(n_classes, redundant)
    only_text = _copy(n_classes, unique_text) @ shown
    only_image = _copy(n_classes, unique_image) @ shown
    # A replaced half makes the sum of both halves random.
    whole = _copy(n_classes, synergy * (1 - noise) ** 2)
    # Renaming the classes changes nothing, so one value of the text's shared number
    # stands for all of them.
    both_shared = n_classes * np.einsum("yc,c,ci->yi", shared, shown[:, 0], shown)
    text = _accuracy(shared @ shown, only_text)
    image = _accuracy(shared @ shown, only_image)
    both = _accuracy(both_shared, only_text, only_image, whole)

    chance, there = 1 / n_classes, 1 - missing
    return BayesAccuracy(
        text=float(there * text + missing * chance),
        image=float(there * image + missing * chance),
        both=float(
            there**2 * both + there * missing * (text + image) + missing**2 * chance
        ),
    )


def _copy(n_classes: int, fidelity: float) -> Likelihood:
    """Return P(copy | value) of a copy that is the value or, else, random."""
    return fidelity * np.eye(n_classes) + (1 - fidelity) / n_classes


def _accuracy(*likelihoods: Likelihood) -> float:
    """Return the Bayes accuracy from observations independent given the label.

    Each likelihood has shape (n_classes, n_outcomes) and holds P(outcome | label).
    """
    joint = np.ones((len(likelihoods[0]), 1))
    for likelihood in likelihoods:
        joint = (joint[:, :, None] * likelihood[:, None, :]).reshape(len(joint), -1)
    return float(joint.max(axis=0).sum() / len(joint))
