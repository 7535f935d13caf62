"""What a dataset is, and what it loads into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from mmbench.errors import UsageError
from mmbench.tasks import Target, Task, get_task
from mmbench.tasks.classification import CLASSIFICATION

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.datasets.card import Card

__all__ = ["MODALITIES", "Dataset", "Modality", "Samples"]

Modality = Literal["text", "image", "numeric", "categorical", "audio", "video", "group"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)


class Samples(NamedTuple):
    """The loaded rows of a dataset.

    Attributes
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        One column per modality (or several). Text cells are strings; image cells are
        paths, bytes, PIL images or uint8 arrays; a missing value is None or NaN. The
        index holds the samples' ids and is unique.
    y : ndarray of shape (n_samples, ...)
        What ``fit`` is given: labels, an indicator of several labels, numbers, ..., as
        the dataset's task has it.
    groups : ndarray of shape (n_samples,), optional
        Rows of one group stay on one side of every split.
    split : ndarray of shape (n_samples,), optional
        ``"train"`` or ``"test"``, where the dataset has an official split.
    schema : mapping of str to JSON data
        What it takes to read `y`, such as the ``classes`` that the columns of an
        indicator stand for. What can be seen in `y` may be left out.
    truth : ndarray of shape (n_samples, ...), optional
        What is scored, where that is more than `y`.
    sample_weight : ndarray of float64, shape (n_samples,), optional
        How much each row counts, greater than 0: it is given to every predictor whose
        ``fit`` takes ``sample_weight``, and used by metrics weighted by samples.
    slices : mapping of str to sequence
        Columns that no method sees and that reports may break scores down by.
    """

    X: pd.DataFrame
    y: NDArray[Any]
    groups: NDArray[Any] | None = None
    split: NDArray[Any] | None = None
    schema: Mapping[str, Any] = {}
    truth: NDArray[Any] | None = None
    sample_weight: NDArray[np.float64] | None = None
    slices: Mapping[str, Any] = {}

    @property
    def target(self) -> Target:
        """What is learnt and scored."""
        return Target(self.y, self.schema, self.truth, self.sample_weight)


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Named, versioned samples: cheap to list, costly to load.

    Parameters
    ----------
    name, version : str
        Identity. A change of the samples is a change of version.
    source, licence : str
        Where the samples come from, and under which licence.
    modalities : mapping of str to Modality
        The kind of every column of ``X``.
    load : callable
        Returns the :class:`Samples`. It must be picklable.
    checksum : str, default=""
        Identifies the content; results of one checksum are never mixed with another's.
    has_split : bool, default=False
        Whether the samples carry an official split, which then replaces the folds.
    task : Task, default=CLASSIFICATION
        What kind of question the samples ask; its name will do.
    card : Card, optional
        The rest of what is known about the dataset.
    notices : tuple of str, default=()
        What was done to samples that could not be used as they were, one sentence
        each, with counts. A report repeats them. A :class:`~mmbench.checks.Finding`
        can be ignored by the code of its check.

    views : mapping of str to sequence of str, default={}
        Numeric columns that belong together, such as an embedding: by the name of the
        view. Each is a unit of its own, with a branch of its own in built-in suites.

    Raises
    ------
    UsageError
        When there is no column, a modality is unknown, or a view is not made of numeric
        columns that no other view has, under a name that is not a column's.
    """

    name: str
    version: str
    source: str
    licence: str
    modalities: Mapping[str, Modality]
    load: Callable[[], Samples]
    checksum: str = ""
    has_split: bool = False
    task: Task = CLASSIFICATION
    card: Card | None = None
    notices: tuple[str, ...] = ()
    views: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.task, str):
            object.__setattr__(self, "task", get_task(self.task))
        if not self.modalities:
            raise UsageError(f"dataset {self.name!r} needs at least one column.")
        for column, modality in self.modalities.items():
            if modality not in MODALITIES:
                raise UsageError(
                    f"the modality of column {column!r} must be one of "
                    f"{list(MODALITIES)}, got {modality!r}."
                )
        _check_views(self.name, self.views, self.modalities)

    @property
    def sources(self) -> dict[str, str]:
        """What each column is part of: its view, or else its modality."""
        of_views = {c: view for view, columns in self.views.items() for c in columns}
        return dict(self.modalities) | of_views

    def target(self, samples: Samples) -> Target:
        """Return the target of loaded samples, its schema complete.

        Parameters
        ----------
        samples : Samples
            What :attr:`load` returned.

        Returns
        -------
        Target
            The labels or numbers, and the schema they are read by.

        Raises
        ------
        DataError
            When ``y`` can't be the target of the dataset's task.
        """
        data = self.task.data
        found = data.of_cells(samples.target, samples.X, self.sources)
        found = data.of_groups(found, samples.groups)
        return data.completed(found)

    def columns(self, modality: Modality) -> tuple[str, ...]:
        """Return the names of the columns of one modality, in their order.

        Parameters
        ----------
        modality : Modality
            The modality, such as ``"text"``.

        Returns
        -------
        tuple of str
            Empty where the dataset has none.
        """
        return tuple(c for c, kind in self.modalities.items() if kind == modality)


def _check_views(
    dataset: str,
    views: Mapping[str, Sequence[str]],
    modalities: Mapping[str, Modality],
) -> None:
    seen: set[str] = set()
    for view, columns in views.items():
        if view in {*modalities, *MODALITIES}:
            raise UsageError(
                f"a view of dataset {dataset!r} must not be called {view!r}, the name "
                f"of a column or a modality; rename it."
            )
        if not columns:
            raise UsageError(f"view {view!r} of dataset {dataset!r} has no column.")
        for column in columns:
            if modalities.get(column) != "numeric" or column in seen:
                raise UsageError(
                    f"view {view!r} of dataset {dataset!r} must be made of numeric "
                    f"columns that no other view has, got {column!r}."
                )
        seen.update(columns)
