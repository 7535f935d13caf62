"""Target leakage through what is no content: missing cells, image sizes, row order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import (
    IMAGE_SIZE_LEAKAGE,
    MISSINGNESS_LEAKAGE,
    SORTED_ROWS,
)
from mmbench.columns import is_missing
from mmbench.datasets.leakage.association import Told, looked_up, told_class
from mmbench.datasets.leakage.columns import percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.leakage.evidence import Evidence
    from mmbench.tasks import Question

__all__ = ["image_sizes", "missing_cells", "row_order"]

# Agreement beyond chance between having a class and what is no content. What is
# missing in half of a class's rows, and never elsewhere, comes to .6 or so.
_AGREEMENT = 0.55
_SORTED = 0.7
_FEWEST_ROWS = 20
# What can't be read has no size; a width to height needs one.
_NO_PIXELS = 1e-9
_N_BINS = 12
_MOST_NAMED = 20


def missing_cells(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each column that is missing where the target is something.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        Says how often what is missing, or there, tells the class.
    """
    numeric = evidence.columns("numeric")
    matrix = np.isnan(evidence.numbers(numeric, np.arange(len(evidence))))
    partly = np.flatnonzero(matrix.any(axis=0) & ~matrix.all(axis=0))
    missing = {numeric[i]: matrix[:, i] for i in partly[:_MOST_NAMED]}
    for name, kind in evidence.modalities.items():
        if kind != "numeric":
            cells = evidence.cells(name)
            missing[name] = np.fromiter(map(is_missing, cells), bool, len(cells))
    for name, empty in missing.items():
        if not 0 < empty.sum() < len(empty):
            continue
        for question in evidence.questions:
            told = _told_by_either(empty, question)
            if told is None:
                continue
            what, found = told
            yield MISSINGNESS_LEAKAGE.found(
                f"column {name!r}: whether a cell is missing gives {question.about} "
                f"away: {found.n_right:,} of {found.n_told:,} rows {what} have the "
                f"same answer, which {int((question.y == found.label).sum()):,} of "
                f"{len(empty):,} rows have."
            )
            break


def _told_by_either(
    empty: NDArray[np.bool_], question: Question
) -> tuple[str, Told] | None:
    """Return what missing cells, or those that are there, tell about the answer."""
    if not question.y.any():
        return None
    states = {"without it": empty, "with it": ~empty}
    for what, state in states.items():
        label = np.bincount(question.y[state]).argmax()
        told = told_class(np.where(state, label, -1), question.y)
        if told.kappa >= _AGREEMENT and told.n_right >= 0.9 * told.n_told:
            return what, told
    return None


def image_sizes(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each column whose images' sizes or formats tell the class.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        Says which of both it is.
    """
    for name in evidence.columns("image"):
        rows, copies = evidence.images(name)
        if len(rows) < _FEWEST_ROWS:
            continue
        sizes = np.array([copy.size for copy in copies], dtype=float) + _NO_PIXELS
        formats = np.unique([copy.format for copy in copies], return_inverse=True)[1]
        codes = {
            "size": np.unique(sizes, axis=0, return_inverse=True)[1].reshape(-1),
            "width": _binned(sizes[:, 0]),
            "height": _binned(sizes[:, 1]),
            "width to height": _binned(sizes[:, 0] / sizes[:, 1]),
            "area": _binned(sizes[:, 0] * sizes[:, 1]),
            "file format": formats,
        }
        yield from _told_by_codes(name, rows, codes, evidence)


def _told_by_codes(
    name: str,
    rows: NDArray[np.intp],
    codes: dict[str, NDArray[np.intp]],
    evidence: Evidence,
) -> Iterator[Finding]:
    for question in evidence.questions:
        y = question.y[rows]
        for what, values in codes.items():
            if len(np.unique(y)) < 2 or len(np.unique(values)) < 2:
                continue
            guess = looked_up(values, y)
            told = told_class(guess, y)
            if told.kappa >= _AGREEMENT:
                yield IMAGE_SIZE_LEAKAGE.found(
                    f"column {name!r}: the {what} of an image gives {question.about} "
                    f"away: it predicts one class for {told.n_told:,} images and is "
                    f"right about {told.n_right:,}."
                )
                return


def _binned(values: NDArray[np.float64]) -> NDArray[np.intp]:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _N_BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def row_order(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding where rows are sorted by the target.

    Parameters
    ----------
    evidence : Evidence
        The rows; those of each side of an official split have an order of their own.

    Yields
    ------
    Finding
        One at most.
    """
    split = evidence.samples.split
    side = np.zeros(len(evidence)) if split is None else split == "test"
    for question in evidence.questions:
        y = question.y
        shares = np.bincount(y) / len(y)
        chance = float(shares @ shares)
        if len(y) < _FEWEST_ROWS or chance > 1 - _FEWEST_ROWS / len(y):
            continue
        same = (y[1:] == y[:-1])[side[1:] == side[:-1]]
        if (same.mean() - chance) / (1 - chance) >= _SORTED:
            share = percent(float(same.mean()))
            yield SORTED_ROWS.found(
                f"rows are sorted by {question.about}: {share} of them have the same "
                f"answer as the previous row ({percent(chance)} in random order). "
                "Folds are shuffled and no method sees the order, so scores are right; "
                "splitters that don't shuffle and columns of row numbers would mislead."
            )
            return
