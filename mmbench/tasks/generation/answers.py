"""How methods of generation answer: with one text per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.pipeline import Pipeline

from mmbench.fusion.generation import (
    Learnt,
    RandomTrainingText,
    TextEnsemble,
    candidates_of,
    choose,
    learn,
)
from mmbench.tasks.base import Answers, Prediction, Target
from mmbench.tasks.generation.metrics import METRICS
from mmbench.tasks.generation.texts import CANDIDATES, COPIED, TEXT
from mmbench.tasks.generation.translation_scores import signatures
from mmbench.tasks.score_files import paired_lines, scored_files
from mmbench.texts import padded, reference_lists

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.columns import Column
    from mmbench.fusion import Selection
    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["GenerationAnswers"]

_REFERENCES = "references"


class GenerationAnswers(Answers):
    """A prediction has a ``text`` a row, and whether that is ``copied``."""

    fixes_inner_folds = True

    def refusal(self, method: Any) -> str | None:
        """Return why a method can't answer for this task, or None."""
        if hasattr(method, "predict"):
            return None
        return "has no method predict(X), which generation needs"

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Generate texts with a fitted method.

        Raises
        ------
        ValueError
            When they are not one string per row.
        """
        last = model.steps[-1][1] if isinstance(model, Pipeline) else model
        arrays: dict[str, NDArray[Any]] = {}
        if hasattr(last, "predict_candidates"):
            arrays[CANDIDATES] = candidates_of(model, X)
            texts = _checked(arrays[CANDIDATES][:, 0])
        else:
            texts = _checked(model.predict(X))
        arrays[TEXT] = texts
        known = getattr(last, "training_texts_", None)
        if known is not None:
            arrays[COPIED] = _is_copied(texts, known)
        return Prediction(arrays)

    def combines(self, voters: Sequence[Any]) -> bool:
        """Return whether all voters write texts."""
        return all(map(self.is_answer, voters))

    def members(self, method: Any) -> Sequence[Any]:
        """Return the members of an ensemble that chooses among their texts."""
        is_ensemble = isinstance(method, TextEnsemble)
        return [member for _, member in method.estimators] if is_ensemble else ()

    def out_of_fold(self, parts: Sequence[Prediction]) -> Prediction:
        """Put the texts of several folds one after another."""
        wanted = (CANDIDATES, TEXT)
        return Prediction.concatenate(
            [Prediction({n: p[n] for n in wanted if n in p}) for p in parts]
        )

    def learn_fusion(
        self,
        rule: str,
        target: Target,
        out_of_fold: Sequence[Prediction] | None,
        present: NDArray[np.bool_] | None,
        selection: Selection | None = None,
    ) -> Learnt:
        """Return the training texts, and what ranks candidates where that is learnt."""
        oof = None if out_of_fold is None else [_offered(p) for p in out_of_fold]
        return learn(rule, reference_lists(target.y), oof)

    def fuse(
        self,
        rule: str,
        learnt: Learnt,
        parts: Sequence[Prediction],
        present: NDArray[np.bool_],
        target: Target,
    ) -> Prediction:
        """Choose one of the members' candidates for each row."""
        texts = choose(learnt, [_offered(part) for part in parts])
        known = [text for row in learnt.references for text in row]
        return Prediction({TEXT: texts, COPIED: _is_copied(texts, known)})

    def is_constant(self, prediction: Prediction) -> bool:
        """Return whether all rows get the same text."""
        texts = prediction[TEXT]
        return bool((texts == texts[:1]).all())

    def floors(self) -> Mapping[str, Any]:
        """Return texts of training rows at random."""
        return {"random": RandomTrainingText()}

    def from_columns(self, columns: Mapping[str, Column], target: Target) -> Prediction:
        """Read the column ``text``; an empty cell is an empty text."""
        column = columns.get(TEXT)
        if column is None:
            from mmbench.errors import DataError

            raise DataError(
                f"answers need a column {TEXT!r}, there are: {', '.join(columns)}."
            )
        cells = ["" if cell is None else str(cell) for cell in column.cells]
        return Prediction({TEXT: np.array(cells, dtype=np.str_)})

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score texts, a line each, by lines of references."""
        said, texts = paired_lines(references, predictions)
        target = Target(padded(said), {"tokenise": tokenise or "ptb"})
        counts = {len(row) for row in said}
        found = Prediction({TEXT: np.array(texts, dtype=np.str_)})
        names = signatures(counts.pop() if len(counts) == 1 else 0)
        return scored_files("text", METRICS, target, found, names)

    def to_columns(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, Sequence[Any]]:
        """Return the texts as a column."""
        return {TEXT: prediction[TEXT].tolist()}

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return the references and the texts."""
        names = [name for name in (TEXT, COPIED) if name in prediction]
        return {
            _REFERENCES: target.scored,
            "tokenise": np.array([target.schema["tokenise"]]),
            **{name: prediction[name] for name in names},
        }

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read them back.

        Raises
        ------
        ValueError
            When the arrays don't fit together.
        """
        references = arrays[_REFERENCES]
        names = [name for name in (TEXT, COPIED) if name in arrays]
        if references.ndim != 2 or any(
            len(arrays[n]) != len(references) for n in names
        ):
            raise ValueError("there must be references and a text for each row.")
        schema = {"tokenise": str(arrays["tokenise"][0])}
        found = {name: arrays[name] for name in names}
        return Target(references, schema), Prediction(found)


def _offered(prediction: Prediction) -> NDArray[np.str_]:
    """Return the candidates of a member, or its texts where it has no more."""
    if CANDIDATES in prediction:
        return prediction[CANDIDATES]
    return prediction[TEXT].reshape(-1, 1)


def _is_copied(texts: NDArray[np.str_], known: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([text in seen for seen in [set(known)] for text in texts.tolist()])


def _checked(texts: Any) -> NDArray[np.str_]:
    found = np.asarray(texts)
    if found.dtype.kind == "O" and all(isinstance(text, str) for text in found):
        found = found.astype(np.str_)
    if found.ndim != 1 or found.dtype.kind != "U":
        raise ValueError(
            "predict must return one string per row, got an array of shape "
            f"{found.shape} and type {found.dtype}."
        )
    return found
