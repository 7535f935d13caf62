"""What only reports of classification show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import RARE_CLASSES, UNDEFINED_AUC
from mmbench.presentation.numbers import count_text
from mmbench.presentation.sentences import Sentence
from mmbench.stats import brier_score, reliability_curve
from mmbench.tasks.classification.calibration import (
    CalibrationRow,
    Probabilities,
    calibration_row,
    calibration_sentence,
)
from mmbench.tasks.classification.class_mistakes import class_mistakes, vote_entropy
from mmbench.tasks.classification.class_table import (
    ClassRow,
    class_rows,
    worst_class,
)
from mmbench.tasks.classification.confusion import confusion_figure
from mmbench.tasks.classification.metrics import class_numbers, count_labels
from mmbench.tasks.classification.reliability import (
    ReliabilityWords,
    reliability_figure,
)
from mmbench.tasks.shown import Note, Shown, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.metric import Contributions
    from mmbench.tasks.mistakes import Mistakes
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["ClassificationShown", "rare_classes", "undefined_areas"]

# A class with fewer samples than this moves macro-F1 by chance more than by merit.
_RARE = 10


class Kept(NamedTuple):
    """What is kept of one method's predictions.

    Attributes
    ----------
    label : ndarray of shape (n_rows,), int
        The number of the class that is predicted.
    probabilities : Probabilities or None
        The calibration of the method's probabilities, None where it gives none.
    """

    label: NDArray[Any]
    probabilities: Probabilities | None


class ClassificationShown(Shown):
    """Confusion, and how well calibrated probabilities are."""

    table = (
        *("f1_macro", "f1_micro", "average_precision_macro", "accuracy"),
        *("balanced_accuracy", "roc_auc_ovr", "log_loss"),
    )
    beside: tuple[str, ...] = ("accuracy",)
    against_speed = "accuracy"
    share_right = "accuracy"
    floor = "knows only the class frequencies"
    noun = "class"
    by_class = "classes"
    count: Contributions = staticmethod(count_labels)
    notes: tuple[Note, ...] = (Note("Each class's numbers:", "classes"),)
    reliability = ReliabilityWords(
        "confidence",
        "share that is right",
        "Share of right predictions by their confidence, over all folds, in 15 bins. "
        "On the dashed line, confidence equals accuracy; below it, the method is "
        "overconfident.",
    )
    habit = "mean confidence {} %, accuracy {} %"

    def right(self, target: Target, prediction: Prediction) -> NDArray[np.bool_]:
        """Return which rows are given their class."""
        right: NDArray[np.bool_] = class_numbers(target) == prediction["label"]
        return right

    def kept(self, target: Target, prediction: Prediction) -> Kept:
        """Return labels, and the calibration of probabilities."""
        if "proba" not in prediction:
            return Kept(prediction["label"], None)
        truth, proba = class_numbers(target), prediction["proba"]
        right = prediction["label"] == truth
        curve = reliability_curve(proba.max(axis=1), right)
        probabilities = Probabilities(curve, brier_score(truth, proba))
        return Kept(prediction["label"], probabilities)

    def mistakes(self, target: Target, prediction: Prediction) -> Mistakes:
        """Return how sure each wrong label is, and which true ones are suspect."""
        return class_mistakes(target, prediction)

    def disagreement(
        self, target: Target, predictions: Sequence[Prediction]
    ) -> NDArray[np.float64]:
        """Return the entropy of the methods' votes."""
        return vote_entropy([each["label"] for each in predictions])

    def caveats(self, pooled: PooledPredictions) -> Iterator[Finding]:
        """Warn about classes with few samples."""
        truth = pooled.once
        names = truth.schema["classes"]
        sizes = np.bincount(class_numbers(truth), minlength=len(names))
        yield from rare_classes(names, sizes, self.noun)
        truth = class_numbers(pooled.target)[:, None] == np.arange(len(names))
        yield from undefined_areas(truth, names, pooled, self.noun)

    def sentences(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Sentence]:
        """Say whose probabilities can be believed, and which class is found least."""
        rows = self._calibrations("", pooled)
        known = [row for row in rows if row.method in methods]
        sentence = calibration_sentence(known, methods[:1], self.habit)
        if sentence:
            yield sentence
        for best in methods[:1]:
            if best in pooled.methods:
                worst = worst_class(pooled, best, self.count, self.noun)
                yield from [worst] if worst else []

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw confusion matrices, and reliability curves."""
        labels = {name: pooled.methods[name].kept.label for name in methods}
        classes = tuple(map(str, pooled.target.schema["classes"]))
        yield confusion_figure(class_numbers(pooled.target), labels, classes)
        yield from self._reliability(pooled, methods)

    def tables(
        self, dataset: str, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Mapping[str, Table]:
        """Return the calibration of methods, and how well each class is found."""
        rows = self._calibrations(dataset, pooled)
        classes = class_rows(dataset, pooled, methods, self.count)
        return {
            "calibration": Table(CalibrationRow._fields, rows),
            self.by_class: Table(ClassRow._fields, classes),
        }

    def _reliability(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        known = {name: pooled.methods[name].kept.probabilities for name in methods}
        curves = {name: said.curve for name, said in known.items() if said}
        if curves:
            yield reliability_figure(curves, self.reliability)

    def _calibrations(
        self, dataset: str, pooled: PooledPredictions
    ) -> list[CalibrationRow]:
        return [
            calibration_row(dataset, method, found.kept.probabilities)
            for method, found in pooled.methods.items()
            if found.kept.probabilities
        ]


def undefined_areas(
    truth: NDArray[np.bool_],
    names: Sequence[Any],
    pooled: PooledPredictions,
    noun: str,
) -> Iterator[Finding]:
    """Say why there is no ROC AUC, where folds lack a class.

    Parameters
    ----------
    truth : ndarray of shape (n_rows, n_classes), bool
        Which row has which class.
    names : sequence
        What the classes are called.
    pooled : PooledPredictions
        Has the folds of the rows.
    noun : str
        What one of the classes is.

    Yields
    ------
    Finding
    """
    folds = range(pooled.n_folds)
    has_none = [~truth[pooled.folds == fold].any(axis=0) for fold in folds]
    lacking = [number for number, each in enumerate(has_none) if each.any()]
    if lacking:
        first = names[int(has_none[lacking[0]].argmax())]
        verb = "has" if len(lacking) == 1 else "have"
        text = (
            f"{len(lacking)} of {count_text(pooled.n_folds, 'fold')} {verb} no test "
            f"row of some {noun} (the first: {first!r}), where ROC AUC is not defined; "
            "so none is shown."
        )
        yield UNDEFINED_AUC.found(text)


def rare_classes(
    names: Sequence[Any], sizes: NDArray[Any], noun: str
) -> Iterator[Finding]:
    """Warn about classes, or labels, with few samples.

    Parameters
    ----------
    names : sequence
        What they are called.
    sizes : ndarray of shape (n_classes,), int
        How many samples each has.
    noun : str
        What one is.

    Yields
    ------
    Finding
    """
    found = zip(sizes.tolist(), map(str, names), strict=True)
    rare = sorted((n, name) for n, name in found if n < _RARE)
    if rare:
        n_least, least = rare[0]
        others = f", and {len(rare) - 1} more like it" if len(rare) > 1 else ""
        text = (
            f"{noun.capitalize()} {least!r} has {count_text(n_least, 'sample')} to "
            f"test on, fewer than {_RARE}{others}: macro "
            "averages are unstable."
        )
        yield RARE_CLASSES.found(text)
