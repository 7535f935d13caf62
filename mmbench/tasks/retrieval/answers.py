"""How methods of retrieval answer: with an embedding for each side of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.fusion.embedding import (
    EmbeddingEnsemble,
    RandomEmbedding,
    TaughtMatching,
    Weighed,
    likenesses,
    side_by_side,
    weigh_members,
)
from mmbench.fusion.embedding.pair_scores import check_shared
from mmbench.tasks.base import Answers, Part, Prediction, Target
from mmbench.tasks.classification import CLASSIFICATION
from mmbench.tasks.retrieval.rankings import rankings
from mmbench.tasks.retrieval.sides import SIDES, TRUTH
from mmbench.tasks.retrieval.trec import score_trec_files

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mmbench.fusion import Selection
    from mmbench.tasks.rankings import Ranking
    from mmbench.tasks.score_files import ScoredFiles

__all__ = ["RetrievalAnswers"]

_TRUTH, _FOLD = "truth", "fold"


class RetrievalAnswers(Answers):
    """A prediction has one embedding per row for ``text`` and one for ``image``."""

    fixes_inner_folds = True

    def refusal(self, method: Any) -> str | None:
        """Return why a method can't answer for this task, or None."""
        if hasattr(method, "embed"):
            return None
        return "has no method embed(X, side), which retrieval needs"

    def is_answer(self, estimator: Any) -> bool:
        """Return whether an estimator embeds both sides."""
        return hasattr(estimator, "embed")

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        """Embed rows by a fitted method; they are rounded to half precision.

        Raises
        ------
        ValueError
            When they are not one row of finite numbers per sample, or both sides'
            differ in their dimensions.
        """
        found = {side: _checked(model.embed(X, side), side) for side in SIDES}
        widths = [found[side].shape[1] for side in SIDES]
        if widths[0] != widths[1]:
            raise ValueError(
                "embed must return as many dimensions for images as for texts, got "
                f"{widths[1]} and {widths[0]}."
            )
        # An ensemble may compare embeddings otherwise than by their inner products.
        return Prediction(found, getattr(model, "shared_", {}))

    def combines(self, voters: Sequence[Any]) -> bool:
        """Return whether all voters embed both sides."""
        return all(map(self.is_answer, voters))

    def members(self, method: Any) -> Sequence[Any]:
        """Return the members of an ensemble, or what it is where nothing is taught."""
        if isinstance(method, TaughtMatching):
            untaught = method.untaught()
            return () if untaught is None else (untaught,)
        is_ensemble = isinstance(method, EmbeddingEnsemble) and method.rule != "best"
        return [member for _, member in method.estimators] if is_ensemble else ()

    def average(
        self, parts: Sequence[Prediction], weights: Any, target: Target
    ) -> Prediction:
        """Return the mean of classifiers' answers about one side's class."""
        classes = self.parts(target)[0]
        return classes.task.answers.average(parts, weights, classes.target)

    def out_of_fold(self, parts: Sequence[Prediction]) -> Prediction:
        """Note which rows were embedded into the same space."""
        found: dict[str, NDArray[Any]] = {side: _stacked(parts, side) for side in SIDES}
        found[_FOLD] = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        return Prediction(found)

    def learn_fusion(
        self,
        rule: str,
        target: Target,
        out_of_fold: Sequence[Prediction] | None,
        present: NDArray[np.bool_] | None,
        selection: Selection | None = None,
    ) -> Weighed:
        """Return how members count, by what they answer out of fold."""
        assert out_of_fold is not None  # noqa: S101 - all rules learn weights
        members = [(part["text"], part["image"]) for part in out_of_fold]
        found = likenesses(members, target.y, out_of_fold[0][_FOLD])
        return weigh_members(found, rule)

    def fuse(
        self,
        rule: str,
        learnt: Weighed,
        parts: Sequence[Prediction],
        present: NDArray[np.bool_],
        target: Target,
    ) -> Prediction:
        """Put the members' embeddings side by side, as much as each counts."""
        joined = {
            side: _checked(side_by_side([p[side] for p in parts], learnt.weights), side)
            for side in SIDES
        }
        return Prediction(joined, learnt.shared([p[SIDES[0]].shape[1] for p in parts]))

    def parts(self, target: Target) -> Sequence[Part]:
        """Return the question about each side what class its key is."""
        task = CLASSIFICATION
        classes = task.data.completed(Target(target.y))
        return [Part(f"the class of the {side}", task, classes) for side in SIDES]

    def join(self, parts: Sequence[Prediction], target: Target) -> Prediction:
        """Make embeddings of the classes' probabilities for both sides.

        Raises
        ------
        ValueError
            When a classifier gives no probabilities.
        """
        if not all("proba" in part for part in parts):
            raise ValueError("semantic matching needs predict_proba on both sides.")
        named = zip(SIDES, parts, strict=True)
        return Prediction({side: _checked(p["proba"], side) for side, p in named})

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
            "class_keys": np.array([target.schema["class_keys"]]),
            **prediction.arrays,
            **prediction.shared,
        }

    def score_files(
        self, references: Path, predictions: Path, tokenise: str | None = None
    ) -> ScoredFiles:
        """Score a TREC run by TREC's judgements."""
        return score_trec_files(references, predictions)

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
            raise ValueError("there must be one embedding per row for both sides.")
        size = int(arrays["gallery_size"][0]) or None
        schema = {"gallery_size": size, "class_keys": bool(arrays["class_keys"][0])}
        known = {*SIDES, _TRUTH, *schema}
        shared = {name: each for name, each in arrays.items() if name not in known}
        check_shared(shared, found[SIDES[0]].shape[1])
        return Target(truth[:, TRUTH["key"]], schema, truth), Prediction(found, shared)


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


def _stacked(parts: Sequence[Prediction], side: str) -> NDArray[np.float16]:
    """Return the rows of several folds; those of narrower spaces end in zeros."""
    width = max(part[side].shape[1] for part in parts)
    rows = [np.pad(p[side], ((0, 0), (0, width - p[side].shape[1]))) for p in parts]
    return np.vstack(rows)
