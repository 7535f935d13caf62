"""Which class is taken for which, by the best method and by what it has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.presentation.drawing import WIDTH, Drawing, distinct, finish, printable
from mmbench.presentation.palette import INK, MUTED, fusion_tone
from mmbench.presentation.svg import figure_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["confusion_figure", "confusion_matrix"]

_MOST_CLASSES = 15
_MOST_WRITTEN = 12
_SIZE = 2.35
_LEFT = 1.25
_LONGEST = 16
_LONGEST_TITLE = 34


def confusion_matrix(
    y: NDArray[np.intp], predicted: NDArray[np.intp], n_classes: int
) -> NDArray[np.intp]:
    """Count how often each class is taken for each.

    Parameters
    ----------
    y, predicted : ndarray of int, shape (n_rows,)
        True and predicted classes by number.
    n_classes : int
        How many classes there are.

    Returns
    -------
    ndarray of shape (n_classes, n_classes), intp
        True classes down, predicted ones across.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    pairs = y * n_classes + predicted
    counts = np.bincount(pairs, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)


def confusion_figure(
    y: NDArray[np.intp], predicted: Mapping[str, NDArray[Any]], classes: Sequence[str]
) -> Drawing:
    """Draw the confusion matrices of one method or two, side by side.

    Parameters
    ----------
    y : ndarray of shape (n_rows,), intp
        The true classes by number.
    predicted : mapping of str to ndarray of that shape
        The classes that each method predicts.
    classes : sequence of str
        What they are called.

    Returns
    -------
    Drawing
        Where there are many classes, of those most often mistaken, the others together.
    """
    from matplotlib.figure import Figure

    n = len(classes)
    full = [confusion_matrix(y, labels, n) for labels in predicted.values()]
    matrices, names = _most_mistaken(full, classes)
    height = _SIZE + 1.35
    with figure_style():
        figure = Figure(figsize=(WIDTH, height), dpi=72)
        titles = distinct([*predicted], _LONGEST_TITLE)
        for position, (title, matrix) in enumerate(zip(titles, matrices, strict=True)):
            left = (_LEFT + position * (_SIZE + 0.3)) / WIDTH
            box = (left, 1.0 / height, _SIZE / WIDTH, _SIZE / height)
            axes = figure.add_axes(box)
            _draw_matrix(axes, matrix, names, is_first=position == 0)
            axes.set_title(title, fontsize=8, loc="left")
        image = finish(figure)
    caption = _caption([*predicted], n) + _legend(names)
    return Drawing("confusion", image, caption)


def _caption(methods: Sequence[str], n_classes: int) -> str:
    who = " and of ".join(methods)
    text = (
        f"Confusion matrix of {who} over all folds: true classes in rows, predicted "
        "classes in columns; colour is the share of the true class."
    )
    if n_classes <= _MOST_CLASSES:
        return text
    return (
        f"{text} Of {n_classes} classes, the {_MOST_CLASSES} most often mistaken are "
        "shown, the others together."
    )


def _legend(names: Sequence[str]) -> str:
    """Say which class is which, where their names had to be numbered."""
    shown = zip(distinct(names, _LONGEST), names, strict=True)
    numbered = [
        f"{short.partition(' ')[0]} is {printable(name)}"
        for number, (short, name) in enumerate(shown, start=1)
        if short.startswith(f"{number} ") and not name.startswith(f"{number} ")
    ]
    return f" Of the classes, {', '.join(numbered)}." if numbered else ""


def _most_mistaken(
    matrices: Sequence[NDArray[np.intp]], classes: Sequence[str]
) -> tuple[list[NDArray[np.intp]], list[str]]:
    """Pool all classes but those most often mistaken by the first method."""
    if len(classes) <= _MOST_CLASSES:
        return list(matrices), list(classes)
    first = matrices[0]
    mistakes = first.sum(axis=1) + first.sum(axis=0) - 2 * np.diag(first)
    kept = np.sort(np.argsort(-mistakes, kind="stable")[:_MOST_CLASSES])
    place = np.full(len(classes), _MOST_CLASSES)
    place[kept] = np.arange(_MOST_CLASSES)
    pool = np.eye(_MOST_CLASSES + 1, dtype=np.intp)[place]
    names = [*(classes[i] for i in kept), "others"]
    return [pool.T @ matrix @ pool for matrix in matrices], names


def _draw_matrix(
    axes: Axes, matrix: NDArray[np.intp], names: Sequence[str], *, is_first: bool
) -> None:
    from matplotlib.colors import to_rgba

    totals = matrix.sum(axis=1, keepdims=True)
    shares = matrix / np.maximum(totals, 1)
    color = to_rgba(fusion_tone("early").light)[:3]
    n = len(names)
    for row, column in np.argwhere(matrix).tolist():
        cell = (column - 0.5, row - 0.5)
        strength = 0.08 + 0.62 * float(shares[row, column])
        axes.add_patch(_square(cell, (*color, strength)))
        if n <= _MOST_WRITTEN:
            axes.text(
                column,
                row,
                f"{matrix[row, column]}",
                ha="center",
                va="center_baseline",
                fontsize=6,
                color=INK.light,
            )
    labels = distinct(names, _LONGEST)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(n - 0.5, -0.5)
    style: dict[str, Any] = {"fontsize": 7, "color": MUTED.light}
    for position, label in enumerate(labels):
        axes.text(position, n - 0.4, label, rotation=60, ha="right", va="top", **style)
        if is_first:
            axes.text(-0.6, position, label, ha="right", va="center_baseline", **style)


def _square(cell: tuple[float, float], color: tuple[float, ...]):  # type: ignore[no-untyped-def]
    from matplotlib.patches import Rectangle

    return Rectangle(cell, 1, 1, facecolor=color, edgecolor="none")
