"""Which rows train and which rows test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.engine.graph.fewer_rows import at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mmbench.datasets import Dataset, Samples
    from mmbench.tasks import Data, Target


class Fold(NamedTuple):
    """Row numbers of one train/test split.

    Attributes
    ----------
    train, test : ndarray of int
        Ascending numbers of rows.
    """

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def folds_of(
    dataset: Dataset,
    samples: Samples,
    cv: Any,
    seed: int,
    max_train_rows: int | None = None,
) -> list[Fold]:
    """Split samples into train and test rows.

    Parameters
    ----------
    dataset : Dataset
        Its task knows what folds are stratified by.
    samples : Samples
        The official split is used where there is one; it replaces `cv`.
    cv : int or scikit-learn splitter
        The number of shuffled folds, stratified as the task has it and of whole groups
        where there are groups; or a splitter, which is used as it is.
    seed : int
        Seeds the shuffling.
    max_train_rows : int, optional
        Where there are more training rows, methods are fitted to so many of them.

    Returns
    -------
    list of Fold
        Row numbers, ascending; the training rows are those that the task fits
        methods to.

    Raises
    ------
    DataError
        When so few training rows can't hold all classes.

    Examples
    --------
    >>> from mmbench.datasets import get_dataset
    >>> digits = get_dataset("digits")
    >>> folds = folds_of(digits, digits.load(), 3, seed=0)
    >>> [len(fold.test) for fold in folds]
    [599, 599, 599]
    """
    target, data = dataset.target(samples), dataset.task.data
    folds = _split(data, target, samples, cv, seed)
    found = [Fold(data.fitted_rows(target, train), test) for train, test in folds]
    if max_train_rows is None:
        return found
    return [
        fold._replace(
            train=at_most(max_train_rows, fold.train, dataset, samples, [seed, number])
        )
        for number, fold in enumerate(found)
    ]


def _split(
    data: Data, target: Target, samples: Samples, cv: Any, seed: int
) -> Iterator[Fold]:
    y, groups = samples.y, samples.groups
    if samples.split is not None:
        yield Fold(*(np.flatnonzero(samples.split == s) for s in ("train", "test")))
        return
    if isinstance(cv, int):
        splits = data.folds(target, n_folds=cv, groups=groups, seed=seed)
    else:
        # Splitters look at y and the groups only, so X need not be handed over.
        splits = cv.split(np.zeros(len(y)), y, groups)
    for train, test in splits:
        yield Fold(np.sort(train), np.sort(test))
