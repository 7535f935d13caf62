"""A toy task whose answers are embeddings, and whose score depends on the gallery.

Rows are pairs of a text and a picture; each text asks for its picture among those of
all test rows, and the other way round. Units of resampling are queries, two a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold

from mmbench.columns import Column
from mmbench.tasks import Data, Metric, Options, Prediction, Question, Target, Task

SIDES = ("text", "image")


class PairData(Data):
    """One key per row: rows of one key show the same thing."""

    def claims(self, column: Column, options: Options) -> str | None:
        return None

    def joined(self, columns: Sequence[Column]) -> Column | None:
        return None

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        return Target(np.array([str(cell) for cell in column.cells])), ()

    def of_cells(self, target: Target, X: Any, sources: Any) -> Target:
        return target

    def completed(self, target: Target) -> Target:
        return target

    def verify(self, target: Target) -> None:
        return None

    def describe(self, target: Target) -> Mapping[str, Any]:
        return {"n_items": len(np.unique(target.y))}

    def size_text(self, target: Target) -> str:
        return f"{len(np.unique(target.y))} items"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        return None

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        return None

    def folds(
        self, target: Target, *, n_folds: int, groups: Any, seed: int
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        yield from KFold(n_folds, shuffle=True, random_state=seed).split(target.y)

    def codes(self, target: Target) -> NDArray[np.intp]:
        return np.unique(target.y, return_inverse=True)[1]

    def questions(self, target: Target) -> Iterator[Question]:
        yield from ()

    def units(self, target: Target, owners: NDArray[Any]) -> NDArray[Any]:
        # First the texts' queries, then the pictures'; both belong to the row's owner.
        return np.concatenate([owners, owners])


class PairAnswers:
    """Two embeddings a row: ``text`` and ``image``."""

    is_classifier = False
    fixes_inner_folds = False

    def refusal(self, method: Any) -> str | None:
        return None if hasattr(method, "embed") else "has no method embed"

    def prepare(self, method: Any) -> Any:
        return method

    def is_answer(self, estimator: Any) -> bool:
        return hasattr(estimator, "embed")

    def predict(self, model: Any, X: Any, target: Target) -> Prediction:
        return Prediction({side: model.embed(X, side) for side in SIDES})

    def parts(self, target: Target) -> Sequence[Any]:
        return ()

    def members(self, method: Any) -> Sequence[Any]:
        return ()

    def floors(self) -> Mapping[str, Any]:
        return {"random": RandomEmbedding()}

    def dump(self, target: Target, prediction: Prediction) -> Mapping[str, Any]:
        return {"key": target.scored, **prediction.arrays}

    def load(self, arrays: Mapping[str, Any]) -> tuple[Target, Prediction]:
        return Target(arrays["key"]), Prediction({s: arrays[s] for s in SIDES})


class RandomEmbedding(BaseEstimator):
    """Embed every cell at random."""

    def fit(self, X: Any, y: Any) -> RandomEmbedding:
        return self

    def embed(self, X: Any, side: str) -> NDArray[np.float64]:
        return np.random.default_rng(len(side)).normal(size=(len(X), 8))


class CountEmbedding(BaseEstimator):
    """Embed a text by its letters, and a picture by the letters of its name."""

    def fit(self, X: Any, y: Any) -> CountEmbedding:
        self.letters_ = "abcdefghijklmnopqrstuvwxyz"
        return self

    def embed(self, X: Any, side: str) -> NDArray[np.float64]:
        return np.array([[str(x).count(c) for c in self.letters_] for x in X[side]])


def hits(target: Target, prediction: Prediction) -> NDArray[np.float64]:
    """Return, for every query, whether the best of the other side shares its key."""
    unit = {}
    for side in SIDES:
        length = np.linalg.norm(prediction[side], axis=1, keepdims=True)
        unit[side] = prediction[side] / np.maximum(length, 1e-12)
    likeness = unit["text"] @ unit["image"].T
    found = np.concatenate([likeness.argmax(axis=1), likeness.argmax(axis=0)])
    asked = np.concatenate([target.scored, target.scored])
    right = asked == target.scored[found]
    return np.column_stack([right, np.ones(len(right))])


PAIRS = Task(
    name="toy-pairs",
    data=PairData(),
    make_answers=PairAnswers,
    metrics=(
        Metric(
            name="hit_at_1",
            label="hit rate at 1",
            description="share of queries whose best item is relevant",
            contributions=hits,
            value=lambda sums: sums[0] / sums[1],
        ),
    ),
    default_scoring=("hit_at_1",),
    main_metric="hit_at_1",
    shown=lambda: None,
)
