"""What is wrong with the answers to single rows, and perhaps with their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Mistakes"]


class Mistakes(NamedTuple):
    """How wrong each row's answer is, and how likely its label is what is wrong.

    Attributes
    ----------
    truth, answer : sequence of str, one per row
        What is true and what was answered, in words.
    error : ndarray of shape (n_rows,)
        How wrong the answer is, and how sure of it the method is; 0 where it is right.
    suspicion : ndarray of shape (n_rows,) or None
        How likely the label is wrong: the suspects by their rank, 0 for all others.
        None where nothing is known of that.
    rather : sequence of str, one per row
        What the label probably should be.
    merit : ndarray of shape (n_rows,) or None
        How good the answer is, where the best are worth a look, too; else None.
    """

    truth: Sequence[str]
    answer: Sequence[str]
    error: NDArray[np.float64]
    suspicion: NDArray[np.float64] | None
    rather: Sequence[str]
    merit: NDArray[np.float64] | None = None
