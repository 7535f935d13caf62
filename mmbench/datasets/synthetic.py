"""The ``synthetic`` dataset: strings and images that carry known information.

What a modality knows about the label, what both know, and what only both together
know, is set by the caller; so is, therefore, the best accuracy that any method can
reach (:mod:`mmbench.datasets.bayes`).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.datasets.bayes import BayesAccuracy, bayes_accuracy
from mmbench.datasets.card import load_card
from mmbench.datasets.checksum import require_checksum
from mmbench.datasets.samples import Samples
from mmbench.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["load_synthetic", "make_multimodal"]

MAX_CLASSES = 16
# What `load_synthetic` passes on: each modality alone is mediocre, both are good, and
# adding up what each says does not give all of the difference.
SETTING: dict[str, Any] = {
    "n_samples": 1200,
    "n_classes": 4,
    "redundant": 0.3,
    "unique_text": 0.5,
    "unique_image": 0.4,
    "synergy": 0.5,
    "noise": 0.05,
    "missing": 0.05,
    "random_state": 0,
}

_N_FILLERS, _FILLERS_PER_TEXT = 20, 5
_PATCH, _WAVELENGTH, _PHASE = 16, 8, 0.3
_DARK, _BRIGHT, _GRAIN = 56, 200, 40


class Cues(NamedTuple):
    """What each modality shows of a sample: numbers from 0 to ``n_classes - 1``.

    Attributes
    ----------
    shared_text, unique_text, half_text : ndarray of int, shape (n_samples,)
        What the text shows: the cue that the picture shows as well, the cue of its own,
        and its half of the cue that needs both.
    shared_image, unique_image, half_image : ndarray of int, shape (n_samples,)
        The same of the picture.
    """

    shared_text: NDArray[Any]
    unique_text: NDArray[Any]
    half_text: NDArray[Any]
    shared_image: NDArray[Any]
    unique_image: NDArray[Any]
    half_image: NDArray[Any]


def make_multimodal(
    n_samples: int = 1000,
    n_classes: int = 4,
    *,
    redundant: float = 0.5,
    unique_text: float = 0.5,
    unique_image: float = 0.5,
    synergy: float = 0.5,
    noise: float = 0.0,
    missing: float = 0.0,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[Samples, BayesAccuracy]:
    """Make strings and images that carry known information about a label.

    Four cues are drawn for every sample. Each is the label with a given probability,
    and otherwise any class at random, the label included:

    - the *redundant* cue is shown by the text and, the same one, by the image;
    - the *unique* cues are shown by the text only and by the image only;
    - the *synergistic* cue is shown by neither: the text shows a random number, the
      image shows the cue minus that number, modulo the number of classes. With two
      classes that is XOR: each half alone says nothing, both together say it.

    A text shows its three numbers as three words between words that mean nothing; an
    image shows its three numbers as the orientations of three patches of stripes
    beside a fourth that means nothing. Both can be read without error, so the accuracy
    that is returned with the samples is exact.

    Parameters
    ----------
    n_samples : int, default=1000
        The number of samples. Classes are as balanced as that allows.
    n_classes : int, default=4
        The number of classes, 2 to 16.
    redundant, unique_text, unique_image, synergy : float in [0, 1], default=0.5
        The probability that the cue is the label rather than random.
    noise : float in [0, 1], default=0.0
        The probability that a number is replaced by a random one before it is shown;
        drawn for each number of each modality alone.
    missing : float in [0, 1], default=0.0
        The probability that a cell is missing; drawn for each cell alone.
    random_state : int, RandomState or None, default=None
        Seeds the draws. An int gives the same samples on every machine.

    Returns
    -------
    samples : Samples
        Column ``text`` of strings and column ``image`` of 32x32 uint8 arrays; labels 0
        to ``n_classes - 1``.
    accuracy : BayesAccuracy
        The best accuracy possible from the text, from the image, and from both.

    Raises
    ------
    UsageError
        When a parameter is out of its range.

    References
    ----------
    .. [1] Williams, P. L. and Beer, R. D. (2010). Nonnegative decomposition of
       multivariate information. arXiv:1004.2515. (Redundant, unique, synergistic.)

    Examples
    --------
    Pure synergy: useless alone, perfect together.

    >>> samples, accuracy = make_multimodal(
    ...     n_classes=2, redundant=0, unique_text=0, unique_image=0, synergy=1
    ... )
    >>> accuracy
    BayesAccuracy(text=0.5, image=0.5, both=1.0)
    """
    from sklearn.utils import check_random_state

    shares = {
        "redundant": redundant,
        "unique_text": unique_text,
        "unique_image": unique_image,
        "synergy": synergy,
        "noise": noise,
    }
    _check(n_samples, n_classes, shares | {"missing": missing})
    rng = check_random_state(random_state)
    y = rng.permutation(np.arange(n_samples) % n_classes)
    cues = _draw_cues(rng, y, n_classes, **shares)
    X = _frame(
        _texts(rng, [cues.shared_text, cues.unique_text, cues.half_text]),
        _images(
            rng, [cues.shared_image, cues.unique_image, cues.half_image], n_classes
        ),
    )
    # Both draws are always made, so that `missing` changes nothing but what is missing.
    absent = rng.random_sample(X.shape) < missing
    X = X.mask(absent, None)
    return Samples(X, y), bayes_accuracy(n_classes, **shares, missing=missing)


def load_synthetic() -> Samples:
    """Return the samples of one fixed setting of `make_multimodal`.

    Returns
    -------
    Samples

    Raises
    ------
    DataError
        When the samples are not those whose checksum the card pins.
    """
    samples, _ = make_multimodal(**SETTING)
    return require_checksum(samples, load_card("synthetic"))


def _check(n_samples: int, n_classes: int, shares: dict[str, float]) -> None:
    if not 2 <= n_classes <= MAX_CLASSES:
        raise UsageError(f"n_classes must be 2 to {MAX_CLASSES}, got {n_classes!r}.")
    if n_samples < n_classes:
        raise UsageError(
            f"n_samples must be at least n_classes ({n_classes}), got {n_samples!r}."
        )
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise UsageError(f"{name} must be between 0 and 1, got {share!r}.")


def _draw_cues(
    rng: np.random.RandomState,
    y: NDArray[Any],
    n_classes: int,
    *,
    redundant: float,
    unique_text: float,
    unique_image: float,
    synergy: float,
    noise: float,
) -> Cues:
    def copy(values: NDArray[Any], fidelity: float) -> NDArray[Any]:
        kept = rng.random_sample(len(y)) < fidelity
        return np.where(kept, values, rng.randint(n_classes, size=len(y)))

    shared = copy(y, redundant)
    whole, half = copy(y, synergy), rng.randint(n_classes, size=len(y))
    exact = Cues(
        shared_text=shared,
        unique_text=copy(y, unique_text),
        half_text=half,
        shared_image=shared,
        unique_image=copy(y, unique_image),
        half_image=(whole - half) % n_classes,
    )
    return Cues(*(copy(cue, 1 - noise) for cue in exact))


def _frame(texts: list[str], images: list[NDArray[np.uint8]]) -> pd.DataFrame:
    import pandas as pd

    columns = {"text": texts, "image": images}
    return pd.DataFrame({c: pd.Series(v, dtype=object) for c, v in columns.items()})


def _texts(rng: np.random.RandomState, cues: list[NDArray[Any]]) -> list[str]:
    """Write every sample's cues as words, in random order between fillers."""
    n_words = len(cues) + _FILLERS_PER_TEXT
    first_filler = MAX_CLASSES * len(cues)
    words = np.empty((len(cues[0]), n_words), dtype=np.int64)
    for column, cue in enumerate(cues):
        words[:, column] = MAX_CLASSES * column + cue
    fillers = rng.randint(_N_FILLERS, size=(len(words), _FILLERS_PER_TEXT))
    words[:, len(cues) :] = first_filler + fillers
    order = rng.random_sample(words.shape).argsort(axis=1)
    words = np.take_along_axis(words, order, axis=1)
    return [" ".join(map(_word, row)) for row in words.tolist()]


