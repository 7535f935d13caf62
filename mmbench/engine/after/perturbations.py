"""What test rows can be changed into: modalities taken away, or shuffled."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Origin: TypeAlias = Mapping[str, NDArray[np.intp]]

MISSING = -1
"""Stands for the row that a missing modality comes from."""

_N_SHUFFLES = 3
_SHARES = (0.25, 0.5, 0.75)


class Change(NamedTuple):
    """What is done to the test rows.

    Attributes
    ----------
    kind : {"present", "missing", "shuffled"}
        Whether whole modalities are left, one is missing from some rows, or one is
        shuffled among the rows.
    modalities : tuple of str
        Those that are left, or the one that is changed.
    number : float
        The share of the rows that miss it, or the number of the shuffle.
    """

    kind: str
    modalities: tuple[str, ...]
    number: float = 0.0


def changes(modalities: Sequence[str]) -> Iterator[Change]:
    """Yield every change for a dataset of these modalities.

    Parameters
    ----------
    modalities : sequence of str
        The dataset's modalities, each once.

    Yields
    ------
    Change
        What is left in, missing or shuffled.
    """
    for size in range(len(modalities) + 1):
        for left in itertools.combinations(modalities, size):
            yield Change("present", left)
    for modality in modalities:
        for share in _SHARES:
            yield Change("missing", (modality,), share)
        for number in range(_N_SHUFFLES):
            yield Change("shuffled", (modality,), number)


def origin(change: Change, modalities: Sequence[str], n_rows: int, fold: int) -> Origin:
    """Return, by modality, the row that each row gets it from; -1 for missing.

    Rows that miss a modality at one share also miss it at a larger one.

    Parameters
    ----------
    change : Change
        What is done to the test rows.
    modalities : sequence of str
        The dataset's modalities, each once.
    n_rows : int
        The number of test rows.
    fold : int
        The fold's number, which seeds the draw.

    Returns
    -------
    dict of str to ndarray of shape (n_rows,)
        Modality to row numbers.
    """
    rows = {modality: np.arange(n_rows) for modality in modalities}
    if change.kind == "present":
        for modality in set(modalities) - set(change.modalities):
            rows[modality][:] = MISSING
    elif change.kind == "missing":
        drawn = np.random.default_rng(fold).permutation(n_rows)
        lost = drawn[: round(change.number * n_rows)]
        rows[change.modalities[0]][lost] = MISSING
    else:
        generator = np.random.default_rng([fold, int(change.number)])
        generator.shuffle(rows[change.modalities[0]])
    return rows
