"""How methods of generation answer: with a text a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.pipeline import Pipeline

from mmbench.fusion.generation import RandomTrainingText
from mmbench.tasks.base import Answers, Prediction, Target
from mmbench.tasks.generation.texts import COPIED, TEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.columns import Column

__all__ = ["GenerationAnswers"]

_REFERENCES = "references"


class GenerationAnswers(Answers):
    """A prediction has a ``text`` a row, and whether that is ``copied``."""

    fixes_inner_folds = True

    def refusal(self, method: Any) -> str | None:
        """Say why a method can't answer for this task, or return None."""
        if hasattr(method, "predict"):
            return None
        return "has no method predict(X), which generation needs"

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Ask a fitted method for texts.

        Raises
        ------
        ValueError
            When they are not one string a row.
        """
        texts = _checked(model.predict(X))
        arrays: dict[str, NDArray[Any]] = {TEXT: texts}
        last = model.steps[-1][1] if isinstance(model, Pipeline) else model
        known = getattr(last, "training_texts_", None)
        if known is not None:
            arrays[COPIED] = np.isin(texts, np.unique(np.asarray(known)))
        return Prediction(arrays)

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


def _checked(texts: Any) -> NDArray[np.str_]:
    found = np.asarray(texts)
    if found.dtype.kind == "O" and all(isinstance(text, str) for text in found):
        found = found.astype(np.str_)
    if found.ndim != 1 or found.dtype.kind != "U":
        raise ValueError(
            "predict must return a string a row, got an array of shape "
            f"{found.shape} and type {found.dtype}."
        )
    return found
