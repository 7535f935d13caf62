"""Fewer training rows than there are: a sample that looks like all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets import Dataset, Samples

    Numbers = NDArray[np.intp]

__all__ = ["at_most"]

# Rows of a class that are kept where it has them: inner folds are of three or five.
_OF_EACH_CLASS = 5


def at_most(
    n_rows: int,
    train: Numbers,
    dataset: Dataset,
    samples: Samples,
    seed: Sequence[int],
) -> Numbers:
    """Return a stratified sample of training rows.

    Parameters
    ----------
    n_rows : int
        How many at most.
    train : ndarray of int
        The training rows, ascending.
    dataset : Dataset
        Where its task has classes, each keeps its share, and five rows if it has them;
        else rows are drawn evenly along the target. Where the rows of a group are
        treated as a whole, groups are drawn.
    samples : Samples
        All rows of the dataset.
    seed : sequence of int
        Seeds the draw.

    Returns
    -------
    ndarray of int
        Ascending; all of them where they are no more than `n_rows`.

    Raises
    ------
    DataError
        When `n_rows` can't hold five rows of every class, or a whole group.
    """
    if len(train) <= n_rows:
        return train
    rng = np.random.default_rng([*seed, 17])
    data, target = dataset.task.data, dataset.target(samples)
    if data.groups_are_input:
        assert samples.groups is not None  # noqa: S101 - such a task has them
        return train[_whole_groups(samples.groups[train], n_rows, rng)]
    codes = np.unique(data.codes(target)[train], return_inverse=True)[1].reshape(-1)
    # Those of a code in random order, one code after the other.
    order = np.lexsort((rng.random(len(codes)), codes))
    if data.rarest(target) is None:
        places = np.linspace(0, len(order), n_rows, endpoint=False).astype(np.intp)
        return np.sort(train[order[places]])
    counts = np.bincount(codes)
    firsts = np.cumsum(counts) - counts
    kept = np.arange(len(order)) - np.repeat(firsts, counts) < np.repeat(
        _shares(counts, n_rows), counts
    )
    return np.sort(train[order[kept]])


def _shares(counts: Numbers, n_rows: int) -> Numbers:
    """Return how many rows of each class are kept, in all `n_rows`."""
    least = np.minimum(counts, _OF_EACH_CLASS)
    if least.sum() > n_rows:
        raise DataError(
            f"{n_rows:,} training rows (--max-train-rows) can't hold "
            f"{_OF_EACH_CLASS} of each of {len(counts):,} classes; allow at least "
            f"{least.sum():,}."
        )
    exact = counts * (n_rows / counts.sum())
    shares: Numbers = np.maximum(least, np.floor(exact).astype(np.intp))
    while shares.sum() > n_rows:
        shares[np.argmax(shares - least)] -= 1
    # What is left goes where most was cut off.
    short = np.argsort(shares - exact, kind="stable")[: n_rows - shares.sum()]
    shares[short] += 1
    return shares


def _whole_groups(
    groups: NDArray[Any], n_rows: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return which rows are of groups, drawn until the next one would be too much."""
    names, owners, counts = np.unique(groups, return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    taken = np.zeros(len(names), bool)
    taken[order[np.cumsum(counts[order]) <= n_rows]] = True
    if not taken.any():
        raise DataError(
            f"{n_rows:,} training rows (--max-train-rows) don't hold a whole group, "
            f"{names[order[0]]!s:.40}; allow more."
        )
    chosen: NDArray[np.bool_] = taken[owners.reshape(-1)]
    return chosen
