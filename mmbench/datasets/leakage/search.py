"""Every search for leakage, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import NOT_SEARCHED, SAMPLED, SPLIT_GROUPS
from mmbench.datasets.leakage.circumstances import (
    image_sizes,
    missing_cells,
    row_order,
)
from mmbench.datasets.leakage.columns import target_in_columns
from mmbench.datasets.leakage.duplicates import duplicates, near_duplicates
from mmbench.datasets.leakage.evidence import Evidence
from mmbench.datasets.leakage.group_ids import group_ids
from mmbench.datasets.leakage.named_targets import (
    target_in_file_names,
    target_in_texts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Modality, Samples
    from mmbench.tasks import Task

__all__ = ["SEARCHES", "find_leaks", "straddling_groups"]

SEARCHES: Mapping[str, Callable[[Evidence], Iterator[Finding]]] = {
    "equal rows": duplicates,
    "nearly equal rows": near_duplicates,
    "columns that have the target": target_in_columns,
    "the target in texts": target_in_texts,
    "the target in file names": target_in_file_names,
    "names of groups in texts": group_ids,
    "image sizes that tell the target": image_sizes,
    "missing cells that tell the target": missing_cells,
    "rows sorted by the target": row_order,
}
"""What is looked for in every dataset, and how."""


def find_leaks(
    task: Task, samples: Samples, modalities: Mapping[str, Modality]
) -> list[Finding]:
    """Return what could let a method score without having learnt anything.

    Parameters
    ----------
    task : Task
        Knows which targets are the same.
    samples : Samples
        Rows of one group stay together and are not compared with each other; where
        there is an official split, test rows are compared with training rows.
    modalities : mapping of str to Modality
        The kind of every column of ``samples.X``.

    Returns
    -------
    list of Finding
        One sentence each, with counts; empty when nothing was found. Where a search
        looked at a sample of the rows, the last one says so.

    Notes
    -----
    Leakage is what Kaufman and others call it [1]_. ``benchmarks/planted_leaks.py``
    measures how much of it is found, and how often there is a false alarm.

    References
    ----------
    .. [1] S. Kaufman, S. Rosset, C. Perlich, O. Stitelman (2012). Leakage in data
       mining: formulation, detection, and avoidance. ACM TKDD 6(4), 15.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets import Samples
    >>> X = pd.DataFrame({"text": ["red", "blue", "red", "green"]})
    >>> from mmbench.tasks import get_task
    >>> samples = Samples(X, np.array([0, 1, 0, 1]))
    >>> find_leaks(get_task("classification"), samples, {"text": "text"})
    ["column 'text': 2 of 4 rows have the same text as another row, 2 of them with ...
    """
    found: list[Finding] = []
    try:
        evidence = Evidence(task, samples, modalities)
    except Exception as error:  # noqa: BLE001 - no side check may end a run
        return [_failed("leakage", error)]
    for what, search in SEARCHES.items():
        try:
            found += search(evidence)
        except Exception as error:  # noqa: BLE001 - no side check may end a run
            found.append(_failed(what, error))
    if evidence.sampled:
        parts = "; ".join(f"{w} in {n}" for w, n in evidence.sampled.items())
        found.append(SAMPLED.found(f"leakage was searched for in samples: {parts}."))
    return found


def _failed(what: str, error: Exception) -> Finding:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    reason = f"{type(error).__name__}: {lines[0][:200]}" if lines else repr(error)[:200]
    return NOT_SEARCHED.found(
        f"the search for {what} failed ({reason}), so there may still be some."
    )


def straddling_groups(
    groups: NDArray[Any], folds: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> list[Finding]:
    """Return a sentence when folds have rows of one group on both sides.

    Parameters
    ----------
    groups : ndarray of shape (n_samples,)
        The group of each row.
    folds : sequence of (ndarray, ndarray)
        The numbers of the training rows and of the test rows.

    Returns
    -------
    list of Finding
        Empty when every group stays together.

    Examples
    --------
    >>> fold = np.array([0, 2]), np.array([1])
    >>> straddling_groups(np.array(["a", "a", "b"]), [fold])
    ["1 of 2 groups, such as 'a', have rows on both sides of a fold; choose a ...
    """
    both: set[Any] = set()
    for train, test in folds:
        both.update(np.intersect1d(groups[train], groups[test]).tolist())
    if not both:
        return []
    n_groups, first = len(np.unique(groups)), min(both)
    sentence = (
        f"{len(both):,} of {n_groups:,} groups, such as {first!r}, have rows on both "
        "sides of a fold; choose a splitter that keeps groups together."
    )
    return [SPLIT_GROUPS.found(sentence)]
