"""Which rows train and which rows test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets import Samples


class Fold(NamedTuple):
    """Row numbers of one train/test split."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def folds_of(samples: Samples, cv: Any, seed: int) -> list[Fold]:
    """Split samples into train and test rows.

    Parameters
    ----------
    samples : Samples
        The official split is used where there is one; it replaces `cv`.
    cv : int or scikit-learn splitter
        The number of stratified, shuffled folds (of whole groups where there are
        groups, which several labels a sample are then not stratified by), or a
        splitter, which is used as it is.
    seed : int
        Seeds the shuffling.

    Returns
    -------
    list of Fold
        Row numbers, ascending.

    Examples
    --------
    >>> import pandas as pd
    >>> from mmbench.datasets import Samples
    >>> samples = Samples(pd.DataFrame({"text": list("abcdef")}), np.array([0, 1] * 3))
    >>> [fold.test.tolist() for fold in folds_of(samples, 3, seed=0)]
    [[3, 4], [2, 5], [0, 1]]
    """
    if samples.split is not None:
        train, test = (np.flatnonzero(samples.split == s) for s in ("train", "test"))
        return [Fold(train, test)]
    splitter = cv
    if isinstance(cv, int):
        splitter = shuffled_splitter(
            cv,
            grouped=samples.groups is not None,
            multilabel=samples.y.ndim == 2,
            seed=seed,
        )
    # Splitters look at y and the groups only, so X need not be handed over.
    rows = np.zeros(len(samples.y))
    return [
        Fold(np.sort(train), np.sort(test))
        for train, test in splitter.split(rows, samples.y, samples.groups)
    ]


def shuffled_splitter(
    n_splits: int, *, grouped: bool, multilabel: bool, seed: int
) -> Any:
    """Return the splitter that is used for folds, outer and inner.

    It is stratified by the labels; by each of several labels as in [1]_, but not if
    there are groups, too.

    References
    ----------
    .. [1] K. Sechidis, G. Tsoumakas, I. Vlahavas (2011). On the stratification of
       multi-label data. ECML PKDD, LNCS 6913, 145-158.
    """
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold
    from sklearn.model_selection import (
        GroupKFold,
        StratifiedGroupKFold,
        StratifiedKFold,
    )

    kinds = {
        (False, False): StratifiedKFold,
        (True, False): StratifiedGroupKFold,
        (False, True): MultilabelStratifiedKFold,
        (True, True): GroupKFold,
    }
    kind: Any = kinds[grouped, multilabel]
    return kind(n_splits, shuffle=True, random_state=seed)
