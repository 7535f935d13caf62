"""Columns that know the label by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import TARGET_LEAKAGE
from mmbench.datasets.checksum import cells_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Modality, Samples
    from mmbench.tasks import Question

__all__ = ["giveaways"]

# A column that is right about the label this often knows it from elsewhere.
_GIVEN_AWAY = 0.99
# The share of the majority's errors that may be left, so that a rare class counts.
_ERRORS_LEFT = 0.1
# Rows that a tree looks at: enough to see a column that is right about all of them.
_MOST_ROWS = 2000
_LARGEST = float(np.finfo(np.float32).max)


def giveaways(
    samples: Samples,
    questions: Sequence[Question],
    modalities: Mapping[str, Modality],
    codes: Mapping[str, NDArray[np.intp]],
) -> Iterator[Finding]:
    """Yield a sentence for each column that gives the label away, or one of several.

    Parameters
    ----------
    samples : Samples
        The rows.
    questions : sequence of Question
        What a column could know about them.
    modalities : mapping of str to Modality
        The kind of every column.
    codes : mapping of str to ndarray of shape (n_samples,)
        The number of each cell's value, by column; -1 where it is missing.

    Yields
    ------
    str
        A notice for the report.

    Notes
    -----
    A column gives the label away when looking up the label of the other rows with the
    same value, or a tree of a few leaves over its numbers or words, is right about 99 %
    of the rows, and wrong about a tenth at most of those that the most frequent label
    is wrong about.
    """
    rows = np.random.RandomState(0).permutation(len(samples.y))[:_MOST_ROWS]
    for name, kind in modalities.items():
        features = _features(samples.X[name].iloc[rows], kind)
        given: list[tuple[Question, float]] = []
        for question in questions:
            right = max(
                _lookup_accuracy(codes[name], question.y),
                _tree_accuracy(features, question.y[rows]),
            )
            if right >= _needed(question):
                given.append((question, right))
        if given:
            yield TARGET_LEAKAGE.found(_sentence(name, given))


def _majority(question: Question) -> float:
    """Return how often the most frequent answer is right."""
    return float(np.bincount(question.y).max() / len(question.y))


def _needed(question: Question) -> float:
    """Return how often a column that knows the answer is right."""
    return max(_GIVEN_AWAY, 1 - _ERRORS_LEFT * (1 - _majority(question)))


def _sentence(name: str, given: Sequence[tuple[Question, float]]) -> str:
    question, right = given[0]
    others = f" (and {len(given) - 1} more)" if len(given) > 1 else ""
    return (
        f"column {name!r} gives {question.about} away{others}: by itself it is right "
        f"about {_percent(right)} of the rows (always {question.guess}: "
        f"{_percent(_majority(question))}); is it known before the label is?"
    )


def _percent(share: float) -> str:
    # 99.96 % must not be told as all of them.
    return f"{int(1000 * share) / 10:g}\N{NO-BREAK SPACE}%"


def _lookup_accuracy(codes: NDArray[np.intp], y: NDArray[np.intp]) -> float:
    """Return how often most of the other rows with the same value have the label."""
    n_classes = int(y.max()) + 1
    pairs, of_row, counts = np.unique(
        codes * n_classes + y, return_inverse=True, return_counts=True
    )
    values = pairs // n_classes
    order = np.lexsort((counts, values))
    value, count = values[order], counts[order]
    last = np.flatnonzero(np.append(value[1:] != value[:-1], True))
    starts = np.append(0, last[:-1] + 1)
    second = np.where(last > starts, count[np.maximum(last - 1, 0)], 0)
    # The most frequent label of a value must lead the next one without this very row.
    leads = np.zeros(len(pairs), dtype=np.bool_)
    leads[order[last]] = count[last] - 1 > second
    return float(leads[of_row].mean())


def _tree_accuracy(features: Any, y: NDArray[np.intp]) -> float:
    """Return how often a tree of a few leaves is right, on other rows."""
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    # Two folds need two rows of a class; rarer ones would only warn.
    rows = np.flatnonzero(np.bincount(y)[y] > 1)
    n_classes = len(np.unique(y[rows]))
    if features is None or n_classes < 2:
        return 0.0
    tree = DecisionTreeClassifier(max_leaf_nodes=2 * n_classes, random_state=0)
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    return float(cross_val_score(tree, features[rows], y[rows], cv=folds).mean())


def _features(column: pd.Series[Any], kind: Modality) -> Any:
    """Return numbers as they are and texts by the words in them, None without any."""
    from sklearn.feature_extraction.text import CountVectorizer

    if kind not in ("numeric", "text"):
        return None
    if kind == "numeric":
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)[:, None]
        # Trees compute in single precision, and refuse what is beyond it.
        return np.clip(numbers, -_LARGEST, _LARGEST)
    texts = ["" if cell is None else str(cell) for cell in cells_of(column)]
    words = CountVectorizer(binary=True, min_df=2)
    try:
        return words.fit_transform(texts)
    except ValueError:
        # No word is in two rows.
        return None
