"""What the data of question answering are: questions, and people's answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import UNTRAINED_ANSWERS
from mmbench.columns import items_of
from mmbench.columns.look_alikes import look_alikes
from mmbench.errors import DataError
from mmbench.tasks.answering.question_types import answer_types, question_types
from mmbench.tasks.answering.references import (
    answer_target,
    commonest,
    references_of,
)
from mmbench.tasks.base import Data, Options, Question, Target
from mmbench.tasks.kept_together import kept_together, owners_together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.columns import Column
    from mmbench.tasks.base import Task

__all__ = ["N_ANSWERS", "TRUTH", "AnsweringData"]

N_ANSWERS = 1000
"""How many answers methods choose among unless something else is said."""

TRUTH = {"picture": 0, "question": 1, "references": 2}
"""The columns of ``Target.truth``; references are those from the third on."""

# What questions are about.
_MEDIA = ("image", "video", "audio")


class AnsweringData(Data):
    """Several people's answers per row; the commonest of them is what is fitted."""

    kept_whole = "pictures"

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim nothing: an answer looks like a label, so the task must be named."""
        return None

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse references.

        Raises
        ------
        DataError
            As :func:`~mmbench.tasks.answering.references.references_of` does, and when
            all rows have the same answer.
        """
        references = references_of(column, options.label_separator)
        schema = {"n_answers": options.n_answers or N_ANSWERS}
        target = answer_target(references, schema)
        if len(np.unique(target.y)) < 2:
            raise DataError(
                f"column {column.name!r}: the answer to all questions is "
                f"{str(target.y[0])!r}; there is nothing to learn."
            )
        return target, look_alikes(column.name, target.y.tolist(), "answers")

    def without_rare(
        self, column: Column, options: Options, units: Sequence[Any]
    ) -> tuple[Column, Sequence[Finding]]:
        """Keep all rows, and say how many have answers that nothing trains on."""
        column, _ = super().without_rare(column, options, units)
        answers = [commonest(r) for r in references_of(column, options.label_separator)]
        return column, _untrained_answers(column.name, answers, units)

    def adopted(self, task: Task, target: Target) -> Target | None:
        """Take one label per sample as its answer, and no other kind of target."""
        if task.data is self:
            return target
        if not task.answers.is_classifier or target.y.ndim != 1:
            return None
        return answer_target([[str(label)] for label in target.y.tolist()])

    def of_cells(self, target: Target, X: Any, sources: Mapping[str, str]) -> Target:
        """Add to the truth which rows ask about the same picture, and ask the same."""
        if "classes" in target.schema:
            return target
        media, texts = (
            [X[column] for column, kind in sources.items() if kind in kinds]
            for kinds in (_MEDIA, ("text",))
        )
        return _with_items(target, _items(media), _items(texts))

    def completed(self, target: Target) -> Target:
        """List the answers; without cells, each row is about a picture of its own.

        Raises
        ------
        DataError
            When `y` is not one answer per row.
        """
        y = np.asarray(target.y)
        if y.ndim != 1 or not len(y) or y.dtype.kind not in "UO":
            raise DataError(
                "question answering needs one answer per row in y, a string, and all "
                f"references in truth; got y of shape {y.shape} and type {y.dtype}."
            )
        if "classes" in target.schema:
            return target
        return _with_items(target._replace(y=y.astype(np.str_)), None, None)

    def verify(self, target: Target) -> None:
        """Check that there are two answers at least.

        Raises
        ------
        DataError
            When there are not.
        """
        if len(self.completed(target).schema["classes"]) < 2:
            raise DataError("there must be at least two different answers.")

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return the numbers of answers, of people and of pictures."""
        references = target.scored[:, TRUTH["references"] :]
        return {
            "n_answers": len(target.schema["classes"]),
            "n_chosen_among": target.schema["n_answers"],
            "n_references": int((references != "").sum(axis=1).max()),
            "n_pictures": len(np.unique(_pictures(target))),
        }

    def size_text(self, target: Target) -> str:
        """Say how many answers and pictures there are."""
        n_pictures = len(np.unique(_pictures(target)))
        return f"{len(target.schema['classes']):,} answers, {n_pictures:,} pictures"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that there are answers to tell apart, and pictures for every fold.

        Raises
        ------
        DataError
            When there are not.
        """
        self.verify(target)
        n_units = len(np.unique(kept_together(_pictures(target), groups)))
        if n_units < n_folds:
            raise DataError(
                f"{n_units} distinct pictures (or groups) are too few for {n_folds} "
                f"folds; choose fewer folds (--folds)."
            )

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that several answers are trained; tested ones may be new.

        Raises
        ------
        DataError
            When there is one only.
        """
        trained = np.unique(target.y[train])
        if len(trained) < 2:
            raise DataError(
                f"the official split trains on a single answer, {str(trained[0])!r}."
            )

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield folds that keep the questions about a picture on one side."""
        together = kept_together(_pictures(target), groups)
        yield from super().folds(target, n_folds=n_folds, groups=together, seed=seed)

    def fitted_rows(self, target: Target, train: NDArray[np.intp]) -> NDArray[np.intp]:
        """Keep the training rows with one of their commonest answers."""
        return train[np.isin(target.y[train], self.chosen_among(target.take(train)))]

    def chosen_among(self, trained: Target) -> list[str]:
        """Return the commonest answers of training rows.

        Parameters
        ----------
        trained : Target
            Of the training rows, whose schema says how many answers.

        Returns
        -------
        list of str
            The commonest first; the alphabet decides between equally common ones.
        """
        counts = Counter(trained.y.tolist())
        ranked = sorted(counts, key=lambda answer: (-counts[answer], answer))
        return ranked[: trained.schema["n_answers"]]

    def slices(
        self, target: Target, X: Any, sources: Mapping[str, str]
    ) -> Mapping[str, Sequence[Any]]:
        """Return the types of questions, by their first words, and of answers."""
        texts = [column for column, kind in sources.items() if kind == "text"]
        found: dict[str, Sequence[Any]] = {
            "answer_type": answer_types(target.y.tolist())
        }
        if texts:
            found["question_type"] = question_types(X[texts[0]].tolist())
        return found

    def questions(self, target: Target) -> Iterator[Question]:
        """Ask for the commonest answer."""
        yield Question(
            "the answer", "naming the most frequent answer", self.codes(target)
        )

    def units(self, target: Target, owners: NDArray[Any]) -> NDArray[Any]:
        """Return the owners; rows about one picture share one."""
        return owners_together(_pictures(target), owners)


