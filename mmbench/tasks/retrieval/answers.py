"""How methods of retrieval answer: with an embedding for each side of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.fusion.embedding import RandomEmbedding
from mmbench.tasks.base import Answers, Prediction, Target
from mmbench.tasks.retrieval.rankings import rankings
from mmbench.tasks.retrieval.sides import SIDES, TRUTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.rankings import Ranking

__all__ = ["RetrievalAnswers"]

_TRUTH = "truth"


class RetrievalAnswers(Answers):
    """A prediction has an embedding a row for ``text`` and one for ``image``."""

    fixes_inner_folds = True

    def refusal(self, method: Any) -> str | None:
        """Say why a method can't answer for this task, or return None."""
        if hasattr(method, "embed"):
            return None
        return "has no method embed(X, side), which retrieval needs"

    def is_answer(self, estimator: Any) -> bool:
        """Return whether an estimator embeds both sides."""
        return hasattr(estimator, "embed")

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Ask a fitted method for embeddings; they are rounded to half precision.

        Raises
        ------
        ValueError
            When they are not one row of finite numbers a sample, or both sides' differ
            in their dimensions.
        """
        found = {side: _checked(model.embed(X, side), side) for side in SIDES}
        widths = [found[side].shape[1] for side in SIDES]
        if widths[0] != widths[1]:
            raise ValueError(
                "embed must return as many dimensions for images as for texts, got "
                f"{widths[1]} and {widths[0]}."
            )
        return Prediction(found)

    def is_constant(self, prediction: Prediction) -> bool:
        """Return whether all cells of a side are embedded alike."""
        return any(bool((prediction[s] == prediction[s][:1]).all()) for s in SIDES)

    def floors(self) -> Mapping[str, Any]:
        """Return the ranking at random.

        No more is known without looking: what is ranked was never trained on.
        """
        return {"random": RandomEmbedding()}

    def dump(
        self, target: Target, prediction: Prediction
    ) -> Mapping[str, NDArray[Any]]:
        """Return the numbers of keys and items, and the embeddings."""
        size = target.schema["gallery_size"] or 0
        return {
            _TRUTH: target.scored,
            "gallery_size": np.array([size]),
            "classes": np.array([target.schema["classes"]]),
            **prediction.arrays,
        }

    def rankings(
        self, target: Target, prediction: Prediction, depth: int
    ) -> Iterator[Ranking]:
        """Return what texts find among images, and images among texts."""
        return rankings(target, prediction, depth)

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> tuple[Target, Prediction]:
        """Read them back.

        Raises
        ------
        ValueError
            When the arrays don't fit together, or hold NaN or infinity.
        """
        truth = arrays[_TRUTH]
        if truth.ndim != 2 or truth.shape[1] != len(TRUTH):
            raise ValueError(
                f"truth must have {len(TRUTH)} columns, got shape {truth.shape}."
            )
        found = {side: _checked(arrays[side], side) for side in SIDES}
        if any(len(rows) != len(truth) for rows in found.values()):
            raise ValueError("there must be an embedding a row for both sides.")
        size = int(arrays["gallery_size"][0]) or None
        schema = {"gallery_size": size, "classes": bool(arrays["classes"][0])}
        return Target(truth[:, TRUTH["key"]], schema, truth), Prediction(found)


def _checked(rows: Any, side: str) -> NDArray[np.float16]:
    found = np.asarray(rows)
    if found.ndim != 2 or found.dtype.kind != "f":
        raise ValueError(
            f"embed must return a matrix of numbers for {side!r}, got shape "
            f"{found.shape} of type {found.dtype}."
        )
    with np.errstate(over="ignore"):
        half = found.astype(np.float16)
    if not np.isfinite(half).all():
        raise ValueError(
            f"embed must return finite numbers below 65,504 for {side!r}, as those of "
            "unit length are."
        )
    return half
