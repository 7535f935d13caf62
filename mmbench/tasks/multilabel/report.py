"""What only reports of multi-label classification show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import NO_LABELS
from mmbench.presentation.numbers import count_text
from mmbench.stats import brier_score, reliability_curve
from mmbench.tasks.classification.calibration import Probabilities
from mmbench.tasks.classification.class_mistakes import vote_entropy
from mmbench.tasks.classification.reliability import ReliabilityWords
from mmbench.tasks.classification.report import (
    ClassificationShown,
    Kept,
    rare_classes,
    undefined_areas,
)
from mmbench.tasks.multilabel.label_figure import labels_figure
from mmbench.tasks.multilabel.label_mistakes import label_set_mistakes
from mmbench.tasks.multilabel.metrics import count_label_sets
from mmbench.tasks.shown import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.mistakes import Mistakes
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["MultilabelShown"]


class MultilabelShown(ClassificationShown):
    """How well each label is found, and how well calibrated probabilities are."""

    answer = "label set"
    table = (
        *("f1_macro", "f1_micro", "f1_samples", "average_precision_macro"),
        *("accuracy", "roc_auc_ovr", "log_loss"),
    )
    beside = ("f1_micro", "average_precision_macro")
    # Hardly any label set is matched exactly.
    against_speed = ""
    share_right = "subset accuracy"
    floor = "knows only the label frequencies and names those that most samples have"
    noun = "label"
    by_class = "labels"
    count = staticmethod(count_label_sets)
    reliability = ReliabilityWords(
        "probability of a label",
        "share that have it",
        "Share of samples that have a label, by predicted probability, over all folds "
        "and labels, in 15 bins. On the dashed line, probabilities are calibrated; "
        "below it, they are too high.",
    )
    notes = (
        Note(
            "Where a sample may have several labels, a method's labels are those that "
            "its own predict names. Macro-F1 averages F1 over labels, micro-F1 takes "
            "all pairs of a sample and a label together, samples-F1 averages over "
            "samples; mAP, the mean average precision, needs no threshold. An answer "
            "is right, and counts for subset accuracy, when it is the whole set. "
            "Calibration counts every pair as a separate answer. Each label's "
            "numbers:",
            "labels",
        ),
    )
    habit = "mean probability of a label {} %, share of labels present {} %"

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Call classes labels."""
        return (
            ("labels", f"{text}, several per sample")
            if name == "classes"
            else (name, text)
        )

    def right(self, target: Target, prediction: Prediction) -> NDArray[np.bool_]:
        """Return which rows are given all their labels and no other."""
        equal = (target.scored != 0) == (prediction["label"] != 0)
        right: NDArray[np.bool_] = equal.all(axis=1)
        return right

    def kept(self, target: Target, prediction: Prediction) -> Kept:
        """Return the calibration of probabilities; labels are counted, not kept."""
        nothing = np.empty(0, np.int8)
        if "proba" not in prediction:
            return Kept(nothing, None)
        truth, proba = target.scored != 0, prediction["proba"]
        curve = reliability_curve(proba.ravel(), truth.ravel())
        return Kept(nothing, Probabilities(curve, brier_score(truth, proba)))

    def mistakes(self, target: Target, prediction: Prediction) -> Mistakes:
        """Return the worst of the labels of each row, each label a question."""
        return label_set_mistakes(target, prediction)

    def disagreement(
        self, target: Target, predictions: Sequence[Prediction]
    ) -> NDArray[np.float64]:
        """Return the mean entropy of the votes about each label."""
        entropies: NDArray[np.float64] = np.mean(
            [
                vote_entropy([each["label"][:, j] for each in predictions])
                for j in range(len(target.schema["classes"]))
            ],
            axis=0,
        )
        return entropies

    def caveats(self, pooled: PooledPredictions) -> Iterator[Finding]:
        """Warn about labels with few samples, and about samples without labels."""
        truth = pooled.once.scored != 0
        names = pooled.target.schema["classes"]
        yield from rare_classes(names, truth.sum(axis=0), self.noun)
        yield from undefined_areas(pooled.target.scored != 0, names, pooled, self.noun)
        n, n_samples = int(np.sum(~truth.any(axis=1))), len(truth)
        if n:
            verb = "has" if n == 1 else "have"
            text = (
                f"{n:,} of {count_text(n_samples, 'sample')} {verb} no label: F1 "
                "averaged over samples counts each as 0, even where a method rightly "
                "names none."
            )
            yield NO_LABELS.found(text)

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw the F1 score of each label, and reliability curves."""
        yield labels_figure(pooled, methods)
        yield from self._reliability(pooled, methods)
