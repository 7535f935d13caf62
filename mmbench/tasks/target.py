"""The arrays that pass between tasks, methods and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NO_OPTIONS", "Options", "Prediction", "Target"]


class Target(NamedTuple):
    """What `y` is, and what it takes to read it.

    Attributes
    ----------
    y : ndarray of shape (n_samples, ...)
        What ``fit`` is given.
    schema : mapping of str to JSON data
        What all rows share, such as the classes.
    truth : ndarray of shape (n_samples, ...), optional
        What is scored, where that is more than `y`: all reference captions, say.
    weight : ndarray of float64, shape (n_samples,), optional
        How much each row counts where it is fitted, and in metrics weighted by samples.
    """

    y: NDArray[Any]
    schema: Mapping[str, Any] = {}
    truth: NDArray[Any] | None = None
    weight: NDArray[np.float64] | None = None

    @property
    def scored(self) -> NDArray[Any]:
        """What is scored: the truth, or `y` where there is no more than that."""
        return self.y if self.truth is None else self.truth

    def take(self, rows: Any) -> Target:
        """Return some of the rows.

        Parameters
        ----------
        rows : ndarray of int or bool, or slice
            Which rows, as NumPy indexes them.

        Returns
        -------
        Target
            With the same schema.
        """
        truth = None if self.truth is None else self.truth[rows]
        weight = None if self.weight is None else self.weight[rows]
        return self._replace(y=self.y[rows], truth=truth, weight=weight)


@dataclass(frozen=True)
class Prediction:
    """What a fitted method answers for some rows: named arrays of one row each.

    Parameters
    ----------
    arrays : mapping of str to ndarray of shape (n_rows, ...)
        What the names mean is the task's own: ``label`` and ``proba``, ``number``, an
        embedding for each side. No array holds objects.
    shared : mapping of str to ndarray, default={}
        What all rows share, such as how embeddings are compared. Where predictions are
        concatenated, it is left out.
    """

    arrays: Mapping[str, NDArray[Any]]
    shared: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def take(self, rows: Any) -> Prediction:
        """Return some of the rows.

        Parameters
        ----------
        rows : ndarray of int or bool, or slice
            Which rows, as NumPy indexes them.

        Returns
        -------
        Prediction
            With the same arrays.
        """
        taken = {name: each[rows] for name, each in self.arrays.items()}
        return Prediction(taken, self.shared)

    @classmethod
    def concatenate(cls, parts: Sequence[Prediction]) -> Prediction:
        """Return the rows of several predictions, one after another.

        An array that one of them lacks is left out.

        Parameters
        ----------
        parts : sequence of Prediction, not empty
            Predictions of the same task.

        Returns
        -------
        Prediction
            The arrays that all parts have.
        """
        names = [n for n in parts[0].arrays if all(n in part for part in parts)]
        return cls({name: np.concatenate([p[name] for p in parts]) for name in names})


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options of a target, besides its columns.

    Parameters
    ----------
    label_separator : str, optional
        What stands between the labels of a cell.
    min_class_size : int, optional
        How many samples a class must have to stay one.
    merge_rare : str, optional
        The class that smaller ones count as; without it, they are left out.
    gallery_size : int, optional
        How many distinct pictures a query is ranked among; by default all test rows'.
    n_answers : int, optional
        How many of the training rows' answers methods choose among; by default a
        thousand.
    shot : str, optional
        The column that says which shot of its video a row is of.
    shot_length : int, optional
        How many rows a shot has, where no column says it.

    Raises
    ------
    UsageError
        When an option is empty, too small, or lacks the one that it goes with.
    """

    label_separator: str | None = None
    min_class_size: int | None = None
    merge_rare: str | None = None
    gallery_size: int | None = None
    n_answers: int | None = None
    shot: str | None = None
    shot_length: int | None = None

    def __post_init__(self) -> None:
        for name in ("label_separator", "merge_rare"):
            if getattr(self, name) == "":
                raise UsageError(f"{name} must not be empty, got ''.")
        if self.min_class_size is not None and self.min_class_size < 1:
            raise UsageError(
                f"min_class_size must be at least 1, got {self.min_class_size!r}."
            )
        if self.n_answers is not None and self.n_answers < 2:
            raise UsageError(f"n_answers must be at least 2, got {self.n_answers!r}.")
        if self.shot is not None and self.shot_length is not None:
            raise UsageError(
                "shot and shot_length exclude each other; give one of them."
            )
        if self.shot_length is not None and self.shot_length < 1:
            raise UsageError(
                f"shot_length must be at least 1, got {self.shot_length!r}."
            )
        if self.merge_rare is not None and self.min_class_size is None:
            raise UsageError(
                "merge_rare needs min_class_size, which defines the rare classes."
            )


NO_OPTIONS = Options()
"""No options besides the columns."""