def _pictures(target: Target) -> NDArray[Any]:
    pictures: NDArray[Any] = target.scored[:, TRUTH["picture"]]
    return pictures


def _items(columns: Sequence[Any]) -> NDArray[np.int64] | None:
    """Return the number of each row's item; a row without one has its own."""
    if not columns:
        return None
    found = items_of(columns)
    missing = found < 0
    found[missing] = found.max(initial=-1) + 1 + np.arange(missing.sum())
    return found


def _with_items(
    target: Target,
    pictures: NDArray[np.int64] | None,
    questions: NDArray[np.int64] | None,
) -> Target:
    """Put the numbers of pictures and questions before the references."""
    rows = np.arange(len(target.y))
    items = [rows if each is None else each for each in (pictures, questions)]
    given = target.y[:, np.newaxis] if target.truth is None else target.truth
    parts = [*(each.astype(np.str_)[:, np.newaxis] for each in items), given]
    classes = np.unique(np.asarray(target.y, dtype=np.str_)).tolist()
    schema = {"n_answers": N_ANSWERS, **target.schema, "classes": classes}
    return target._replace(truth=np.concatenate(parts, axis=1), schema=schema)


def _untrained_answers(
    name: str, answers: Sequence[str], units: Sequence[Any]
) -> list[Finding]:
    """Say how many test rows have answers that no training row has, or may have."""
    trained = {a for a, unit in zip(answers, units, strict=True) if unit is not None}
    is_split = any(unit is None for unit in units)
    if is_split:
        n = sum(answer not in trained for answer in answers)
        n_tested = sum(unit is None for unit in units)
        what = f"{n:,} of {n_tested:,} test rows have an answer that no training row"
    else:
        owners = Counter(answer for answer, _ in {*zip(answers, units, strict=True)})
        n = sum(owners[answer] == 1 for answer in answers)
        what = f"{n:,} of {len(answers):,} rows have an answer that no other row"
    if not n:
        return []
    text = f"column {name!r}: {what} has, so none can learn it; it counts as wrong."
    return [UNTRAINED_ANSWERS.found(text)]
