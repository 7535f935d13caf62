"""The paired permutation test: whether it matters who made which prediction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.resampling import ScoreOfSums, sums_of

__all__ = ["normal_tails", "paired_permutation_test"]

Floats = NDArray[np.float64]

# Fewer permutations than this in the tail say little of how small a p-value is.
_FEW = 10
# So many numbers are held at once for each method.
_MOST_NUMBERS = 4_000_000
# Scores that differ by less than this share of their size differ by rounding.
_ROUNDING = 1e-9


def paired_permutation_test(
    value: ScoreOfSums,
    first: Any,
    second: Any,
    *,
    units: ArrayLike | None = None,
    n_permutations: int = 4999,
    random_state: int = 0,
) -> float:
    """Test whether it matters which of two methods made which prediction.

    Parameters
    ----------
    value : callable
        Takes sums of shape (k, ...) and returns scores of shape (...).
    first, second : ndarray or csr_array of shape (n_rows, k)
        What each row of the two methods' predictions adds to the sums.
    units : array-like of shape (n_rows,), optional
        Rows of one unit are swapped together; by default, each row by itself.
    n_permutations : int, default=4999
        Random permutations, each of which swaps half of the units.
    random_state : int, default=0
        Seeds them.

    Returns
    -------
    float
        The two-sided p-value: the share of permutations, the actual one included, whose
        difference is at least as large. Where hardly any is, the normal tail, which
        sums of random signs stay below up to a small factor.

    References
    ----------
    .. [1] E. W. Noreen (1989). Computer-intensive methods for testing
       hypotheses. Wiley.
    .. [2] B. Phipson, G. K. Smyth (2010). Permutation p-values should never be zero.
       Statistical Applications in Genetics and Molecular Biology 9(1), 39.

    Examples
    --------
    Of eight rows, six are right by the first method only, and none by the second only.

    >>> right = np.array([1, 1, 1, 1, 1, 1, 1, 0])[:, None]
    >>> other = np.array([0, 0, 0, 0, 0, 0, 1, 0])[:, None]
    >>> p_value = paired_permutation_test(lambda sums: sums[0] / 8, right, other)
    >>> bool(abs(p_value - 2 / 2**6) < 0.01)
    True
    """
    a, b = (sums_of(each) for each in (first, second))
    scores = float(value(a)), float(value(b))
    seen = scores[0] - scores[1]
    # What a swap of each unit adds to the first one's sums.
    moves = _moves(second - first, units)
    if not moves.shape[0]:
        return 1.0
    rng = np.random.default_rng(random_state)
    is_swapped = rng.integers(0, 2, (moves.shape[0], n_permutations), np.int8)
    drawn = _permuted(value, a, b, moves, is_swapped)
    limit = abs(seen) - _ROUNDING * max(map(abs, scores))
    # A score that is not defined after a permutation counts against a difference.
    n_tail = int(np.sum(~(np.abs(drawn) < limit)))
    p_value = (n_tail + 1) / (n_permutations + 1)
    if n_tail >= _FEW:
        return p_value
    return min(p_value, normal_tails(seen, float(np.sqrt(np.nanmean(drawn**2)))))


def normal_tails(estimate: float, error: float) -> float:
    """Return the two-sided p-value of a number with a known standard error.

    Parameters
    ----------
    estimate : float
        The number, in any unit.
    error : float
        Its standard error, in the same unit; at least 0.

    Returns
    -------
    float
        The probability of an estimate at least as far from 0 under a normal
        distribution around 0; 0 or 1 where the error is 0.
    """
    if error == 0:
        return 1.0 if estimate == 0 else 0.0
    return math.erfc(abs(estimate) / error / math.sqrt(2))


def _moves(difference: Any, units: ArrayLike | None) -> Any:
    """Add up the differences of each unit; leave out units that don't differ."""
    from scipy import sparse

    found = difference if sparse.issparse(difference) else np.asarray(difference)
    rows = np.unique(found.nonzero()[0])
    if units is None:
        return found[rows]
    numbers = np.unique(np.asarray(units)[rows], return_inverse=True)[1].reshape(-1)
    shape = (int(numbers.max()) + 1 if len(rows) else 0, len(rows))
    ones = np.ones(len(rows), found.dtype)
    return (
        sparse.csr_array((ones, (numbers, np.arange(len(rows)))), shape) @ found[rows]
    )


def _permuted(
    value: ScoreOfSums,
    a: Floats,
    b: Floats,
    moves: Any,
    is_swapped: NDArray[np.int8],
) -> Floats:
    """Return the difference of the scores after each of many permutations."""
    n_permutations = is_swapped.shape[1]
    at_once = max(1, _MOST_NUMBERS // max(moves.shape))
    drawn = np.empty(n_permutations)
    for start in range(0, n_permutations, at_once):
        now = slice(start, start + at_once)
        moved = moves.T @ is_swapped[:, now].astype(moves.dtype)
        drawn[now] = value(a[:, None] + moved) - value(b[:, None] - moved)
    return drawn
