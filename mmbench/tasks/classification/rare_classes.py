"""Classes that too few samples have: left out, or merged into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from mmbench.checks import Finding
from mmbench.checks.catalogue import CLASSES_LEFT_OUT
from mmbench.columns import Column
from mmbench.errors import DataError
from mmbench.tasks.base import Options
from mmbench.tasks.classification.labels import labels_of

__all__ = ["found_rare", "rare_names", "without_rare_classes"]


def without_rare_classes(
    column: Column, options: Options, units: Sequence[Any]
) -> tuple[Column, Sequence[Finding]]:
    """Leave out the rows of rare classes, or merge these; see :class:`Data`.

    Parameters
    ----------
    column : Column
        One label per cell.
    options : Options
        Which labels are rare, and what happens to them.
    units : sequence
        The unit of each sample, by which samples are counted; None for rows that don't
        count.

    Returns
    -------
    tuple of (Column, sequence of Finding)
        Cells that are labels, and a notice of those that were rare.

    Raises
    ------
    DataError
        When fewer than two classes are left.

    Examples
    --------
    >>> column = Column("kind", ["cat", "dog", "cat", "dog", "cow"], [1, 2, 3, 4, 5])
    >>> left, notices = without_rare_classes(column, Options(min_class_size=2), "abcde")
    >>> left.cells, left.rows
    (['cat', 'dog', 'cat', 'dog'], [1, 2, 3, 4])
    """
    if options.min_class_size is None:
        return column, ()
    labels, other = labels_of(column), options.merge_rare
    rare = rare_names(zip(labels, units, strict=True), options)
    if not rare:
        return column, ()
    is_rare = [label in rare for label in labels]
    if other is None:
        kept = [i for i, each in enumerate(is_rare) if not each]
        rows = [column.rows[i] for i in kept]
        left = Column(column.name, [labels[i] for i in kept], rows)
    else:
        merged = [other if r else v for v, r in zip(labels, is_rare, strict=True)]
        left = column._replace(cells=merged)
    becomes = "are left out" if other is None else f"count as {other!r}"
    what = f"their {sum(is_rare):,} of {len(labels):,} rows {becomes}"
    least, n_classes = options.min_class_size, len(set(labels))
    return left, [found_rare(column.name, rare, n_classes, least, what)]


def rare_names(pairs: Iterable[tuple[Any, Any]], options: Options) -> dict[Any, int]:
    """Return the classes that too few samples have, and how many each has.

    Parameters
    ----------
    pairs : iterable of (class, unit)
        Which class is on which sample or group; None for one that doesn't count.
    options : Options
        How many are enough.

    Returns
    -------
    dict of object to int
        The largest first.

    Raises
    ------
    DataError
        When fewer than two classes are left, the merged one included.
    """
    pairs = list(pairs)
    counts = dict.fromkeys((name for name, _ in pairs), 0)
    counts |= Counter(name for name, unit in set(pairs) if unit is not None)
    least, other = options.min_class_size or 0, options.merge_rare
    rare = {name: n for name, n in counts.items() if n < least}
    merged = {unit for name, unit in pairs if name in {*rare, other}} - {None}
    if rare and other is not None and len(merged) < least:
        raise DataError(
            f"the classes that fewer than {least:,} samples have are on "
            f"{len(merged):,} together, too few for a class {other!r}; leave them out, "
            "without --merge-rare."
        )
    n_left = len({*counts, other} - {*rare, None})
    if n_left < 2:
        raise DataError(
            f"{n_left} of {len(counts):,} classes would be left with {least:,} "
            "samples; choose a smaller number (--min-class-size), or merge the others "
            "(--merge-rare NAME)."
        )
    return dict(sorted(rare.items(), key=lambda each: -each[1]))


def found_rare(
    column: str, rare: dict[Any, int], n_classes: int, least: int | None, what: str
) -> Finding:
    """Return a sentence about rare classes.

    Parameters
    ----------
    column : str
        The target's column.
    rare : dict of object to int
        The classes, the largest first, and their sizes.
    n_classes : int
        How many classes there are in all.
    least : int
        How many samples are enough.
    what : str
        What becomes of them.

    Returns
    -------
    Finding
    """
    name, n = next(iter(rare.items()))
    return CLASSES_LEFT_OUT.found(
        f"column {column!r}: {len(rare):,} of {n_classes:,} classes have fewer than "
        f"{least:,} samples (the largest: {name!r}, {n:,}); {what}."
    )
