"""How well each class, or each label of several, is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mmbench.presentation.numbers import count_text, score_text
from mmbench.presentation.sentences import Name, Sentence
from mmbench.stats import Interval, bootstrap_interval
from mmbench.tasks.classification.metrics import LabelCounts, f1_of_classes

if TYPE_CHECKING:
    from mmbench.tasks.metric import Contributions
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["ClassRow", "class_rows", "worst_class"]

# Intervals take resamples of each class, so only the best methods have them.
_MOST_INTERVALS = 5


class ClassRow(NamedTuple):
    """What one method answers about one class or label, over all its folds.

    The fields are the columns of ``tables/classes.csv`` and ``tables/labels.csv``.

    Attributes
    ----------
    dataset, method, label : str
        Their names.
    n_true, n_predicted, n_hits : int
        Answers about samples that have the label, that say so, and both.
    precision, recall, f1 : float
        What follows; 0 where nothing is divided by nothing.
    f1_low, f1_high : float or None
        The 95 % interval of F1, of the five best methods.
    """

    dataset: str
    method: str
    label: str
    n_true: int
    n_predicted: int
    n_hits: int
    precision: float
    recall: float
    f1: float
    f1_low: float | None
    f1_high: float | None


def class_rows(
    dataset: str,
    pooled: PooledPredictions,
    methods: Sequence[str],
    count: Contributions,
) -> list[ClassRow]:
    """Return a row for every ranked method and class.

    Parameters
    ----------
    dataset : str
        Its name.
    pooled : PooledPredictions
        What the methods predict.
    methods : sequence of str
        The ranked ones, the best first; those without predictions are left out.
    count : callable
        Counts the classes of predictions, for :class:`LabelCounts`.

    Returns
    -------
    list of ClassRow
        The classes of a method by name.
    """
    classes, found = [str(each) for each in pooled.target.schema["classes"]], []
    known = [method for method in methods if method in pooled.methods]
    for number, method in enumerate(known):
        counts = LabelCounts(pooled.sums(method, count))
        numbers = (counts.support, counts.predicted, counts.true_positives)
        columns = [each.astype(int).tolist() for each in numbers]
        intervals = _f1_of_classes(
            pooled, method, count, is_known=number < _MOST_INTERVALS
        )
        for label, n_true, n_predicted, n_hits, f1 in zip(
            classes, *columns, intervals, strict=True
        ):
            found.append(
                ClassRow(
                    dataset=dataset,
                    method=method,
                    label=label,
                    n_true=n_true,
                    n_predicted=n_predicted,
                    n_hits=n_hits,
                    precision=n_hits / n_predicted if n_predicted else 0.0,
                    recall=n_hits / n_true if n_true else 0.0,
                    f1=f1.estimate,
                    f1_low=_number(f1.low),
                    f1_high=_number(f1.high),
                )
            )
    return found


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _f1_of_classes(
    pooled: PooledPredictions,
    method: str,
    count: Contributions,
    *,
    is_known: bool = True,
    level: float = 0.95,
) -> list[Interval]:
    """Return the F1 of every class, its interval NaN where that is not known."""
    found = f1_of_classes(pooled.sums(method, count)).tolist()
    if not is_known:
        return [Interval(f1, np.nan, np.nan) for f1 in found]
    drawn = f1_of_classes(pooled.resampled_sums(method, count))
    # As many answers as a class has: all right, or all wrong.
    n_true = LabelCounts(pooled.sums(method, count)).support.astype(int).tolist()
    return [
        bootstrap_interval(f1, values, n_outcomes=max(n, 1), level=level)
        for f1, values, n in zip(found, drawn, n_true, strict=True)
    ]


def worst_class(
    pooled: PooledPredictions, method: str, count: Contributions, noun: str
) -> Sentence | None:
    """Name the class that a method finds least well, if there are three or more.

    Parameters
    ----------
    pooled : PooledPredictions
        What the methods predict.
    method : str
        One of them.
    count : callable
        Counts the classes of predictions.
    noun : str
        What one of the classes is.

    Returns
    -------
    Sentence or None
        With an interval that holds for all classes together (Bonferroni).
    """
    counts = LabelCounts(pooled.sums(method, count))
    classes = [str(each) for each in pooled.target.schema["classes"]]
    if len(classes) < _FEWEST_CLASSES:
        return None
    level = 1 - 0.05 / len(classes)
    found = _f1_of_classes(pooled, method, count, level=level)
    n_true = counts.support.astype(int).tolist()
    worst = min(
        (number for number in range(len(classes)) if n_true[number]),
        key=lambda number: found[number].estimate,
    )
    f1, low, high = (score_text(value) for value in found[worst])
    n, name = count_text(n_true[worst], "answer"), repr(classes[worst])
    interval = f"95 % CI {low} to {high}, simultaneous over {len(classes)}"
    said = f": {name}, {f1} on {n} ({interval})."
    return f"{noun.capitalize()} with the lowest F1 of ", Name(method), said


_FEWEST_CLASSES = 3
