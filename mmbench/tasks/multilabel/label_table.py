"""How well each label is found, where a sample may have several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from mmbench.tasks.classification.metrics import LabelCounts, f1_of_classes
from mmbench.tasks.multilabel.metrics import count_label_sets

if TYPE_CHECKING:
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["LabelRow", "label_rows"]


class LabelRow(NamedTuple):
    """What one method answers about one label, over all its folds.

    The fields are the columns of ``tables/labels.csv``, in their order.

    Attributes
    ----------
    dataset, method, label : str
        Which.
    n_true, n_predicted, n_hits : int
        Answers about samples that have the label, that say so, and both.
    precision, recall, f1 : float
        What follows; 0 where nothing is divided by nothing.
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


def label_rows(
    dataset: str, pooled: PooledPredictions, methods: Sequence[str]
) -> list[LabelRow]:
    """Return a row for every ranked method and label.

    Parameters
    ----------
    dataset : str
        Its name.
    pooled : PooledPredictions
        What the methods predict.
    methods : sequence of str
        The ranked ones, the best first; those without predictions are left out.

    Returns
    -------
    list of LabelRow
        The labels of a method by name.
    """
    classes = map(str, pooled.target.schema["classes"])
    labels, found = list(classes), []
    for method in methods:
        if method not in pooled.methods:
            continue
        sums = pooled.sums(method, count_label_sets)
        counts = LabelCounts(sums)
        numbers = (counts.support, counts.predicted, counts.true_positives)
        columns = [each.astype(int).tolist() for each in numbers]
        for label, n_true, n_predicted, n_hits, f1 in zip(
            labels, *columns, f1_of_classes(sums).tolist(), strict=True
        ):
            found.append(
                LabelRow(
                    dataset=dataset,
                    method=method,
                    label=label,
                    n_true=n_true,
                    n_predicted=n_predicted,
                    n_hits=n_hits,
                    precision=n_hits / n_predicted if n_predicted else 0.0,
                    recall=n_hits / n_true if n_true else 0.0,
                    f1=f1,
                )
            )
    return found
