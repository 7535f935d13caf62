"""How often the training goes over its data."""

from __future__ import annotations

from mmbench.feature_extraction.parameters import require_int

__all__ = ["passes"]


def passes(epochs: int | str, size: int, budget: int, fewest: int, most: int) -> int:
    """Return the number of passes over the training data.

    Parameters
    ----------
    epochs : int or "auto"
        What the user asked for.
    size : int
        How much one pass visits.
    budget, fewest, most : int
        ``"auto"`` stands for as many passes as visit ``budget`` in all, within limits.

    Returns
    -------
    int

    Raises
    ------
    TypeError, ValueError
        When ``epochs`` is neither ``"auto"`` nor an integer of at least one.
    """
    if epochs == "auto":
        return min(max(budget // max(size, 1), fewest), most)
    require_int("epochs", epochs, minimum=1)
    return int(epochs)
