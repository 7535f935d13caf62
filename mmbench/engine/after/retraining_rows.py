"""Which rows methods are retrained on: parts of the data, or bootstrap samples."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.engine.graph.folds import Fold, folds_of
from mmbench.engine.graph.values import Rows
from mmbench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets import Dataset, Samples

    Numbers = NDArray[np.intp]

__all__ = ["Design", "design_of", "drawn", "rows_of", "units_of"]

_BOOTSTRAP_SAMPLES = 10
# (splits, parts): thirds cost half as much as halves, but need more of every class.
_THIRDS, _HALVES = (5, 3), (10, 2)
# What claims from these designs were simulated with; with less they are unknown.
_FEWEST_ROWS, _FEWEST_UNITS, _FEWEST_TRAINED = 200, 60, 100
_MOST_TRIES = 200


class Design(NamedTuple):
    """How the methods on a dataset are retrained.

    Attributes
    ----------
    kind : {"parts", "bootstrap"}
        Cross-validation within random parts of the data, or training on bootstrap
        samples of the training rows of an official split.
    n_draws : int
        Times that the data are parted, or resampled.
    n_parts : int
        Parts of each draw; 1 for bootstrap samples.
    n_folds : int
        Fits in each part; 1 for bootstrap samples.
    """

    kind: str
    n_draws: int
    n_parts: int
    n_folds: int

    @property
    def n_fits(self) -> int:
        """The fits of each method."""
        return self.n_draws * self.n_parts * self.n_folds


def design_of(dataset: Dataset, samples: Samples, n_folds: int) -> Design:
    """Return how methods can be retrained on a dataset.

    Parameters
    ----------
    dataset : Dataset
        Its task knows what every part must have.
    samples : Samples
        The dataset's samples.
    n_folds : int
        Folds of the suite.

    Returns
    -------
    Design
        Five times into thirds, as every part has enough of every class; else ten times
        into halves.

    Raises
    ------
    DataError
        When a class is too rare for either, or there are fewer samples or groups than
        such designs were simulated with.
    """
    _check_enough(samples)
    if samples.split is not None:
        return Design("bootstrap", _BOOTSTRAP_SAMPLES, 1, 1)
    for n_draws, n_parts in (_THIRDS, _HALVES):
        design = Design("parts", n_draws, n_parts, n_folds)
        try:
            next(_parts(dataset, samples, design))
        except DataError:
            if n_parts == _HALVES[1]:
                raise
        else:
            break
    return design


def rows_of(
    dataset: Dataset,
    samples: Samples,
    cv: Any,
    design: Design,
    max_train_rows: int | None = None,
) -> list[list[Rows]]:
    """Return the rows of every fit.

    Parameters
    ----------
    dataset : Dataset
        Its task knows how folds are stratified.
    samples : Samples
        The dataset's samples.
    cv : int or splitter
        As the suite has it.
    design : Design
        How often, and into how many parts.
    max_train_rows : int, optional
        As the suite has it: what a part's share of the data is, a part's share of these
        rows is, too, so that the fits differ from the trials' by the same factor.

    Returns
    -------
    list of list of Rows
        One list per part or bootstrap sample, over all draws; in it, one a fit.

    Raises
    ------
    DataError
        When a class is too rare, or a splitter can't split a part.
    """
    if design.kind == "bootstrap":
        fits = _bootstrapped(dataset, samples, design, max_train_rows)
        return [[rows] for rows in fits]
    most = None if max_train_rows is None else max_train_rows // design.n_parts
    return [
        [*_within(part, dataset, samples, cv, seed, max_train_rows=most)]
        for seed, part in enumerate(
            part for parts in _parts(dataset, samples, design) for part in parts
        )
    ]


def _check_enough(samples: Samples) -> None:
    n_trained = len(samples.y)
    if samples.split is not None:
        n_trained = int(np.sum(samples.split == "train"))
    n_groups = len(np.unique(units_of(samples)))
    wanted = (
        ("training samples", n_trained, _FEWEST_TRAINED)
        if samples.split is not None
        else ("samples", n_trained, _FEWEST_ROWS)
    )
    for what, n, least in (wanted, ("groups", n_groups, _FEWEST_UNITS)):
        if n < least:
            raise DataError(f"it takes at least {least} {what}, and there are {n}")


def _parts(
    dataset: Dataset, samples: Samples, design: Design
) -> Iterator[list[Numbers]]:
    """Part all units at random, so that each class is at least twice in every part."""
    groups, target = samples.groups, dataset.target(samples)
    owners = np.unique(units_of(samples), return_inverse=True)[1].reshape(-1)

    def check(parts: list[Numbers]) -> None:
        for part in parts:
            own = None if groups is None else groups[part]
            dataset.task.data.check(target.take(part), groups=own, n_folds=2)

    def draw(rng: np.random.Generator) -> list[Numbers]:
        chosen = np.array_split(rng.permutation(owners.max() + 1), design.n_parts)
        return [np.flatnonzero(np.isin(owners, part)) for part in chosen]

    for number in range(design.n_draws):
        yield drawn(draw, check, number)


def _bootstrapped(
    dataset: Dataset, samples: Samples, design: Design, max_train_rows: int | None
) -> Iterator[Rows]:
    """Draw training units with replacement, so that no class goes missing."""
    train, test = folds_of(dataset, samples, 2, 0, max_train_rows)[0]
    target = dataset.target(samples)
    owners = np.unique(units_of(samples)[train], return_inverse=True)[1].reshape(-1)
    of_unit = np.split(
        train[np.argsort(owners, kind="stable")], np.cumsum(np.bincount(owners))[:-1]
    )

    def check(rows: Numbers) -> None:
        dataset.task.data.check(target.take(rows), groups=None, n_folds=1)

    def draw(rng: np.random.Generator) -> Numbers:
        chosen = rng.integers(0, len(of_unit), len(of_unit))
        return np.sort(np.concatenate([of_unit[unit] for unit in chosen]))

    for number in range(design.n_draws):
        yield Rows(drawn(draw, check, number), test)


def drawn(
    draw: Callable[[np.random.Generator], Any],
    check: Callable[[Any], None],
    number: int,
) -> Any:
    """Draw until a check passes.

    Parameters
    ----------
    draw : callable
        Draws, given a generator of random numbers.
    check : callable
        Raises `DataError` where what was drawn won't do.
    number : int
        Seeds the generator.

    Returns
    -------
    object
        What was drawn.

    Raises
    ------
    DataError
        What the check raised at last.
    """
    rng = np.random.default_rng([number, 13])
    for left in reversed(range(_MOST_TRIES)):
        found = draw(rng)
        try:
            check(found)
        except DataError:
            if not left:
                raise
        else:
            break
    return found


def _within(
    part: Numbers,
    dataset: Dataset,
    samples: Samples,
    cv: Any,
    seed: int,
    *,
    max_train_rows: int | None,
) -> Iterator[Rows]:
    """Yield the folds of a part."""
    target, groups = dataset.target(samples).take(part), samples.groups
    own = samples._replace(
        y=target.y,
        schema=target.schema,
        truth=target.truth,
        sample_weight=target.weight,
        groups=None if groups is None else groups[part],
    )
    with warnings.catch_warnings():
        # A class may have fewer samples in a part than there are folds.
        warnings.simplefilter("ignore", UserWarning)
        try:
            folds: list[Fold] = folds_of(dataset, own, cv, seed, max_train_rows)
        except DataError:
            raise
        except Exception as error:  # of a splitter that a user gave
            raise DataError(f"parts of the data can't be split: {error}") from error
    yield from (Rows(part[fold.train], part[fold.test]) for fold in folds)


def units_of(samples: Samples) -> NDArray[Any]:
    """Return what stays together: the group of each row, or the row itself.

    Parameters
    ----------
    samples : Samples
        A dataset's.

    Returns
    -------
    ndarray of shape (n_samples,)
    """
    return np.arange(len(samples.y)) if samples.groups is None else samples.groups
