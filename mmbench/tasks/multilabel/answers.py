"""How methods answer with label sets: each label by itself, all else shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import Pipeline

from mmbench.columns import Column, numbers_of
from mmbench.errors import DataError
from mmbench.tasks.base import Part, Prediction, Target
from mmbench.tasks.classification.answers import (
    ClassificationAnswers,
    checked_probabilities,
    columns_of_probabilities,
)
from mmbench.tasks.classification.foreign import probability_columns
from mmbench.tasks.classification.metrics import classes_of
from mmbench.tasks.multilabel.estimators import LabelwiseClassifier
from mmbench.tasks.multilabel.metrics import METRICS
from mmbench.tasks.score_files import scored_files
from mmbench.tasks.score_tables import paired_tables

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["MultilabelAnswers"]

_TAKE_SEVERAL_LABELS = (OneVsRestClassifier, ClassifierChain, MultiOutputClassifier)


class MultilabelAnswers(ClassificationAnswers):
    """Whether each row has each label, and where the method gives it how probably.

    A prediction has ``label`` of shape (n_rows, n_classes), 0 or 1, and perhaps
    ``proba`` of the same shape.
    """

    # Each label would be given other folds otherwise, and nothing could be shared.
    fixes_inner_folds = True

    def prepare(self, method: Any) -> Any:
        """Put the method into a one-vs-rest classifier, unless it takes label sets.

        Only one-vs-rest classifiers, chains and multi-output classifiers take them.
        """
        if isinstance(_last_step(method), _TAKE_SEVERAL_LABELS):
            return method
        return LabelwiseClassifier(method)

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Predict label sets with a fitted classifier.

        Its ``predict_proba`` may return one array, or one array per label as a forest's
        does.

        Raises
        ------
        ValueError
            When probabilities are invalid.
        """
        labels = np.asarray(model.predict(X)).astype(np.int8)
        if not hasattr(model, "predict_proba"):
            return Prediction({"label": labels})
        proba = model.predict_proba(X)
        if isinstance(proba, list):
            columns = zip(proba, model.classes_, strict=True)
            proba = np.column_stack([_of_one(each, seen) for each, seen in columns])
        n_classes = len(target.schema["classes"])
        proba = checked_probabilities(proba, n_classes, sums=False)
        return Prediction({"label": labels, "proba": proba})

    def parts(self, target: Target) -> Sequence[Part]:
        """Return a question for each label: which samples have it."""
        from mmbench.tasks.classification import CLASSIFICATION

        yes_or_no = {"classes": [0, 1]}
        names = target.schema["classes"]
        return [
            Part(f"the label {name!r}", CLASSIFICATION, Target(has, yes_or_no))
            for name, has in zip(names, target.y.T, strict=True)
        ]

    def join(self, parts: Sequence[Prediction], target: Target) -> Prediction:
        """Put the answers about each label side by side."""
        found = {"label": np.column_stack([part["label"] for part in parts])}
        if all("proba" in part for part in parts):
            found["proba"] = np.column_stack([part["proba"][:, 1] for part in parts])
        return Prediction(found)

    def from_columns(self, columns: Mapping[str, Column], target: Target) -> Prediction:
        """Read a column of 0 and 1 for each label, or of its probabilities, or both."""
        classes = classes_of(target)
        proba = probability_columns(columns, classes, sums=False)
        lacking = [str(name) for name in classes.tolist() if str(name) not in columns]
        if proba is not None and lacking:
            return Prediction({"label": self.likeliest(proba), "proba": proba})
        if lacking:
            raise DataError(
                f"label {lacking[0]!r} has neither a column of 0 and 1 nor one of "
                f"probabilities, {'proba_' + lacking[0]!r}."
            )
        found = [columns[str(name)] for name in classes.tolist()]
        labels = np.column_stack(
            [numbers_of(column, "leave it out") for column in found]
        )
        for row, number in np.argwhere(~np.isin(labels, (0, 1))).tolist():
            raise found[number].error(
                row, f"must be 0 or 1, got {labels[row, number]:g}."
            )
        said = {"label": labels.astype(np.int8)}
        return Prediction(said if proba is None else {**said, "proba": proba})

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score columns of 0 and 1 for each label, or of its probabilities."""
        truth, said = paired_tables(references, predictions)
        classes = sorted(truth)
        target = Target(np.zeros((0, 0)), {"classes": classes})
        # What is right is written as what was answered is.
        y = self.from_columns(truth, target)["label"].astype(np.int64)
        target = target._replace(y=y)
        return scored_files("sample", METRICS, target, self.from_columns(said, target))

    def named(self, prediction: Prediction, classes: NDArray[Any]) -> NDArray[Any]:
        """Return the indicator of the predicted labels."""
        return prediction["label"]

    def to_columns(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, Sequence[Any]]:
        """Return a column per label, 1 where a row has it, and one of probabilities."""
        classes = classes_of(target)
        marks = zip(classes.tolist(), prediction["label"].T.tolist(), strict=True)
        labels = {str(name): column for name, column in marks}
        return labels | columns_of_probabilities(classes, prediction)

    def likeliest(self, proba: NDArray[np.float64]) -> NDArray[Any]:
        """Return the labels that are more probable than not."""
        return (proba > 0.5).astype(np.int8)


def _last_step(method: Any) -> Any:
    return _last_step(method.steps[-1][1]) if isinstance(method, Pipeline) else method


def _of_one(proba: NDArray[Any], seen: NDArray[Any]) -> NDArray[Any]:
    """Return the column of the class 1, zeros where it was never seen."""
    column: NDArray[Any] = proba[:, np.asarray(seen) == 1].sum(axis=1)
    return column
