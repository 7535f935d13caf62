"""The out-of-fold predictions of all methods on a dataset, as reports need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.stats import Resamples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Target
    from mmbench.tasks.metric import Contributions

    Floats = NDArray[np.float64]

__all__ = ["Counted", "MethodPredictions", "PooledPredictions"]


class Counted(NamedTuple):
    """Contributions to the sums that some metrics are functions of, added up.

    Attributes
    ----------
    by_fold : ndarray of shape (n_folds, k)
        The sums of every fold of every seed.
    by_block : ndarray or csr_array of shape (n_blocks, k)
        Those of every block of units that is resampled.
    """

    by_fold: Floats
    by_block: Any


class MethodPredictions(NamedTuple):
    """What is kept of one method's predictions.

    Attributes
    ----------
    counted : mapping of callable to Counted
        By the function that counts; without those of metrics that are not defined for
        the predictions.
    right : ndarray of shape (n_rows,), bool, or None
        Which rows are right as a whole, where a task says so.
    kept : object
        What the task keeps for its own tables and figures.
    """

    counted: Mapping[Contributions, Counted]
    right: NDArray[np.bool_] | None
    kept: Any


@dataclass(frozen=True)
class PooledPredictions:
    """The out-of-fold predictions of all methods for the same rows.

    Parameters
    ----------
    target : Target
        What is true. A row is a sample in the test rows of one fold of one seed.
    samples : ndarray of shape (n_rows,), intp
        The sample of each row by number.
    units : ndarray of shape (n_contributions,), intp
        What each row of a metric's contributions is resampled with, by number.
    folds : ndarray of shape (n_rows,), intp
        The fold of each row by number, over all seeds.
    methods : mapping of str to MethodPredictions
        What each method predicts.
    excluded : mapping of str to str
        Methods whose predictions can't be set beside the others', and why.
    """

    target: Target
    samples: NDArray[np.intp]
    units: NDArray[np.intp]
    folds: NDArray[np.intp]
    methods: Mapping[str, MethodPredictions]
    excluded: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def resamples(self) -> Resamples:
        """The draws of the units."""
        return Resamples(self.units)

    @cached_property
    def once(self) -> Target:
        """What is true of each sample, once."""
        return self.target.take(np.unique(self.samples, return_index=True)[1])

    @property
    def n_folds(self) -> int:
        """The number of folds, over all seeds."""
        return int(self.folds.max()) + 1

    @property
    def n_samples(self) -> int:
        """The number of distinct samples."""
        return int(self.samples.max()) + 1

    def sums(self, method: str, count: Contributions) -> Floats:
        """Return the sums of a method's contributions, shape (k,).

        Parameters
        ----------
        method : str
            The method's name.
        count : callable
            What each row contributes, as a metric has it.

        Returns
        -------
        ndarray of shape (k,)
            Over all folds and seeds.
        """
        sums: Floats = self.methods[method].counted[count].by_fold.sum(axis=0)
        return sums

    def resampled_sums(self, method: str, count: Contributions) -> NDArray[Any]:
        """Return those sums under every resample, shape (k, n_resamples).

        Parameters
        ----------
        method : str
            The method's name.
        count : callable
            What each row contributes, as a metric has it.

        Returns
        -------
        ndarray of shape (k, n_resamples)
            A column for each resample.
        """
        blocks = self.methods[method].counted[count].by_block
        return self.resamples.sums_of_blocks(blocks)
