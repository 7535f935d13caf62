"""How well each label is found, where a sample may have several."""

from __future__ import annotations

from typing import NamedTuple

from mmbench.report.scoring import Scores
from mmbench.report.standings import Standings
from mmbench.stats import f1_of_classes, label_counts

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


def label_rows(standings: Standings, scores: Scores | None) -> list[LabelRow]:
    """Return a row for every ranked method and label.

    Parameters
    ----------
    standings : Standings
        The methods of a dataset.
    scores : Scores or None
        What they answered, None where no predictions are kept.

    Returns
    -------
    list of LabelRow
        The best method first, its labels by name; empty where samples have one class
        each.
    """
    if scores is None or not scores.answers.is_multilabel:
        return []
    answers = scores.answers
    found = []
    for row in standings.rows:
        if row.method not in answers.predicted:
            continue
        predicted = answers.predicted[row.method]
        counts = label_counts(answers.y, predicted, answers.n_classes)
        numbers = counts.support, counts.named, counts.hits, f1_of_classes(counts)
        columns = [each.tolist() for each in numbers]
        for label, n_true, n_predicted, n_hits, f1 in zip(
            answers.classes, *columns, strict=True
        ):
            found.append(
                LabelRow(
                    dataset=row.dataset,
                    method=row.method,
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
