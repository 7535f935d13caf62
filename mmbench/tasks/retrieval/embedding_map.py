"""Where the texts and pictures of some pairs lie in a plane of the joint space."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmbench.presentation.drawing import WIDTH, Drawing, finish, label_axes, printable
from mmbench.presentation.palette import fusion_tone
from mmbench.presentation.svg import figure_style
from mmbench.tasks.retrieval.sides import SIDES, TRUTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

__all__ = ["PairMap", "embedding_map", "pair_map"]

_MOST_PAIRS = 100
_HEIGHT = 3.9
_TONES = ("early", "late")


class PairMap(NamedTuple):
    """The first two principal components of the embeddings of some pairs.

    Attributes
    ----------
    texts, images : ndarray of shape (n_pairs, 2)
        Coordinates.
    share : float
        The share of the variance that they show.
    """

    texts: NDArray[np.float64]
    images: NDArray[np.float64]
    share: float


def pair_map(target: Target, prediction: Prediction) -> PairMap:
    """Return the principal components of both sides of some pairs, each centred.

    Parameters
    ----------
    target : Target
        Its truth says which pictures rows show: one row of a picture is taken.
    prediction : Prediction
        One embedding per row and side.

    Returns
    -------
    PairMap
        Of up to 100 pairs, evenly spread over the rows.
    """
    truth = np.asarray(target.scored)
    shown = np.flatnonzero((truth[:, [TRUTH[side] for side in SIDES]] >= 0).all(axis=1))
    first = np.unique(truth[shown, TRUTH["image"]], return_index=True)[1]
    rows = shown[np.sort(first)]
    places = np.linspace(0, len(rows) - 1, min(len(rows), _MOST_PAIRS)).round()
    rows = rows[places.astype(np.intp)]
    if not len(rows):
        return PairMap(np.empty((0, 2)), np.empty((0, 2)), 0.0)
    sides = [prediction[side][rows].astype(np.float64) for side in SIDES]
    # What tells the sides apart, and not pairs, would be the first component.
    both = np.vstack([each - each.mean(axis=0) for each in sides])
    # Of few rows and many columns, the rows' inner products are the smaller problem.
    variances, vectors = np.linalg.eigh(both @ both.T)
    plane = np.zeros((len(both), 2))
    kept = vectors[:, ::-1][:, :2] * np.sqrt(np.maximum(variances[::-1][:2], 0.0))
    plane[:, : kept.shape[1]] = kept
    total = float(np.maximum(variances, 0).sum())
    share = float(np.maximum(variances[::-1][:2], 0).sum()) / total if total else 0.0
    return PairMap(plane[: len(rows)], plane[len(rows) :], share)


def embedding_map(name: str, found: PairMap) -> Drawing:
    """Draw where the texts and the pictures of some pairs are embedded.

    Parameters
    ----------
    name : str
        The method.
    found : PairMap
        The coordinates.

    Returns
    -------
    Drawing
    """
    from matplotlib.figure import Figure

    with figure_style():
        figure = Figure(figsize=(WIDTH, _HEIGHT), dpi=72)
        box = (0.75 / WIDTH, 0.55 / _HEIGHT, 3.9 / WIDTH, 3.1 / _HEIGHT)
        axes = figure.add_axes(box)
        both = np.stack([found.texts, found.images], axis=1)
        for pair in both:
            axes.plot(*pair.T, color="#8888", linewidth=0.6, zorder=1)
        for i, (side, mark) in enumerate(zip(SIDES, "os", strict=True)):
            axes.scatter(
                both[:, i, 0],
                both[:, i, 1],
                s=14,
                marker=mark,
                color=fusion_tone(_TONES[i]).light,
                label=f" {side}s",
                zorder=2,
            )
        label_axes(axes, x="first component", y="second component")
        figure.legend(
            loc="upper left", bbox_to_anchor=(4.8 / WIDTH, 0.95), fontsize=8.5
        )
        image = finish(figure)
    return Drawing(
        "embedding-map",
        image,
        f"Where {printable(name)} embeds {len(both)} pairs of the first fold: the "
        f"plane of two principal components, which shows {found.share:.0%} of the "
        "variance; each side is centred. A line joins the two sides of a pair.",
        {},
    )
