"""What the data of generation are: texts that people wrote about each row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns import Column, is_missing, items_of
from mmbench.errors import DataError
from mmbench.tasks.base import Data, Options, Target
from mmbench.tasks.kept_together import kept_together, owners_together
from mmbench.texts import padded, reference_lists

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GenerationData"]


class GenerationData(Data):
    """Reference texts; the schema says how they are split into words."""

    must_be_named = True
    kept_whole = "inputs"
    target_may_be_input = False

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim nothing: any text may be an input as well, so the task is named."""
        return None

    def joined(self, columns: Sequence[Column]) -> Column | None:
        """Join columns that hold texts about the same rows."""
        cells = [
            [text for cell in row if not is_missing(cell) for text in _texts(cell)]
            for row in zip(*(column.cells for column in columns), strict=True)
        ]
        name = " + ".join(column.name for column in columns)
        return Column(name, [cell or None for cell in cells], columns[0].rows)

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Read one text per cell, or a list of texts.

        Raises
        ------
        DataError
            When a cell is neither, or its list holds no text.
        """
        rows = []
        for position, cell in enumerate(column.cells):
            texts = _texts(cell)
            if not texts or not all(isinstance(text, str) for text in texts):
                raise column.error(
                    position,
                    f"a text to write must be a string or a list of strings, got "
                    f"{cell!r:.60}; correct the cell or leave out its row.",
                )
            rows.append(texts)
        return Target(padded(rows)), ()

    def of_cells(self, target: Target, X: Any, sources: Mapping[str, str]) -> Target:
        """Score rows with the same inputs against the texts of all of them."""
        if target.truth is not None:
            return target
        items = items_of([X[name] for name in X.columns])
        missing = items < 0
        items[missing] = items.max(initial=-1) + 1 + np.arange(missing.sum())
        if len(np.unique(items)) == len(items):
            return target
        said: dict[int, dict[str, None]] = {}
        for item, texts in zip(items.tolist(), reference_lists(target.y), strict=True):
            said.setdefault(item, {}).update(dict.fromkeys(texts))
        return target._replace(truth=padded([[*said[i]] for i in items.tolist()]))

    def completed(self, target: Target) -> Target:
        """Say in the schema how texts are split into words; check that there are texts.

        Raises
        ------
        DataError
            When `y` holds no strings, or a row has none.
        """
        y = np.asarray(target.y)
        if y.dtype.kind != "U" or y.ndim not in (1, 2) or not len(y):
            raise DataError(
                "generation needs an array of strings, one or more a row, got y of "
                f"shape {y.shape} and type {y.dtype}."
            )
        rows = y.reshape(len(y), -1)
        empty = np.flatnonzero(~(rows != "").any(axis=1))
        if len(empty):
            raise DataError(f"row {empty[0] + 1} has no text to be scored against.")
        return target._replace(y=rows, schema={"tokenise": "ptb", **target.schema})

    def verify(self, target: Target) -> None:
        """Check that texts differ.

        Raises
        ------
        DataError
            When all rows have the same.
        """
        y = self.completed(target).y
        if (y == y[0]).all():
            raise DataError("all rows have the same texts; there is nothing to learn.")

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return how many texts there are, and how many a row."""
        n_texts = int((target.scored != "").sum())
        return {
            "n_references": round(n_texts / len(target.y), 2),
            "tokenise": target.schema["tokenise"],
        }

    def size_text(self, target: Target) -> str:
        """Say how many references a row has."""
        counts = (target.scored != "").sum(axis=1)
        least, most = int(counts.min()), int(counts.max())
        number = f"{least}" if least == most else f"{least} to {most}"
        return f"{number} reference{'' if most == 1 else 's'} per row"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that there are texts to tell apart, and rows for every fold.

        Raises
        ------
        DataError
            When there are not.
        """
        self.verify(target)
        if target.truth is not None:
            groups = kept_together(self.codes(target), groups)
        super().check(target, groups=groups, n_folds=n_folds)

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that rows with the same inputs lie on one side of an official split.

        Raises
        ------
        DataError
            When some don't.
        """
        self.verify(target)
        if target.truth is None:
            return
        codes = self.codes(target)
        own, scored = reference_lists(target.y), reference_lists(target.truth)
        # Rows with equal texts may have different inputs, but for those that are scored
        # against texts of other rows.
        shares = [set(a) != set(b) for a, b in zip(own, scored, strict=True)]
        both = np.intersect1d(codes[train & shares], codes[test & shares])
        if len(both):
            rows = [
                int(np.flatnonzero((codes == both[0]) & side)[0])
                for side in (train, test)
            ]
            raise DataError(
                f"rows {rows[0] + 1} (train) and {rows[1] + 1} (test) have the same "
                "inputs; an official split must keep them on one side."
            )

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield folds that keep rows with the same inputs, and groups, together."""
        if target.truth is not None:
            groups = kept_together(self.codes(target), groups)
        yield from super().folds(target, n_folds=n_folds, groups=groups, seed=seed)

    def units(self, target: Target, owners: NDArray[Any]) -> NDArray[Any]:
        """Return the owners; rows with the same inputs share one."""
        if target.truth is None:
            return owners
        return owners_together(self.codes(target), owners)

    def codes(self, target: Target) -> NDArray[np.intp]:
        """Return a number for each row, equal where rows have the same references."""
        rows = np.asarray(target.scored)
        numbers: dict[tuple[str, ...], int] = {}
        keys = [tuple(row) for row in rows.reshape(len(rows), -1).tolist()]
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys])


def _texts(cell: Any) -> list[Any]:
    """Return the texts of a cell: a list, also one written as JSON, or the cell."""
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            found = json.loads(cell)
        except ValueError:
            return [cell]
        cell = found if isinstance(found, list) else cell
    if isinstance(cell, str):
        return [cell]
    if isinstance(cell, list | tuple | np.ndarray):
        return [text for text in cell if not is_missing(text)]
    return [cell]
