"""The published numbers that ``mmbench run reproduce`` compares with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin

    from mmbench.datasets import Dataset

__all__ = ["Goal", "Group"]

Kind = Literal["reach", "above", "report"]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One number, and the method that is to reach it.

    Parameters
    ----------
    name : str
        What is compared, in a few words.
    method : str
        A method of the group.
    source : str
        Where the number is from.
    theirs : float, optional
        The number; None where it is the score of `baseline` in the same trials.
    metric : {"accuracy", "error"}, default="accuracy"
        What it measures.
    baseline : str, optional
        A method of the group that the other is compared with, sample by sample.
    kind : {"reach", "above", "report"}, default="reach"
        ``reach``: at least as good. ``above``: better than `baseline` by more than
        chance. ``report``: told as it is.
    """

    name: str
    method: str
    source: str
    theirs: float | None = None
    metric: Literal["accuracy", "error"] = "accuracy"
    baseline: str | None = None
    kind: Kind = "reach"


@dataclass(frozen=True, kw_only=True)
class Group:
    """Trials on one dataset that several goals may share.

    Parameters
    ----------
    name : str
        The folder of its results.
    dataset : str
        A name of the catalogue.
    methods : callable
        Returns the methods, given the dataset and pretrained weights by network.
    goals : tuple of Goal
        What its methods are to reach.
    cv : int or splitter, default=5
        The folds, where there is no official split.
    ignore_split : bool, default=False
        Whether folds replace the official split.
    protocol : str
        The splits in words.
    """

    name: str
    dataset: str
    methods: Callable[[Dataset, Mapping[str, str]], dict[str, ClassifierMixin]]
    goals: tuple[Goal, ...]
    cv: Any = 5
    ignore_split: bool = False
    protocol: str = "official split"
