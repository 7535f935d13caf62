"""What a dataset is, and what it loads into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np

from mmbench.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.datasets.card import Card

__all__ = ["MODALITIES", "Dataset", "Modality", "Samples", "classes_of"]

Modality = Literal["text", "image", "numeric", "categorical", "audio", "video"]
MODALITIES: tuple[Modality, ...] = get_args(Modality)


class Samples(NamedTuple):
    """The loaded rows of a dataset.

    Attributes
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        One column per modality (or several). Text cells are strings; image cells are
        paths, bytes, PIL images or uint8 arrays; a missing value is None or NaN. The
        index holds the samples' ids and is unique.
    y : ndarray of shape (n_samples,) or (n_samples, n_classes)
        The labels, strings or integers. Where a sample may have several labels, or
        none, an indicator of them: 1 where it has the label of the column, else 0.
    groups : ndarray of shape (n_samples,), optional
        Rows of one group stay on one side of every split.
    split : ndarray of shape (n_samples,), optional
        ``"train"`` or ``"test"``, where the dataset has an official split.
    classes : ndarray of shape (n_classes,), optional
        The sorted labels that the columns of an indicator `y` stand for.
    """

    X: pd.DataFrame
    y: NDArray[Any]
    groups: NDArray[Any] | None = None
    split: NDArray[Any] | None = None
    classes: NDArray[Any] | None = None


def classes_of(samples: Samples) -> NDArray[Any]:
    """Return the labels that there are, sorted.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> X = pd.DataFrame({"text": ["rain", "snow"]})
    >>> classes_of(Samples(X, np.array(["wet", "cold"]))).tolist()
    ['cold', 'wet']
    >>> weather = np.array([[0, 1], [1, 1]])
    >>> classes_of(Samples(X, weather, classes=np.array(["cold", "wet"]))).tolist()
    ['cold', 'wet']
    """
    if samples.classes is not None:
        return samples.classes
    labels: NDArray[Any] = np.unique(samples.y)
    return labels


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
    is_multilabel : bool, default=False
        Whether a sample may have several labels, so that ``y`` is an indicator.
    card : Card, optional
        The rest of what is known about the dataset.
    notices : tuple of str, default=()
        What was done to samples that could not be used as they were, one sentence
        each, with counts. A report repeats them.

    Raises
    ------
    UsageError
        When there is no column, or a modality is unknown.
    """

    name: str
    version: str
    source: str
    licence: str
    modalities: Mapping[str, Modality]
    load: Callable[[], Samples]
    checksum: str = ""
    has_split: bool = False
    is_multilabel: bool = False
    card: Card | None = None
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.modalities:
            raise UsageError(f"dataset {self.name!r} needs at least one column.")
        for column, modality in self.modalities.items():
            if modality not in MODALITIES:
                raise UsageError(
                    f"the modality of column {column!r} must be one of "
                    f"{list(MODALITIES)}, got {modality!r}."
                )

    def columns(self, modality: Modality) -> tuple[str, ...]:
        """Return the names of the columns of one modality, in their order."""
        return tuple(c for c, kind in self.modalities.items() if kind == modality)
