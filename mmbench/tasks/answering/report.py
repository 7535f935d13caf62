"""What only reports of question answering show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import UNTRAINED_ANSWERS
from mmbench.presentation.numbers import count_text, percent_text
from mmbench.stats import ReliabilityCurve, reliability_curve
from mmbench.tasks.answering.data import TRUTH
from mmbench.tasks.answering.metrics import (
    answers_given,
    count_answers,
    right_answers,
)
from mmbench.tasks.answering.references import reference_rows
from mmbench.tasks.classification.class_mistakes import vote_entropy
from mmbench.tasks.classification.reliability import (
    ReliabilityWords,
    reliability_figure,
)
from mmbench.tasks.metric import scores_of
from mmbench.tasks.mistakes import Mistakes
from mmbench.tasks.shown import Note, Shown
from mmbench.tasks.target import Prediction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.drawing import Drawing
    from mmbench.tasks.base import Target
    from mmbench.tasks.metric import Metric
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["AnsweringShown"]

_RELIABILITY = ReliabilityWords(
    "confidence",
    "share that is right",
    "Share of answers that are one of the references by their confidence, over all "
    "folds, in 15 bins. On the dashed line, confidence equals that share; below it, "
    "the method is overconfident.",
)


class _Kept(NamedTuple):
    """What is kept of a method's answers.

    Attributes
    ----------
    given : frozenset of str
        The different answers.
    curve : ReliabilityCurve or None
        How often answers of similar confidence are right.
    """

    given: frozenset[str]
    curve: ReliabilityCurve | None


class AnsweringShown(Shown):
    """How far answers can be believed, and what is left when pictures don't fit."""

    answer = "answer"
    table = (
        *("vqa_accuracy", "vqa_accuracy_clean", "exact_match", "token_f1"),
        *("accuracy", "consistency", "consistency_of_questions", "wups_09", "wups_00"),
    )
    beside = ("exact_match",)
    share_right = "exact match"
    floor = "always gives the commonest answer"
    controls: Mapping[str, str] = MappingProxyType(
        {"image": "incongruent pictures", "video": "incongruent videos"}
    )
    notes = (
        Note(
            "VQA accuracy is the official one: min(matches / 3, 1), averaged over the "
            "sets that lack one of a question's references, after its own "
            "normalisation where people disagree; the clean variant normalises always "
            "and without its quirks. Methods are fitted to the commonest answer of "
            "training rows and choose among the commonest of these; an answer not "
            "seen in training counts as wrong. Consistency is the share of pictures "
            "whose questions are all answered rightly, and that of questions about "
            "all their pictures. All questions about a picture are kept on one side "
            "of every fold, and resampled together. Incongruent pictures are those "
            "of other test rows, drawn at random: what a method scores with them "
            "comes from the questions alone."
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Explain what the numbers count."""
        words = {
            "n_answers": "different answers",
            "n_chosen_among": "answers to choose among, at most",
            "n_references": "references per question, at most",
            "n_pictures": "different pictures",
        }
        return words.get(name, name), text

    def right(self, target: Target, prediction: Prediction) -> NDArray[np.bool_]:
        """Return which answers are one of the references."""
        return right_answers(target, prediction)

    def kept(self, target: Target, prediction: Prediction) -> _Kept:
        """Return the different answers, and how far the method's doubts are right."""
        given = frozenset(answers_given(target, prediction).tolist())
        if "confidence" not in prediction:
            return _Kept(given, None)
        right = right_answers(target, prediction)
        return _Kept(given, reliability_curve(prediction["confidence"], right))

    def mistakes(self, target: Target, prediction: Prediction) -> Mistakes:
        """Return how sure each worthless answer is; what people said beside it."""
        worth = count_answers(target, prediction)[:, 1]
        said = answers_given(target, prediction).tolist()
        words, sure = said, np.ones(len(said))
        if "confidence" in prediction:
            sure = prediction["confidence"]
            words = [f"{a} ({c:.2f})" for a, c in zip(said, sure, strict=True)]
        references = reference_rows(target.scored[:, TRUTH["references"] :])
        truth = [_counted(each) for each in references]
        return Mistakes(truth, words, sure * (1 - worth), None, [""] * len(said))

    def disagreement(
        self, target: Target, predictions: Sequence[Prediction]
    ) -> NDArray[np.float64]:
        """Return the entropy of the methods' answers."""
        given = [answers_given(target, each) for each in predictions]
        names = np.unique(np.concatenate(given))
        return vote_entropy([np.searchsorted(names, each) for each in given])

    def caveats(self, pooled: PooledPredictions) -> Iterator[Finding]:
        """Say how many questions have an answer that no method ever gives."""
        given = frozenset().union(
            *(each.kept.given for each in pooled.methods.values())
        )
        answers = pooled.once.y.tolist()
        n = sum(answer not in given for answer in answers)
        if n:
            text = (
                f"{count_text(n, 'question')} of {len(answers):,} "
                f"({percent_text(n / len(answers))}) have a commonest answer that no "
                "method ever gives."
            )
            yield UNTRAINED_ANSWERS.found(text)

    def people(
        self, pooled: PooledPredictions, metrics: Sequence[Metric]
    ) -> Mapping[str, Sequence[Mapping[str, float | None]]]:
        """Score what people said first against what all others said."""
        start = TRUTH["references"]
        scored = pooled.target.scored
        references = scored[:, start:]
        if references.shape[1] < 2 or (references[:, 1] == "").any():
            return {}
        others = pooled.target._replace(truth=np.delete(scored, start, axis=1))
        folds = []
        for fold in range(pooled.n_folds):
            rows = np.flatnonzero(pooled.folds == fold)
            first = Prediction({"answer": references[rows, 0]})
            folds.append(scores_of(metrics, others.take(rows), first))
        return {"(a person)": folds}

    def figures(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Drawing]:
        """Draw reliability curves."""
        kept: dict[str, Any] = {name: pooled.methods[name].kept for name in methods}
        curves = {name: each.curve for name, each in kept.items() if each.curve}
        if curves:
            yield reliability_figure(curves, _RELIABILITY)


def _counted(references: Sequence[str]) -> str:
    """Return what people said, the commonest first.

    Examples
    --------
    >>> _counted(["cat", "dog", "cat"])
    'cat (2), dog'
    """
    counts = Counter(references).most_common()
    return ", ".join(f"{a} ({n})" if n > 1 else a for a, n in counts)
