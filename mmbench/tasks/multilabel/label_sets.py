"""From a target column to label sets: any number of labels per sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import CONSTANT_LABEL, NO_LABELS
from mmbench.columns import Column, is_missing, split_labels
from mmbench.columns.look_alikes import look_alikes
from mmbench.columns.written_lists import check_no_lists
from mmbench.errors import DataError
from mmbench.tasks.base import Options
from mmbench.tasks.classification.labels import labels_of
from mmbench.tasks.classification.rare_classes import found_rare, rare_names
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["joined_marks", "label_sets", "without_rare_labels"]

_MARKS = {
    **dict.fromkeys(("1", "1.0", "true", "yes"), True),
    **dict.fromkeys(("0", "0.0", "false", "no"), False),
}


def label_sets(
    column: Column, separator: str | None = None
) -> tuple[NDArray[np.int64], NDArray[np.str_], tuple[Finding, ...]]:
    """Return an indicator of the labels that cells hold.

    Parameters
    ----------
    column : Column
        A target column; no cell of it is missing. Cells are lists or tuples; an empty
        one is a sample without any label.
    separator : str, optional
        What stands between the labels of a cell that is a string.

    Returns
    -------
    y : ndarray of shape (n_samples, n_classes), int64
        1 where a sample has the label.
    classes : ndarray of shape (n_classes,), str
        The labels, sorted; strings, whatever the cells hold.
    notices : tuple of Finding
        What should be known about the labels.

    Raises
    ------
    DataError
        When some cells are lists and others are not, no cell holds the separator, a
        label can't be one, or there is nothing to learn.

    Examples
    --------
    >>> films = Column("genres", ["War|Drama", "Comedy", "|"], [1, 2, 3])
    >>> y, classes, notices = label_sets(films, "|")
    >>> classes.tolist(), y.tolist()
    (['Comedy', 'Drama', 'War'], [[0, 1, 1], [1, 0, 0], [0, 0, 0]])
    >>> notices[0]
    "column 'genres': 1 of 3 cells hold no label; their samples have none of them...
    """
    y, classes = _indicator(column, _label_sets(column, separator))
    _check_differ(column, y, classes)
    alike = look_alikes(column.name, classes.tolist(), "classes")
    return y, classes, (*alike, *_notices(column, y, classes))


def joined_marks(columns: Sequence[Column]) -> Column:
    """Return a column of labels out of columns that mark one label each.

    Parameters
    ----------
    columns : sequence of Column
        Of the same rows. A cell says whether the row has the label that the column is
        called by: 1 or 0, also written true or false, yes or no.

    Returns
    -------
    Column
        Each cell holds a tuple of labels; None where a mark is missing.

    Raises
    ------
    DataError
        When a cell says neither, or no row has a label.

    Examples
    --------
    >>> marks = Column("loud", [1, 0], [1, 2]), Column("rude", ["1", "yes"], [1, 2])
    >>> joined_marks(marks).cells
    [('loud', 'rude'), ('rude',)]
    """
    names = [column.name for column in columns]
    marks = [_marks(column) for column in columns]
    cells = [
        None
        if None in row
        else tuple(n for n, mark in zip(names, row, strict=True) if mark)
        for row in zip(*marks, strict=True)
    ]
    return Column(", ".join(names), cells, columns[0].rows)


def without_rare_labels(
    column: Column, options: Options, units: Sequence[Any]
) -> tuple[Column, Sequence[Finding]]:
    """Leave out labels that too few samples have, or merge them.

    Parameters
    ----------
    column : Column
        One set of labels per cell.
    options : Options
        Which labels are rare, and what happens to them.
    units : sequence
        The unit of each sample, by which samples are counted; None for rows that don't
        count.

    Returns
    -------
    tuple of (Column, sequence of Finding)
        All rows, with the labels that are left.

    Raises
    ------
    DataError
        When fewer than two labels are left.
    """
    if options.min_class_size is None:
        return column, ()
    separator, other = options.label_separator, options.merge_rare
    sets = [tuple(map(str, labels)) for labels in _label_sets(column, separator)]
    pairs = [
        (label, unit)
        for labels, unit in zip(sets, units, strict=True)
        for label in labels
    ]
    rare = rare_names(pairs, options)
    if not rare:
        return column, ()
    kept = [
        tuple(dict.fromkeys(n for v in labels if (n := other if v in rare else v)))
        for labels in sets
    ]
    cells: list[Any] = list(kept)
    if separator is not None:
        cells = [separator.join(labels) or separator for labels in kept]
    what = (
        "rows keep their other labels" if other is None else f"they count as {other!r}"
    )
    n_labels = len({label for label, _ in pairs})
    notice = found_rare(column.name, rare, n_labels, options.min_class_size, what)
    return column._replace(cells=cells), [notice]


def _marks(column: Column) -> list[bool | None]:
    found: list[bool | None] = []
    for position, cell in enumerate(column.cells):
        if is_missing(cell):
            found.append(None)
            continue
        mark = _MARKS.get(str(cell).strip().lower())
        if mark is None:
            raise column.error(
                position,
                "where the target is several columns, each must say 1 or 0, got "
                f"{short(cell)}.",
            )
        found.append(mark)
    if not any(found):
        raise DataError(
            f"column {column.name!r}: no row has this label; leave the column out."
        )
    return found


def _label_sets(column: Column, separator: str | None) -> Sequence[Sequence[Any]]:
    """Return the labels of every cell."""
    cells = column.cells
    check_no_lists(column, separator)
    is_list = [isinstance(cell, list | tuple) for cell in cells]
    if separator is not None and not any(is_list):
        return _separated(column, separator)
    if separator is not None:
        raise column.error(
            is_list.index(True),
            f"holds a list of labels, which leaves nothing to separate by "
            f"{separator!r}.",
        )
    if not all(is_list):
        position = is_list.index(False)
        raise column.error(
            position,
            f"holds a {type(cells[position]).__name__}, but other cells hold lists of "
            "labels; write one label as a list of one, and none as an empty list.",
        )
    return cells


def _separated(column: Column, separator: str) -> list[tuple[Any, ...]]:
    texts = [cell for cell in column.cells if isinstance(cell, str)]
    # With a wrong separator every combination of labels would become a label.
    if not any(separator in text for text in texts):
        raise DataError(
            f"column {column.name!r}: no cell holds the label separator {separator!r}; "
            "give the separator that the cells use, or none if each holds one label."
        )
    return [
        split_labels(cell, separator) if isinstance(cell, str) else (cell,)
        for cell in column.cells
    ]


def _indicator(
    column: Column, label_sets: Sequence[Sequence[Any]]
) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Return which sample has which label, and the labels."""
    owners = np.repeat(np.arange(len(label_sets)), [len(each) for each in label_sets])
    flat = Column(
        column.name,
        [label for labels in label_sets for label in labels],
        [column.rows[i] for i in owners.tolist()],
    )
    check_no_lists(flat)
    for position, label in enumerate(flat.cells):
        if is_missing(label):
            raise flat.error(position, "a label in the list is empty; leave it out.")
    names = np.array([str(label) for label in labels_of(flat)], dtype=np.str_)
    classes, codes = np.unique(names, return_inverse=True)
    y = np.zeros((len(label_sets), len(classes)), dtype=np.int64)
    y[owners, codes] = 1
    return y, classes


def _check_differ(
    column: Column, y: NDArray[np.int64], classes: NDArray[np.str_]
) -> None:
    """Refuse labels that leave a classifier nothing to learn."""
    if len(classes) < 2:
        held = f"one label in all, {str(classes[0])!r}" if len(classes) else "no label"
        raise DataError(
            f"column {column.name!r} holds {held}; there must be at least two. Having "
            f"a label or not makes two classes: write them as such."
        )
    if (y == y[0]).all():
        raise DataError(
            f"column {column.name!r}: all rows have the same labels, "
            f"{classes.tolist()}; there is nothing to learn."
        )


def _notices(
    column: Column, y: NDArray[np.int64], classes: NDArray[np.str_]
) -> Iterator[Finding]:
    empty = np.flatnonzero(~y.any(axis=1)).tolist()
    if empty:
        what = "hold no label; their samples have none of them"
        yield NO_LABELS.found(column.notice(empty, what))
    constant = classes[y.all(axis=0)].tolist()
    if constant:
        yield CONSTANT_LABEL.found(
            f"column {column.name!r}: every row has the label "
            f"{', '.join(map(repr, constant))}; nothing can be learnt of it."
        )
