"""Inner folds that keep groups whole, however deep inside a method they are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
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
from mmbench.fusion.nested_folds import NestedFolds, shuffled_folds

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
        self._sets: dict[Chain, list[tuple[Rows, Rows]]] = {}
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
            self._made[n_splits] = self._outermost_folds(n_splits)
        return self._made[n_splits]

    def _outermost_folds(self, n_splits: int) -> Folds:
        if self._groups is None:
            return inner_folds(
                n_splits, self._task, self._target, groups=None, seed=self._seed
            )
        ((_, tested_by),) = self._made_for((n_splits,))
        return shuffled_folds(tested_by)

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
            other = (
                "a search that takes all rows, as with --tuner random"
                if draws
                else "a classifier without inner cross-validation"
            )
            raise UsageError(
                f"{inner.name} is a cross-validation inside another "
                f"({outer[-1].name}), which doesn't say which rows it is about, so its "
                f"folds can't keep groups together; choose {other}, or drop the "
                "groups. "
                f"Got groups and {inner.name}={method.get_params()[inner.name]!r}."
            ) from None
        require_training(inner, self._untrained.get(chain, ()))
        return self._nested[chain]

    def _nested_folds(self, chain: Chain) -> NestedFolds:
        numbers: dict[str, Rows] = {}
        ambiguous = set()
        for rows, tested_by in self._made_for(chain):
            for name in self._names(rows):
                same = numbers.setdefault(name, tested_by)
                if not np.array_equal(same, tested_by):
                    ambiguous.add(name)
        # Those of constant targets, which nothing is learnt from, and of very few rows.
        return NestedFolds({n: numbers[n] for n in numbers if n not in ambiguous})

    def _made_for(self, chain: Chain) -> list[tuple[Rows, Rows]]:
        """Return the sets of rows that the innermost cross-validation is asked about.

        Beside each stands the fold that tests each of its rows.
        """
        if chain not in self._sets:
            sets = self._asked(chain[:-1])
            found = [(rows, self._tested_by(rows, chain)) for rows in sets]
            self._sets[chain] = found
        return self._sets[chain]

    def _asked(self, chain: Chain) -> list[Rows]:
        """Return the sets of rows that something inside cross-validations is fitted to.

        It may be fitted to all that the innermost of them is given, and to the training
        rows of each of its folds.
        """
        if not chain:
            return [np.arange(len(self._target.y))]
        sets: list[Rows] = []
        for rows, tested_by in self._made_for(chain):
            sets += [rows, *(rows[train] for train, _ in shuffled_folds(tested_by))]
        return sets

    def _tested_by(self, rows: Rows, chain: Chain) -> Rows:
        assert self._groups is not None  # noqa: S101 - else nothing nested is fixed
        target, groups = self._target.take(rows), self._groups[rows]
        folds = inner_folds(
            chain[-1], self._task, target, groups=groups, seed=self._seed
        )
        if not self._untrained.get(chain):
            self._untrained[chain] = self._task.data.untrained(target, folds)
        tested_by = np.empty(len(rows), np.intp)
        for number, (_, test) in enumerate(folds):
            tested_by[test] = number
        return tested_by

    def _names(self, rows: Rows) -> set[str]:
        """Name rows by their targets, and by each question inside the target."""
        target = self._target.take(rows)
        parts = self._task.answers.parts(target)
        return {
            NestedFolds.name(each.y) for each in (target, *(p.target for p in parts))
        }
