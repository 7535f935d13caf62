"""Columns that know the label by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.checksum import cells_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Modality, Samples

__all__ = ["giveaways"]

# A column that is right about the label this often knows it from elsewhere.
_GIVEN_AWAY = 0.99
# The share of the majority's errors that may be left, so that a rare class counts.
_ERRORS_LEFT = 0.1
# Rows that a tree looks at: enough to see a column that is right about all of them.
_MOST_ROWS = 2000


def giveaways(
    samples: Samples,
    modalities: Mapping[str, Modality],
    codes: Mapping[str, NDArray[np.intp]],
) -> Iterator[str]:
    """Yield a sentence for each column that gives the label away.

    Parameters
    ----------
    samples : Samples
        The rows.
    modalities : mapping of str to Modality
        The kind of every column.
    codes : mapping of str to ndarray of shape (n_samples,)
        The number of each cell's value, by column; -1 where it is missing.

    Notes
    -----
    A column gives the label away when looking up the label of the other rows with the
    same value, or a tree of a few leaves over its numbers or words, is right about 99 %
    of the rows, and wrong about a tenth at most of those that the most frequent label
    is wrong about.
    """
    y = np.unique(samples.y, return_inverse=True)[1]
    majority = float(np.bincount(y).max() / len(y))
    needed = max(_GIVEN_AWAY, 1 - _ERRORS_LEFT * (1 - majority))
    for name, kind in modalities.items():
        right = max(
            _lookup_accuracy(codes[name], y), _tree_accuracy(samples.X[name], kind, y)
        )
        if right >= needed:
            yield (
                f"column {name!r} gives the label away: by itself it is right about "
                f"{_percent(right)} of the rows (always naming the most frequent "
                f"label: {_percent(majority)}); is it known before the label is?"
            )


def _percent(share: float) -> str:
    # 99.96 % must not be told as all of them.
    return f"{int(1000 * share) / 10:g}\N{NO-BREAK SPACE}%"


def _lookup_accuracy(codes: NDArray[np.intp], y: NDArray[np.intp]) -> float:
    """Return how often most of the other rows with the same value have the label."""
    cells = np.column_stack([codes, y])
    pairs, of_row, counts = np.unique(
        cells, axis=0, return_inverse=True, return_counts=True
    )
    order = np.lexsort((counts, pairs[:, 0]))
    value, count = pairs[order, 0], counts[order]
    last = np.flatnonzero(np.append(value[1:] != value[:-1], True))
    starts = np.append(0, last[:-1] + 1)
    second = np.where(last > starts, count[np.maximum(last - 1, 0)], 0)
    # The most frequent label of a value must lead the next one without this very row.
    leads = np.zeros(len(pairs), dtype=np.bool_)
    leads[order[last]] = count[last] - 1 > second
    return float(leads[of_row.reshape(-1)].mean())


def _tree_accuracy(
    column: pd.Series[Any], kind: Modality, y: NDArray[np.intp]
) -> float:
    """Return how often a tree of a few leaves over a column is right, on other rows."""
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    if kind not in ("numeric", "text"):
        return 0.0
    rows = np.random.RandomState(0).permutation(len(y))[:_MOST_ROWS]
    # Two folds need two rows of a class; rarer ones would only warn.
    rows = rows[np.bincount(y[rows], minlength=y.max() + 1)[y[rows]] > 1]
    n_classes = len(np.unique(y[rows]))
    if n_classes < 2:
        return 0.0
    features = _features(column.iloc[rows], kind)
    if features is None:
        return 0.0
    tree = DecisionTreeClassifier(max_leaf_nodes=2 * n_classes, random_state=0)
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    return float(cross_val_score(tree, features, y[rows], cv=folds).mean())


def _features(column: pd.Series[Any], kind: Modality) -> Any:
    """Return numbers as they are and texts by the words in them, None without any."""
    from sklearn.feature_extraction.text import CountVectorizer

    if kind == "numeric":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)[:, None]
    texts = ["" if cell is None else str(cell) for cell in cells_of(column)]
    words = CountVectorizer(binary=True, min_df=2)
    try:
        return words.fit_transform(texts)
    except ValueError:
        # No word is in two rows.
        return None
