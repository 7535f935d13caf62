"""What the data of classification are: one label per sample, enough of each class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns.look_alikes import look_alikes
from mmbench.columns.written_lists import check_no_lists, list_notices
from mmbench.errors import DataError
from mmbench.tasks.base import Data, Options, Question, Target
from mmbench.tasks.classification.labels import label_array, missing_notices
from mmbench.tasks.classification.metrics import class_numbers
from mmbench.tasks.classification.rare_classes import without_rare_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.checks import Finding
    from mmbench.columns import Column

_FEW_NUMBERS = 20
_NOT_LABELS = "labels must be strings or integers, none of them missing."

__all__ = ["ClassificationData", "check_memberships", "check_trained"]


class ClassificationData(Data):
    """Labels, strings or integers; the schema's ``classes`` are those there are."""

    def claims(self, column: Column, options: Options) -> str | None:
        """Take any column: labels are what is left."""
        return ""

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse labels.

        Raises
        ------
        DataError
            As :func:`~mmbench.tasks.classification.labels.label_array` does.
        """
        check_no_lists(column)
        y = label_array(column)
        alike = look_alikes(column.name, y.tolist(), "classes")
        more = (*missing_notices(column, y), *list_notices(column))
        return Target(y), (*alike, *more)

    def without_rare(
        self, column: Column, options: Options, units: Sequence[Any]
    ) -> tuple[Column, Sequence[Finding]]:
        """Leave out rows of rare classes, or merge these."""
        return without_rare_classes(column, options, units)

    def completed(self, target: Target) -> Target:
        """List the classes, and check that there is one label per row.

        Raises
        ------
        DataError
            When `y` has several columns.
        """
        if target.y.ndim != 1:
            raise DataError(
                f"classification needs one label per sample, got y of shape "
                f"{target.y.shape}; where samples have several labels, the task is "
                "'multilabel'."
            )
        if "classes" in target.schema:
            return target
        try:
            classes = np.unique(target.y).tolist()
        except TypeError:
            # None, or strings beside numbers.
            raise DataError(_NOT_LABELS) from None
        return target._replace(schema={"classes": classes})

    def verify(self, target: Target) -> None:
        """Check that labels are strings or integers, of two classes at least.

        Raises
        ------
        DataError
            When they are not.
        """
        y = np.asarray(target.y)
        is_text = y.dtype.kind == "O" and all(isinstance(label, str) for label in y)
        if y.dtype.kind not in "iuU" and not is_text:
            raise DataError(_NOT_LABELS)
        if len(np.unique(y)) < 2:
            raise DataError("there must be at least two classes.")

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return the number of classes."""
        return {"n_classes": len(target.schema["classes"])}

    def size_text(self, target: Target) -> str:
        """Say how many classes there are."""
        return f"{len(target.schema['classes'])} classes"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that every class can be in every fold.

        Raises
        ------
        DataError
            When a class has fewer samples, or is in fewer groups, than there are folds.
        """
        codes = class_numbers(target)
        names = target.schema["classes"]
        rows = np.arange(len(codes))
        words = "class", "classes"
        check_memberships(
            rows, codes, names, groups=groups, n_folds=n_folds, words=words
        )

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that several classes are trained, and all that are tested.

        Raises
        ------
        DataError
            When they are not.
        """
        codes = class_numbers(target)
        trained, tested = np.unique(codes[train]), np.unique(codes[test])
        names = target.schema["classes"]
        if len(trained) == 1:
            only = names[int(trained[0])]
            raise DataError(f"the official split trains on a single class, {only!r}.")
        check_trained(trained, tested, names, "class")

    def folds(
        self,
        target: Target,
        *,
        n_folds: int,
        groups: NDArray[Any] | None,
        seed: int,
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield folds that are stratified by class."""
        from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        splitter = kind(n_folds, shuffle=True, random_state=seed)
        yield from splitter.split(np.zeros(len(target.y)), target.y, groups)

    def is_stratified(self, *, has_groups: bool) -> bool:
        """Return True: each class has its share of every fold."""
        return True

    def untrained(
        self,
        target: Target,
        folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    ) -> Sequence[str]:
        """Name classes that folds answer for mostly without having trained on them."""
        has = class_numbers(target)[:, None] == np.arange(len(target.schema["classes"]))
        names = [f"class {name!r}" for name in target.schema["classes"]]
        return mostly_untrained(has, names, folds)

    def rarest(self, target: Target) -> tuple[str, int] | None:
        """Name the rarest class that rows have."""
        numbers, counts = np.unique(class_numbers(target), return_counts=True)
        name = target.schema["classes"][int(numbers[counts.argmin()])]
        return f"class {name!r}", int(counts.min())

    def codes(self, target: Target) -> NDArray[np.intp]:
        """Return the number of each row's class."""
        return class_numbers(target)

    def questions(self, target: Target) -> Iterator[Question]:
        """Ask for the label."""
        yield Question(
            "the label", "naming the most frequent label", class_numbers(target)
        )


def mostly_untrained(
    has: NDArray[np.bool_],
    names: Sequence[str],
    folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
) -> list[str]:
    """Name the classes that folds answer for mostly without having trained on them.

    Parameters
    ----------
    has : ndarray of shape (n_rows, n_classes), bool
        Which row has which class.
    names : sequence of str
        What messages call the classes.
    folds : sequence of (ndarray, ndarray)
        Row numbers that train and that are answered.

    Returns
    -------
    list of str
        Of two rows and more; a single row can't be on both sides.

    Examples
    --------
    >>> has = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], bool)
    >>> mostly_untrained(has, ["a", "b"], [(np.array([0, 1]), np.array([2, 3]))])
    ['b']
    """
    unseen = np.zeros(len(names), dtype=np.intp)
    for train, test in folds:
        unseen += has[test].sum(axis=0) * ~has[train].any(axis=0)
    n_rows = has.sum(axis=0)
    mostly = np.flatnonzero((n_rows > 1) & (2 * unseen > n_rows))
    return [names[i] for i in mostly.tolist()]


def check_memberships(
    rows: NDArray[np.intp],
    codes: NDArray[np.intp],
    names: Sequence[Any],
    *,
    groups: NDArray[Any] | None,
    n_folds: int,
    words: tuple[str, str],
) -> None:
    """Check that each class, or label, has as many samples or groups as folds.

    Parameters
    ----------
    rows, codes : ndarray of shape (n_memberships,)
        A row, and the number of a class that it has.
    names : sequence
        What the classes are called.
    groups : ndarray of shape (n_rows,), optional
        Only whole groups go to a fold.
    n_folds : int
        How many folds there are.
    words : (str, str)
        What one and several of the classes are called.

    Raises
    ------
    DataError
        When one has fewer.
    """
    unit = "samples"
    if groups is not None:
        # One row for each pair of a class and a group.
        numbers = np.unique(groups, return_inverse=True)[1]
        pairs = np.unique(np.column_stack([codes, numbers[rows]]), axis=0)
        unit, codes = "groups", pairs[:, 0]
    counts = np.bincount(codes, minlength=len(names))
    small = np.flatnonzero(counts < n_folds)
    if not len(small):
        return
    noun, nouns = words
    n_more = len(small) - 1
    others = ""
    if n_more:
        others = f", and so for {n_more} other {noun if n_more == 1 else nouns}"
    raise DataError(
        f"{noun} {names[small[0]]!r} has fewer {unit} ({counts[small[0]]}) than "
        f"there are folds ({n_folds}){others}; choose fewer folds (--folds), leave "
        f"out such {nouns} (--min-class-size {n_folds}), or merge them (with "
        f"--merge-rare "
        f"NAME, too).{_numbers_hint(names)}"
    )


def _numbers_hint(names: Sequence[Any]) -> str:
    """Return what else helps where classes are many whole numbers."""
    if len(names) <= _FEW_NUMBERS or not all(isinstance(name, int) for name in names):
        return ""
    return " If the numbers are amounts, predict them: --task regression."


def check_trained(
    trained: NDArray[np.intp],
    tested: NDArray[np.intp],
    names: Sequence[Any],
    noun: str,
) -> None:
    """Check that every class that is tested was trained.

    Parameters
    ----------
    trained, tested : ndarray of int
        The numbers of the classes on each side.
    names : sequence
        The classes by number.
    noun : str
        What they are called: ``"class"`` or ``"label"``.

    Raises
    ------
    DataError
        When one was never trained.
    """
    unseen = np.setdiff1d(tested, trained).tolist()
    if unseen:
        raise DataError(
            f"the official split tests the {noun} {names[unseen[0]]!r}, which it never "
            "trains; use folds (without --split, or with --ignore-split), or leave out "
            "what is not trained (--min-class-size 1)."
        )
