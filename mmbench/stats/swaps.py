"""Whether it matters which of two methods made which prediction."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.label_scores import LabelCounts, label_counts, label_score
from mmbench.stats.labels import Entries, entries, rows_right, shared_entries

__all__ = ["normal_tails", "swap_test"]

# Fewer swaps than this in the tail say little of how small a p-value is.
_FEW = 10


class _Moves(NamedTuple):
    """What a swap of each unit adds to the first one's counts.

    The first two are sparse, classes x units; the last is dense, 1 x units.
    """

    named: Any
    hits: Any
    right: NDArray[np.float32]


def swap_test(
    metric: str,
    y: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    n_classes: int,
    units: ArrayLike,
    n_swaps: int = 4999,
    random_state: int = 0,
) -> float:
    """Test whether it matters which of two methods made which prediction.

    Parameters
    ----------
    metric : str
        One of :data:`~mmbench.stats.label_scores.LABEL_SCORES`.
    y, first, second : array-like of shape (n_rows,), integers in [0, n_classes)
        The true classes, and those that the two methods predict; or indicators of
        them, of shape (n_rows, n_classes), whose rows are swapped whole.
    n_classes : int
        The number of classes.
    units : array-like of shape (n_rows,)
        Rows of one unit are swapped together.
    n_swaps : int, default=4999
        Random swaps.
    random_state : int, default=0
        Seeds them.

    Returns
    -------
    float
        The two-sided p-value: the share of swaps, this one included, whose difference
        is at least as large. Where hardly any is, the normal tail, which sums of random
        signs stay below up to a small factor.

    References
    ----------
    .. [1] E. W. Noreen (1989). Computer-intensive methods for testing
       hypotheses. Wiley.
    .. [2] B. Phipson, G. K. Smyth (2010). Permutation p-values should never be zero.
       Statistical Applications in Genetics and Molecular Biology 9(1), 39.
    """
    truth, one, other = (np.asarray(each) for each in (y, first, second))
    a = label_counts(truth, one, n_classes)
    b = label_counts(truth, other, n_classes)
    seen = float(label_score(metric, a) - label_score(metric, b))
    differ = ~rows_right(one, other)
    if not differ.any():
        return 1.0
    numbers = np.unique(np.asarray(units)[differ], return_inverse=True)[1].reshape(-1)
    moves = _moves(truth[differ], one[differ], other[differ], numbers, n_classes)
    rng = np.random.default_rng(random_state)
    drawn = _swapped_differences(metric, a, b, moves, rng, n_swaps=n_swaps)
    n_tail = int(np.sum(np.abs(drawn) >= abs(seen) - 1e-9))
    p_value = (n_tail + 1) / (n_swaps + 1)
    if n_tail >= _FEW:
        return p_value
    return min(p_value, normal_tails(seen, float(np.sqrt(np.mean(drawn**2)))))


def normal_tails(estimate: float, error: float) -> float:
    """Return the two-sided p-value of a number with a known standard error."""
    if error == 0:
        return 1.0 if estimate == 0 else 0.0
    return math.erfc(abs(estimate) / error / math.sqrt(2))


def _swapped_differences(
    metric: str,
    a: LabelCounts,
    b: LabelCounts,
    moves: _Moves,
    rng: np.random.Generator,
    *,
    n_swaps: int,
) -> NDArray[np.float64]:
    """Return the difference of the scores after each of many random swaps."""
    shape = moves.named.shape[1], n_swaps
    is_swapped = rng.integers(0, 2, shape, np.int8).astype(np.float32)
    named, hits, right = (moved @ is_swapped for moved in moves)
    scores = [
        label_score(
            metric,
            LabelCounts(
                support=each.support[:, None],
                named=each.named[:, None] + sign * named,
                hits=each.hits[:, None] + sign * hits,
                right=each.right[:, None] + sign * right,
                n_samples=each.n_samples[:, None],
            ),
        )
        for sign, each in ((1, a), (-1, b))
    ]
    return scores[0] - scores[1]


def _moves(
    truth: NDArray[Any],
    one: NDArray[Any],
    other: NDArray[Any],
    units: NDArray[np.intp],
    n_classes: int,
) -> _Moves:
    """Count what a swap of each unit changes."""
    n_units = int(units.max()) + 1

    def moved(gained: Entries, lost: Entries) -> Any:
        from scipy.sparse import coo_matrix

        sizes = [len(gained.rows), len(lost.rows)]
        signs = np.repeat(np.array([1, -1], np.float32), sizes)
        classes = np.concatenate([gained.classes, lost.classes])
        of_unit = units[np.concatenate([gained.rows, lost.rows])]
        return coo_matrix((signs, (classes, of_unit)), (n_classes, n_units)).tocsr()

    right = rows_right(truth, other) * 1.0 - rows_right(truth, one)
    return _Moves(
        named=moved(entries(other), entries(one)),
        hits=moved(shared_entries(truth, other), shared_entries(truth, one)),
        right=np.bincount(units, right, n_units)[None].astype(np.float32),
    )
