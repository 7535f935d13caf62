"""Groups, official splits, and whether there is enough of every class to split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mmbench.datasets.columns import Column, categorical_values, is_missing
from mmbench.datasets.look_alikes import look_alikes
from mmbench.datasets.samples import classes_of
from mmbench.errors import DataError, UsageError
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Samples

__all__ = ["check_classes", "check_sides", "check_split", "group_array", "split_array"]

VALIDATION = "validation"
_SPELLINGS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("test", "testing"), "test"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), VALIDATION),
}


def group_array(column: Column) -> tuple[NDArray[np.str_], tuple[str, ...]]:
    """Return groups as strings, and notices of those that look alike; 1.0 is ``"1"``.

    Raises
    ------
    DataError
        When a cell is missing, so that it is unknown whether its row may be split off,
        or holds something that is neither a string nor a number.
    """
    _require_all(column, "group")
    groups = categorical_values(column).values
    for position, group in enumerate(groups):
        if "\0" in group:
            raise column.error(position, f"{short(group)} holds a NUL character.")
    so = ", so a split can part their rows"
    return np.array(groups), look_alikes(column.name, groups, "groups", so)


def split_array(column: Column) -> NDArray[np.str_]:
    """Return ``"train"``, ``"test"`` or ``"validation"`` for every row.

    Raises
    ------
    DataError
        When a cell is missing, or none of these in any usual spelling.
    """
    _require_all(column, "part")
    parts = []
    for position, cell in enumerate(column.cells):
        part = _SPELLINGS.get(str(cell).strip().lower())
        if part is None:
            raise column.error(
                position, f"a split must be 'train' or 'test', got {short(cell)}."
            )
        parts.append(part)
    return np.array(parts)


def check_sides(split: NDArray[np.str_]) -> None:
    """Check that an official split has rows on both sides.

    Raises
    ------
    DataError
        When it has not.
    """
    for side in ("train", "test"):
        if side not in split:
            raise DataError(f"the official split has no {side!r} rows.")


def check_split(samples: Samples) -> None:
    """Check that a model can be trained and tested on an official split.

    Raises
    ------
    DataError
        When a side is empty, training rows all have the same label (or labels), a label
        is tested but never trained, or a group lies on both sides.
    """
    if samples.split is None:
        return
    check_sides(samples.split)
    train, test = (samples.split == side for side in ("train", "test"))
    rows, codes = _memberships(samples)
    trained, tested = (np.unique(codes[side[rows]]) for side in (train, test))
    names = classes_of(samples).tolist()
    if (samples.y[train] == samples.y[train][0]).all():
        only = [names[code] for code in trained.tolist()]
        raise DataError(
            f"the official split trains on one class only, {only[0]!r}."
            if samples.classes is None
            else f"all rows that the official split trains on have the labels {only}."
        )
    unseen = np.setdiff1d(tested, trained).tolist()
    if unseen:
        raise DataError(
            f"the official split tests the {_words(samples)[0]} {names[unseen[0]]!r}, "
            "which it never trains."
        )
    if samples.groups is not None:
        both = np.intersect1d(samples.groups[train], samples.groups[test]).tolist()
        if both:
            raise DataError(
                f"the group {both[0]!r} lies on both sides of the official split."
            )


def check_classes(samples: Samples, n_folds: int) -> None:
    """Check that every class, or every one of several labels, can be in every fold.

    Parameters
    ----------
    samples : Samples
        Where there are groups, a class must have as many groups as folds, because
        only whole groups go to a fold. An official split needs no folds, so nothing
        is checked.
    n_folds : int
        The number of folds, at least 2.

    Raises
    ------
    UsageError
        When there are fewer than two folds.
    DataError
        When a class has fewer samples, or is in fewer groups, than there are folds. Of
        several labels a sample, every one must be on as many.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets import Samples
    >>> samples = Samples(pd.DataFrame({"text": list("abcd")}), np.array([0, 0, 0, 1]))
    >>> check_classes(samples, 2)
    Traceback (most recent call last):
    mmbench.errors.DataError: class 1 has fewer samples (1) than there are folds (2)...
    """
    if n_folds < 2:
        raise UsageError(f"the number of folds must be at least 2, got {n_folds!r}.")
    if samples.split is not None:
        return
    rows, codes = _memberships(samples)
    unit = "samples"
    if samples.groups is not None:
        # One row for each pair of a class and a group.
        groups = np.unique(samples.groups, return_inverse=True)[1]
        pairs = np.unique(np.column_stack([codes, groups[rows]]), axis=0)
        unit, codes = "groups", pairs[:, 0]
    names = classes_of(samples).tolist()
    counts = np.bincount(codes, minlength=len(names))
    small = np.flatnonzero(counts < n_folds)
    if len(small):
        noun, nouns = _words(samples)
        others = ""
        if len(small) > 1:
            n_more = len(small) - 1
            others = f", and so for {n_more} other {noun if n_more == 1 else nouns}"
        raise DataError(
            f"{noun} {names[small[0]]!r} has fewer {unit} ({counts[small[0]]}) than "
            f"there are folds ({n_folds}){others}; choose fewer folds, or leave out or "
            f"merge such {nouns}."
        )


def _memberships(samples: Samples) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return a row, and the number of its class, for each label that a row has."""
    if samples.classes is not None:
        rows, codes = np.nonzero(samples.y)
        return rows, codes
    codes = np.unique(samples.y, return_inverse=True)[1]
    return np.arange(len(codes)), codes


def _words(samples: Samples) -> tuple[str, str]:
    """Return what to call one and several of the things that are told apart."""
    return ("class", "classes") if samples.classes is None else ("label", "labels")


def _require_all(column: Column, what: str) -> None:
    missing = [i for i, cell in enumerate(column.cells) if is_missing(cell)]
    if missing:
        raise DataError(column.notice(missing, f"are empty; every row needs a {what}"))
