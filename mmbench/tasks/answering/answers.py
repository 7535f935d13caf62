"""How methods answer questions: as classifiers, or with strings of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.dummy import DummyClassifier

from mmbench.columns import Column
from mmbench.errors import DataError
from mmbench.tasks.answering.data import AnsweringData
from mmbench.tasks.answering.metrics import METRICS, answers_given
from mmbench.tasks.answering.references import answer_target
from mmbench.tasks.base import Prediction, Target
from mmbench.tasks.classification.answers import ClassificationAnswers
from mmbench.tasks.score_files import paired_lines, scored_files

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["AnsweringAnswers"]

_TRUTH, _SAID, _SURE = "truth", "answer", "confidence"


class AnsweringAnswers(ClassificationAnswers):
    """One answer a row, and where the method gives them, all answers' probabilities.

    A prediction of a classifier has ``label`` and ``proba``, as in classification;
    one of anything else that predicts strings has ``answer``. What is kept of either
    is ``answer``, and of probabilities the one of that answer, ``confidence``.
    """

    # Rare answers are in no fold of some, which stratified folds would warn of; and the
    # questions about a picture stay together in inner folds, too.
    fixes_inner_folds = True

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Predict answers with a fitted method.

        Raises
        ------
        ValueError
            When an answer is not a string, or probabilities are none.
        """
        if hasattr(model, "predict_proba"):
            return super().predict(model, X, target)
        found = np.asarray(model.predict(X))
        strings = found.dtype.kind == "U" or all(isinstance(a, str) for a in found)
        if found.ndim != 1 or not strings:
            raise ValueError(
                "predict must return a string a row, got shape "
                f"{found.shape} of type {found.dtype}."
            )
        return Prediction({_SAID: found.astype(np.str_)})

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
            raise ValueError("truth must have a row, and answer a string, a sample.")
        found = {name: arrays[name] for name in (_SAID, _SURE) if name in arrays}
        return Target(y, {}, truth), Prediction(found)


def _kept(target: Target, prediction: Prediction) -> dict[str, NDArray[Any]]:
    """Return the answers as strings, and the probability of each."""
    kept: dict[str, NDArray[Any]] = {_SAID: answers_given(target, prediction)}
    if _SURE in prediction:
        kept[_SURE] = prediction[_SURE]
    elif "proba" in prediction:
        rows = np.arange(len(prediction))
        kept[_SURE] = prediction["proba"][rows, prediction["label"]]
    return kept
