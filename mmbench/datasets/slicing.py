"""The parts of a dataset that a report breaks scores down by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Samples

__all__ = ["slices_of"]

# Numbers of more values than this are cut at their quartiles; of other columns, the
# most frequent values are slices of their own.
_MOST_VALUES = 12
_QUARTILES = (0.25, 0.5, 0.75)


def slices_of(samples: Samples, columns: Sequence[str]) -> dict[str, Any]:
    """Return which slice of each column every row is in, as a results folder keeps it.

    Parameters
    ----------
    samples : Samples
        The rows.
    columns : sequence of str
        Columns of ``X`` or of ``samples.slices``.

    Returns
    -------
    dict of str to object
        The rows' ``ids``, and ``columns``: for each the ``names`` of its slices, and
        the number of each row's slice as ``codes``.

    Raises
    ------
    UnknownNameError
        When there is no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets import Samples
    >>> X = pd.DataFrame({"text": ["a", "b", "c"], "brand": ["x", None, "x"]})
    >>> slices_of(Samples(X, np.array([0, 1, 0])), ["brand"])["columns"]
    {'brand': {'names': ['x', 'missing'], 'codes': [0, 1, 0]}}
    """
    known = {**{str(name): samples.X[name] for name in samples.X}, **samples.slices}
    for name in columns:
        if name not in known:
            raise UnknownNameError("slice column", name, known)
    return {
        "ids": samples.X.index.tolist(),
        "columns": {name: _sliced(known[name]) for name in columns},
    }


def _sliced(cells: Any) -> dict[str, Any]:
    import pandas as pd

    column = pd.Series(cells, dtype=object).reset_index(drop=True)
    numbers = pd.to_numeric(column, errors="coerce")
    are_numbers = bool((numbers.isna() == column.isna()).all())
    if are_numbers and numbers.nunique() > _MOST_VALUES:
        names = _quarters(numbers.to_numpy(np.float64))
    else:
        names = _most_frequent(column.map(_written, na_action="ignore"))
    last = [_MISSING] if (names == _MISSING).any() else []
    order = [*_in_order(names[names != _MISSING].tolist()), *last]
    number = {name: i for i, name in enumerate(order)}
    return {"names": order, "codes": [number[name] for name in names]}


_MISSING, _OTHERS = "missing", "all others"


def _written(cell: Any) -> str:
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if is_whole else cell)


def _quarters(numbers: NDArray[np.float64]) -> NDArray[Any]:
    known = np.isfinite(numbers)
    edges = np.unique(np.quantile(numbers[known], _QUARTILES))
    part = np.searchsorted(edges, numbers, side="left")
    shown = [f"{edge:.4g}" for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(shown)]
    names = [f"{_UP_TO}{shown[0]}", *between, f"{_OVER}{shown[-1]}", _MISSING]
    found = np.array(names, dtype=object)
    quarters: NDArray[Any] = found[np.where(known, part, len(names) - 1)]
    return quarters


_UP_TO, _OVER = "up to ", "over "


def _most_frequent(column: pd.Series[Any]) -> NDArray[Any]:
    values = column.value_counts().index
    kept = values if len(values) <= _MOST_VALUES else values[: _MOST_VALUES - 1]
    named = column.where(column.isin(kept) | column.isna(), _OTHERS)
    names: NDArray[Any] = named.fillna(_MISSING).to_numpy(dtype=object)
    return names


def _in_order(names: Sequence[str]) -> list[str]:
    """Return quarters from small to large, other names by how frequent they are."""
    sizes = Counter(names)
    if any(name.startswith(_UP_TO) for name in sizes):
        return sorted(sizes, key=_position)
    return sorted(sizes, key=lambda name: (name == _OTHERS, -sizes[name], name))


def _position(name: str) -> tuple[int, float]:
    if name.startswith((_UP_TO, _OVER)):
        return 2 * name.startswith(_OVER), 0.0
    return 1, float(name.split(" to ", maxsplit=1)[0])
