"""How methods answer questions: as classifiers, or with strings of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.dummy import DummyClassifier

from mmbench.columns import Column
from mmbench.errors import DataError
from mmbench.fusion import learn_weights
from mmbench.tasks.answering import likely
from mmbench.tasks.answering.data import AnsweringData
from mmbench.tasks.answering.metrics import METRICS, answers_given
from mmbench.tasks.answering.references import answer_target
from mmbench.tasks.base import Prediction, Target
from mmbench.tasks.classification.answers import (
    ClassificationAnswers,
    FusionWeights,
    n_rows_of,
    take_rows,
)
from mmbench.tasks.classification.metrics import classes_of
from mmbench.tasks.score_files import paired_lines, scored_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.fusion import Selection
    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["AnsweringAnswers"]

_TRUTH, _SAID, _SURE = "truth", "answer", likely.CONFIDENCE


class AnsweringAnswers(ClassificationAnswers):
    """One answer per row, and where the method gives them, all answers' probabilities.

    A prediction of a classifier has ``label`` and ``proba``, as in classification;
    one of anything else that predicts strings has ``answer``. What is kept of either
    is ``answer``, and of probabilities the one of that answer, ``confidence``. Where
    there are more than a hundred answers, fusions see the probabilities of the hundred
    likeliest: what they leave of one is spread evenly over the others.
    """

    # Rare answers are in no fold of some, which stratified folds would warn of; and the
    # questions about a picture stay together in inner folds, too.
    fixes_inner_folds = True

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Predict answers with a fitted method.

        Raises
        ------
        ValueError
            When an answer is not a string, or probabilities are invalid.
        """
        if hasattr(model, "predict_proba"):
            ask = super().predict
            if not _are_many(target):
                return ask(model, X, target)
            rows = likely.blocks(n_rows_of(X), len(classes_of(target)))
            return Prediction.concatenate(
                [likely.likeliest(ask(model, take_rows(X, r), target)) for r in rows]
            )
        found = np.asarray(model.predict(X))
        strings = found.dtype.kind == "U" or all(isinstance(a, str) for a in found)
        if found.ndim != 1 or not strings:
            raise ValueError(
                "predict must return one string per row, got shape "
                f"{found.shape} of type {found.dtype}."
            )
        return Prediction({_SAID: found.astype(np.str_)})

    def average(
        self, parts: Sequence[Prediction], weights: Any, target: Target
    ) -> Prediction:
        """Return the (weighted) mean of probabilities, as soft voting does."""
        average = super().average
        return _in_blocks(
            lambda some, _: average(some, weights, target), parts, target, None
        )

    def learn_fusion(
        self,
        rule: Any,
        target: Target,
        out_of_fold: Sequence[Prediction] | None,
        present: NDArray[np.bool_] | None,
        selection: Selection | None = None,
    ) -> FusionWeights:
        """Return the answers' shares, and weights where the rule has any."""
        learn = super().learn_fusion
        if out_of_fold is None or not _are_many(target):
            return learn(rule, target, out_of_fold, present, selection)
        learnt = learn(rule, target, None, present)
        if selection is not None:
            every = [_every(part, target, learnt.seen) for part in out_of_fold]
            return learn(rule, target, every, present, selection)
        # Weights are learnt from what voters say of the right answers.
        numbers = np.searchsorted(classes_of(target), target.y)
        right = [likely.of_answer(p, numbers, len(learnt.seen)) for p in out_of_fold]
        nowhere = np.zeros(len(numbers), np.intp)
        weights = learn_weights(np.array(right)[:, :, np.newaxis], nowhere, present)
        return learnt._replace(weights=weights)

    def fuse(
        self,
        rule: Any,
        learnt: FusionWeights,
        parts: Sequence[Prediction],
        present: NDArray[np.bool_],
        target: Target,
    ) -> Prediction:
        """Combine probabilities by a rule of :func:`mmbench.fusion.combine`."""
        fuse = super().fuse
        return _in_blocks(
            lambda some, rows: fuse(rule, learnt, some, present[:, rows], target),
            parts,
            target,
            learnt.seen,
        )

    def stack(
        self, parts: Sequence[Prediction], trained: Target
    ) -> NDArray[np.float64]:
        """Return probabilities side by side, as StackingClassifier lays them out."""
        seen = np.searchsorted(classes_of(trained), np.unique(trained.y))
        return super().stack([_every(part, trained, seen) for part in parts], trained)

    def as_estimator(
        self, target: Target, prediction: Prediction, *, trained: Target | None = None
    ) -> Any:
        """Return a classifier that gives this prediction."""
        if "likely" in prediction:
            prediction = _every(prediction, target, None)
        return super().as_estimator(target, prediction, trained=trained)

    def is_constant(self, prediction: Prediction) -> bool:
        """Return whether all rows get the same answer."""
        said = {n: a for n, a in prediction.arrays.items() if n in (_SAID, "label")}
        return super().is_constant(Prediction(said))

    def named(self, prediction: Prediction, classes: NDArray[Any]) -> NDArray[Any]:
        """Return the answers, as ``predict`` gives them."""
        return answers_given(Target(classes, {"classes": classes}), prediction)

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score answers, a line each, by lines of references."""
        said, texts = paired_lines(references, predictions)
        target = AnsweringData().completed(answer_target(said))
        found = Prediction({_SAID: np.array(texts, dtype=np.str_)})
        # Which questions belong together, the files don't say.
        metrics = [m for m in METRICS if not m.name.startswith("consistency")]
        return scored_files("answer", metrics, target, found)

    def floors(self) -> Mapping[str, Any]:
        """Return the method that always gives the commonest answer."""
        return {"dummy": DummyClassifier(strategy="prior")}

    def from_columns(self, columns: Mapping[str, Column], target: Target) -> Prediction:
        """Read a column ``answer`` of texts."""
        if _SAID not in columns:
            raise DataError(
                f"there is no column {_SAID!r}; the columns are: {', '.join(columns)}."
            )
        said = ["" if cell is None else str(cell) for cell in columns[_SAID].cells]
        return Prediction({_SAID: np.array(said, dtype=np.str_)})

    def to_columns(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, Sequence[Any]]:
        """Return the answers, and how sure the method is of them."""
        kept = _kept(target, prediction)
        return {name: array.tolist() for name, array in kept.items()}

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return the answers of people, and the prediction's."""
        kept = {"y_true": target.y, _TRUTH: target.scored}
        return kept | _kept(target, prediction)

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read them back.

        Raises
        ------
        ValueError
            When the arrays don't fit together.
        """
        y, truth, said = (arrays[name] for name in ("y_true", _TRUTH, _SAID))
        if truth.ndim != 2 or not len(y) == len(truth) == len(said):
            raise ValueError(
                "truth must have one row, and answer one string, per sample."
            )
        found = {name: arrays[name] for name in (_SAID, _SURE) if name in arrays}
        return Target(y, {}, truth), Prediction(found)


def _are_many(target: Target) -> bool:
    return len(target.schema["classes"]) > likely.N_LIKELY


def _every(
    part: Prediction, target: Target, seen: NDArray[np.intp] | None
) -> Prediction:
    """Return a prediction with the probabilities of all answers."""
    if "likely" not in part:
        return part
    return likely.all_probable(part, len(classes_of(target)), seen)


def _in_blocks(
    fuse: Callable[[Sequence[Prediction], NDArray[np.intp]], Prediction],
    parts: Sequence[Prediction],
    target: Target,
    seen: NDArray[np.intp] | None,
) -> Prediction:
    """Fuse some rows at a time where there are many answers."""
    n_rows = len(parts[0])
    if not _are_many(target):
        return fuse(parts, np.arange(n_rows))
    found = []
    for rows in likely.blocks(n_rows, len(parts) * len(classes_of(target))):
        some = [_every(part.take(rows), target, seen) for part in parts]
        found.append(likely.likeliest(fuse(some, rows)))
    return Prediction.concatenate(found)


def _kept(target: Target, prediction: Prediction) -> dict[str, NDArray[Any]]:
    """Return the answers as strings, and the probability of each."""
    kept: dict[str, NDArray[Any]] = {_SAID: answers_given(target, prediction)}
    if _SURE in prediction:
        kept[_SURE] = prediction[_SURE]
    elif "proba" in prediction:
        rows = np.arange(len(prediction))
        kept[_SURE] = prediction["proba"][rows, prediction["label"]]
    return kept
