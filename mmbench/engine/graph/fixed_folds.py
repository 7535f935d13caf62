"""Inner folds that keep groups whole, however deep inside a method they are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection._search_successive_halving import BaseSuccessiveHalving

from mmbench.engine.graph.inner_folds import (
    Folds,
    InnerCV,
    around,
    inner_cvs,
    inner_folds,
    require_training,
)
from mmbench.errors import UsageError
from mmbench.fusion import NestedFolds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks import Target, Task

    Rows = NDArray[np.intp]

# How many folds each cross-validation makes, the outermost first.
Chain = tuple[int, ...]


class FixedFolds:
    """Makes the inner folds of methods that are fitted to the same rows.

    What one method needs, others may: all is made once.

    Parameters
    ----------
    task : Task
        Knows how rows are split.
    target : Target
        Of the training rows.
    groups : ndarray of shape (n_train,) or None
        Their groups, where there are any.
    seed : int
        Seeds the shuffling.
    """

    def __init__(
        self, task: Task, target: Target, *, groups: NDArray[Any] | None, seed: int
    ) -> None:
        self._task, self._target = task, target
        self._groups, self._seed = groups, seed
        self._made: dict[int, Folds] = {}
        self._numbers: dict[Chain, list[Rows]] = {}
        self._nested: dict[Chain, NestedFolds] = {}
        self._untrained: dict[Chain, Sequence[str]] = {}

    def params_of(self, method: Any) -> dict[str, Any]:
        """Return what the parameters ``cv`` of a method are to be.

        Parameters
        ----------
        method : estimator
            Unfitted.

        Returns
        -------
        dict of str to list or NestedFolds
            Without those that are lists of folds already. What stands inside another
            cross-validation is kept as it is where there are no groups.

        Raises
        ------
        UsageError
            When all rows are of one group, when it can't be known which rows a
            cross-validation will be about, or when one inside another would answer for
            what it didn't train on.
        """
        found = inner_cvs(method)
        fixed: dict[str, Any] = {}
        for each in found:
            n_splits = each.n_splits(self._groups)
            outer = around(each, found)
            if outer and self._groups is not None:
                fixed[each.name] = self._inside(outer, each, method)
            elif not outer and n_splits is not None:
                fixed[each.name] = self._outermost(n_splits)
        return fixed

    def _outermost(self, n_splits: int) -> Folds:
        if n_splits not in self._made:
            self._made[n_splits] = self._folds(self._target, self._groups, n_splits)
        return self._made[n_splits]

    def _folds(self, target: Target, groups: Any, n_splits: int) -> Folds:
        how = {"groups": groups, "seed": self._seed}
        return inner_folds(n_splits, self._task, target, **how)

    def _inside(
        self, outer: Sequence[InnerCV], inner: InnerCV, method: Any
    ) -> NestedFolds:
        numbers = [each.n_splits(self._groups) for each in (*outer, inner)]
        chain = tuple(number for number in numbers if number is not None)
        draws = any(isinstance(each.owner, BaseSuccessiveHalving) for each in outer)
        try:
            if draws or len(chain) < len(numbers):
                raise TypeError
            if chain not in self._nested:
                self._nested[chain] = self._nested_folds(chain)
        except TypeError:  # also of targets that can't be sorted
            raise UsageError(
                f"{inner.name} is a cross-validation inside another "
                f"({outer[-1].name}), which doesn't say which rows it is about, so its "
                "folds can't keep groups together; choose a classifier without inner "
                "cross-validation, or drop the groups. "
                f"Got groups and {inner.name}={method.get_params()[inner.name]!r}."
            ) from None
        require_training(inner, self._untrained.get(chain, ()))
        return self._nested[chain]

    def _nested_folds(self, chain: Chain) -> NestedFolds:
        asked = zip(self._asked(chain[:-1]), self._tested_by(chain), strict=True)
        return NestedFolds(
            {name: tested for rows, tested in asked for name in self._names(rows)}
        )

    def _asked(self, chain: Chain) -> list[Rows]:
        """Return the sets of rows that something inside cross-validations is fitted to.

        It may be fitted to all that the innermost of them is given, and to the training
        rows of each of its folds.
        """
        if not chain:
            return [np.arange(len(self._target.y))]
        sets: list[Rows] = []
        for rows, tested_by in zip(
            self._asked(chain[:-1]), self._tested_by(chain), strict=True
        ):
            sets.append(rows)
            sets.extend(rows[tested_by != fold] for fold in range(tested_by.max() + 1))
        return sets

    def _tested_by(self, chain: Chain) -> list[Rows]:
        """Return the fold that tests each row, for each set of rows that is asked."""
        if chain in self._numbers:
            return self._numbers[chain]
        sets = self._asked(chain[:-1])
        found: list[Rows] = [np.empty(0, np.intp)] * len(sets)
        for alike in self._alike(sets):
            rows = sets[alike[0]]
            if len(chain) == 1:
                folds = self._outermost(chain[0])
            else:
                groups = _kept_together([self._of_groups(sets[i]) for i in alike])
                target = self._target.take(rows)
                folds = self._folds(target, groups, chain[-1])
                untrained = self._task.data.untrained(target, folds)
                self._untrained[chain] = self._untrained.get(chain) or untrained
            tested_by = np.empty(len(rows), np.intp)
            for number, (_, test) in enumerate(folds):
                tested_by[test] = number
            for i in alike:
                found[i] = tested_by
        self._numbers[chain] = found
        return found

    def _of_groups(self, rows: Rows) -> NDArray[Any]:
        assert self._groups is not None  # noqa: S101 - else nothing nested is fixed
        groups: NDArray[Any] = self._groups[rows]
        return groups

    def _alike(self, sets: Sequence[Rows]) -> Iterator[list[int]]:
        """Yield the positions of sets of rows that their targets don't tell apart."""
        names = [self._names(rows) for rows in sets]
        codes = np.unique([n for each in names for n in each], return_inverse=True)[1]
        owners = np.repeat(np.arange(len(sets)), [len(each) for each in names])
        joined = _components([owners, codes])
        for which in np.unique(joined):
            yield np.unique(owners[joined == which]).tolist()

    def _names(self, rows: Rows) -> list[str]:
        """Name rows by their targets, and by each question inside the target."""
        target = self._target.take(rows)
        parts = self._task.answers.parts(target)
        return [
            NestedFolds.name(each.y) for each in (target, *(p.target for p in parts))
        ]


def _kept_together(groups: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return groups of positions that are together in any of some groupings."""
    return groups[0] if len(groups) == 1 else _components(groups)


def _components(groupings: Sequence[NDArray[Any]]) -> Rows:
    """Return which positions hang together, through any of some groupings."""
    n = len(groupings[0])
    position, group, n_groups = [], [], 0
    for grouping in groupings:
        codes = np.unique(grouping, return_inverse=True)[1].reshape(-1)
        position.append(np.arange(n))
        group.append(n + n_groups + codes)
        n_groups += int(codes.max()) + 1
    ends = np.concatenate(position), np.concatenate(group)
    graph = coo_array((np.ones(len(ends[0])), ends), shape=(n + n_groups,) * 2)
    labels: Rows = connected_components(graph, directed=False)[1][:n]
    return labels