@functools.cache
def _word(number: int) -> str:
    """Return the made-up word of a number: three syllables, the first one its own."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    picks = (number, 3 * number + 17, 11 * number + 41)
    return "".join(syllables[pick % len(syllables)] for pick in picks)


def _images(
    rng: np.random.RandomState, cues: list[NDArray[Any]], n_classes: int
) -> list[NDArray[np.uint8]]:
    """Draw every sample's cues, and one that means nothing, as a 2x2 board of patches.

    The grain never reaches from dark to bright, so a threshold reads a patch back.
    """
    nothing = rng.randint(n_classes, size=len(cues[0]))
    patches = np.stack([_stripes(value, n_classes) for value in range(n_classes)])
    board = np.block(
        [
            [patches[cues[0]], patches[cues[1]]],
            [patches[cues[2]], patches[nothing]],
        ]
    )
    grain = rng.randint(-_GRAIN, _GRAIN + 1, size=board.shape)
    return list((np.where(board, _BRIGHT, _DARK) + grain).astype(np.uint8))


def _stripes(value: int, n_classes: int) -> NDArray[np.bool_]:
    """Return a patch of stripes; the value sets their orientation."""
    rows, columns = np.mgrid[:_PATCH, :_PATCH] - (_PATCH - 1) / 2
    angle = np.pi * value / n_classes
    across = columns * np.cos(angle) + rows * np.sin(angle)
    return np.asarray(np.cos(2 * np.pi * across / _WAVELENGTH + _PHASE) > 0)
