"""What the data of retrieval are: pairs, and a key that says what is relevant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks.catalogue import UNSHARED_KEYS
from mmbench.columns import items_of
from mmbench.errors import DataError
from mmbench.tasks.base import Data, Options, Target
from mmbench.tasks.kept_together import kept_together, owners_together
from mmbench.tasks.retrieval.sides import SIDES, TRUTH, sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.columns import Column

__all__ = ["RetrievalData"]

# Keys that so many pictures share on average are classes, not things.
_PICTURES_A_CLASS = 5


class RetrievalData(Data):
    """Relevance keys; the schema says whether they are ``class_keys``."""

    target_may_be_input = True
    must_be_named = True
    kept_whole = "items"

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim nothing: any column may be a key, so the task must be named."""
        return None

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Take every cell as a key, as it is written; say if no two are equal."""
        keys = np.array([str(cell) for cell in column.cells])
        notices = []
        if len(keys) > 1 and len(np.unique(keys)) == len(keys):
            sentence = (
                f"no two rows have the same key in column {column.name!r}: each side "
                "is relevant to the other side of its own row only."
            )
            notices.append(UNSHARED_KEYS.found(sentence))
        return Target(keys, {"gallery_size": options.gallery_size}), notices

    def of_cells(self, target: Target, X: Any, sources: Mapping[str, str]) -> Target:
        """Add the numbers of keys, of both sides' items and of distinct pictures.

        Raises
        ------
        DataError
            When all columns are of one side.
        """
        if target.truth is not None:
            return target
        sides = sides_of(sources)
        columns = {side: [X[c] for c in names] for side, names in sides.items()}
        target = target._replace(truth=_truth(target.y, columns))
        if {sources[column] for column in sides["image"]} != {"video"}:
            return target
        return target._replace(schema={**target.schema, "image": "video"})

    def is_ablated(self, sources: Mapping[str, str]) -> bool:
        """Ablate where a side has several modalities: without a side, all is chance."""
        sides = sides_of(sources).values()
        return any(len({sources[column] for column in side}) > 1 for side in sides)

    def completed(self, target: Target) -> Target:
        """Say in the schema whether keys are classes; without truth, rows are pairs.

        Raises
        ------
        DataError
            When `y` is not one key per row.
        """
        y = np.asarray(target.y)
        if y.ndim != 1 or not len(y):
            raise DataError(
                f"retrieval needs one key per row, got y of shape {y.shape}."
            )
        truth = target.truth
        if truth is None:
            rows = [np.arange(len(y))]
            truth = _truth(y, dict.fromkeys(SIDES, rows))
        if "class_keys" in target.schema:
            return target._replace(truth=truth)
        schema = {"gallery_size": None, **target.schema}
        units, keys = (truth[:, TRUTH[name]] for name in ("unit", "key"))
        schema["class_keys"] = _are_classes(units, keys)
        return target._replace(schema=schema, truth=truth)

    def verify(self, target: Target) -> None:
        """Check that there are two keys at least.

        Raises
        ------
        DataError
            When all rows have the same key, so that everything is relevant.
        """
        keys = np.unique(self.completed(target).scored[:, TRUTH["key"]])
        if len(keys) < 2:
            raise DataError(
                "all rows have the same key, so everything is relevant to everything; "
                "choose another column (--key)."
            )

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return how many keys and items there are, and what galleries hold."""
        numbers = {
            f"n_{_called(target, name)}s": _n_items(target, name)
            for name in ("key", *SIDES)
        }
        return numbers | {"gallery_size": target.schema["gallery_size"]}

    def size_text(self, target: Target) -> str:
        """Say how many items each side has."""
        texts, images = (f"{_n_items(target, side):,}" for side in SIDES)
        keys = (
            f", {_n_items(target, 'key')} keys" if target.schema["class_keys"] else ""
        )
        return f"{texts} texts, {images} {_called(target, 'image')}s{keys}"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that there are keys to tell apart, and pictures for every fold.

        Raises
        ------
        DataError
            When there are not.
        """
        self.verify(target)
        n_units = len(np.unique(kept_together(target.scored[:, TRUTH["unit"]], groups)))
        if n_units < 2 * n_folds:
            raise DataError(
                f"{n_units} distinct {_called(target, 'image')}s (or groups) are too "
                f"few for {n_folds} folds, which need two each; choose fewer folds "
                "(--folds)."
            )

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that no picture lies on both sides of an official split.

        Raises
        ------
        DataError
            When one does.
        """
        self.verify(target)
        units = target.scored[:, TRUTH["unit"]]
        both = np.intersect1d(units[train], units[test])
        if len(both):
            rows = [
                int(np.flatnonzero((units == both[0]) & s)[0]) for s in (train, test)
            ]
            what = _called(target, "image")
            raise DataError(
                f"the {what}s of rows {rows[0] + 1} (train) and {rows[1] + 1} (test) "
                f"are the same; an official split must keep each {what} on one side."
            )

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield folds that keep each picture, and each group, on one side."""
        together = kept_together(target.scored[:, TRUTH["unit"]], groups)
        yield from super().folds(target, n_folds=n_folds, groups=together, seed=seed)

    def units(self, target: Target, owners: NDArray[Any]) -> NDArray[Any]:
        """Return the owners; rows of one picture share one."""
        return owners_together(target.scored[:, TRUTH["unit"]], owners)


def _truth(y: Any, columns: Mapping[str, Sequence[Any]]) -> NDArray[np.int64]:
    """Return the columns of :data:`TRUTH`."""
    keys: Any = np.unique(y, return_inverse=True)[1].reshape(-1)
    pictures = items_of(columns["image"])
    # Rows without a picture have nothing in common.
    missing = pictures < 0
    pictures[missing] = pictures.max(initial=-1) + 1 + np.arange(missing.sum())
    if not _are_classes(pictures, keys):
        # One picture with two keys is as right for the texts of either.
        keys = kept_together(pictures, keys)
    items = {}
    for side in SIDES:
        found = items_of([*columns[side], keys])
        # A key alone is not an item.
        items[side] = np.where(items_of(columns[side]) < 0, -1, found)
    return np.column_stack([keys, items["text"], items["image"], pictures])


def _are_classes(pictures: NDArray[Any], keys: NDArray[Any]) -> bool:
    return len(np.unique(pictures)) >= _PICTURES_A_CLASS * len(np.unique(keys))


def _called(target: Target, name: str) -> str:
    """Return what reports and messages call a side; it may be videos that are seen."""
    return str(target.schema.get(name, name))


def _n_items(target: Target, name: str) -> int:
    items = target.scored[:, TRUTH[name]]
    return len(np.unique(items[items >= 0]))
