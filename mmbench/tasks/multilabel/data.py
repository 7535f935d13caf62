"""What the data of multi-label classification are: an indicator of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import DataError
from mmbench.tasks.base import Data, Options, Question, Target
from mmbench.tasks.classification.data import (
    check_memberships,
    check_trained,
    mostly_untrained,
)
from mmbench.tasks.multilabel.label_sets import (
    joined_marks,
    label_sets,
    without_rare_labels,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.checks import Finding
    from mmbench.columns import Column

__all__ = ["MultilabelData"]


class MultilabelData(Data):
    """An indicator of labels, whose columns the schema's ``classes`` name."""

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim cells that hold lists, or labels with a separator between."""
        has_lists = any(isinstance(cell, list | tuple) for cell in column.cells)
        return "" if has_lists or options.label_separator is not None else None

    def joined(self, columns: Sequence[Column]) -> Column | None:
        """Join columns that mark one label each."""
        return joined_marks(columns)

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse label sets.

        Raises
        ------
        DataError
            As :func:`~mmbench.tasks.multilabel.label_sets.label_sets` does.
        """
        y, classes, notices = label_sets(column, options.label_separator)
        return Target(y, {"classes": classes.tolist()}), notices

    def without_rare(
        self, column: Column, options: Options, units: Sequence[Any]
    ) -> tuple[Column, Sequence[Finding]]:
        """Leave out rare labels, or merge them; rows keep their others."""
        return without_rare_labels(column, options, units)

    def completed(self, target: Target) -> Target:
        """Check that each column of the indicator has a name.

        Raises
        ------
        DataError
            When `y` is not an indicator, or its columns have no names.
        """
        classes = target.schema.get("classes")
        n_columns = None if classes is None else len(classes)
        if target.y.ndim != 2 or target.y.shape[1] != n_columns:
            raise DataError(
                "the task 'multilabel' needs an indicator y with a name in "
                "schema['classes'] for each column; got y of shape "
                f"{target.y.shape} and classes={classes}."
            )
        return target

    def verify(self, target: Target) -> None:
        """Check that the indicator is valid, and that some sample has each label.

        Raises
        ------
        DataError
            When they are not.
        """
        y, names = np.asarray(target.y), target.schema["classes"]
        if len(names) < 2 or names != sorted({str(name) for name in names}):
            raise DataError("classes must be at least two strings, sorted, each once.")
        if y.dtype != np.int64:
            raise DataError(f"y must be an indicator of int64, got {y.dtype}.")
        if not np.isin(y, (0, 1)).all():
            raise DataError("an indicator may hold 0 and 1 only.")
        if not y.any(axis=0).all():
            unused = names[int(np.flatnonzero(~y.any(axis=0))[0])]
            raise DataError(
                f"no sample has the label {unused!r}; leave it out of classes."
            )
        if (y == y[0]).all():
            raise DataError("all samples have the same labels.")

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return the number of labels."""
        return {"n_classes": len(target.schema["classes"])}

    def size_text(self, target: Target) -> str:
        """Say how many labels there are."""
        return f"{len(target.schema['classes'])} labels, several per sample"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that every label can be in every fold.

        Raises
        ------
        DataError
            When a label is on fewer samples, or in fewer groups, than there are folds.
        """
        rows, codes = np.nonzero(target.y)
        names = target.schema["classes"]
        words = "label", "labels"
        check_memberships(
            rows, codes, names, groups=groups, n_folds=n_folds, words=words
        )

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that training rows differ, and have all labels that are tested.

        Raises
        ------
        DataError
            When they don't.
        """
        of_train, of_test = target.y[train], target.y[test]
        names = target.schema["classes"]
        trained = np.flatnonzero(of_train.any(axis=0))
        if (of_train == of_train[0]).all():
            only = [names[code] for code in trained.tolist()]
            raise DataError(
                f"all rows that the official split trains on have the labels {only}."
            )
        check_trained(trained, np.flatnonzero(of_test.any(axis=0)), names, "label")

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield folds stratified by each label [1]_, but not if there are groups, too.

        References
        ----------
        .. [1] K. Sechidis, G. Tsoumakas, I. Vlahavas (2011). On the stratification of
           multi-label data. ECML PKDD, LNCS 6913, 145-158.
        """
        from iterstrat.ml_stratifiers import MultilabelStratifiedKFold
        from sklearn.model_selection import GroupKFold

        kind = MultilabelStratifiedKFold if groups is None else GroupKFold
        splitter = kind(n_folds, shuffle=True, random_state=seed)
        yield from splitter.split(np.zeros(len(target.y)), target.y, groups)

    def is_stratified(self, *, has_groups: bool) -> bool:
        """Return True where no groups have to be kept whole."""
        return not has_groups

    def untrained(
        self,
        target: Target,
        folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    ) -> Sequence[str]:
        """Name labels that folds answer for mostly without having trained on them."""
        names = [f"the label {name!r}" for name in target.schema["classes"]]
        return mostly_untrained(target.y.astype(bool), names, folds)

    def rarest(self, target: Target) -> tuple[str, int] | None:
        """Return nothing: each label is a question of its own."""
        return None

    def codes(self, target: Target) -> NDArray[np.intp]:
        """Return a number for each row, equal where rows have the same labels."""
        bits = np.packbits(target.y, axis=1)
        return np.unique(bits, axis=0, return_inverse=True)[1].reshape(-1)

    def questions(self, target: Target) -> Iterator[Question]:
        """Ask, of each label, whether a row has it."""
        for name, has in zip(target.schema["classes"], target.y.T, strict=True):
            # Of a label that all rows have, or none, there is nothing to know.
            if has.any() and not has.all():
                about = f"the label {name!r}"
                yield Question(about, "giving the more frequent answer", has)
