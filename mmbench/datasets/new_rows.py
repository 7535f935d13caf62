"""Rows without labels, for a model that was fitted to others like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.datasets.dates import date_columns
from mmbench.datasets.references import Folders
from mmbench.datasets.roles import features_of
from mmbench.datasets.samples import Modality
from mmbench.datasets.sources import (
    Source,
    errors_about,
    open_source,
    with_dates,
    with_embeddings,
)
from mmbench.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from mmbench.checks import Finding

__all__ = ["NewRows", "read_new_rows"]

_MOST_NAMED = 20


class NewRows(NamedTuple):
    """New rows for a model to predict.

    Attributes
    ----------
    X : DataFrame of shape (n_rows, n_columns)
        The model's columns. The index holds the numbers of the rows, from 1.
    notices : tuple of Finding
        What was done to cells that can't be used as they are.
    """

    X: pd.DataFrame
    notices: tuple[Finding, ...]


def read_new_rows(
    data: Any,
    modalities: Mapping[str, Modality],
    *,
    views: Mapping[str, Sequence[str]] | None = None,
    image_root: str | PathLike[str] | None = None,
) -> NewRows:
    """Read the columns that a model needs; no label is needed, other columns stay out.

    Parameters
    ----------
    data : path, data frame, mapping or sequence
        What :func:`~mmbench.datasets.read_table` takes.
    modalities : mapping of str to Modality
        The model's columns and their kinds.
    views : mapping of str to sequence of str, optional
        Numeric columns that a column of lists may stand for, by its name.
    image_root : path, optional
        The folder that paths in cells must not leave; by default the table's own.

    Returns
    -------
    NewRows
        Cells are read as for training; all of a column may be missing.

    Raises
    ------
    DataError
        When a column lacks, or a cell can't be used.
    UsageError
        When `image_root` is not a folder.
    """
    if image_root is not None and not Path(image_root).is_dir():
        raise UsageError(f"image_root must be a folder, got {str(image_root)!r}.")
    with errors_about(data):
        source = _unrolled(open_source(data), modalities, views or {})
        _check_columns(source, modalities)
        root = source.folder if image_root is None else Path(image_root)
        X, notices, _ = features_of(
            source.table,
            modalities,
            range(source.table.n_rows),
            Folders(root, source.folder),
            may_be_empty=True,
        )
    return NewRows(X, (*source.table.notices, *notices))


def _unrolled(
    source: Source,
    modalities: Mapping[str, Modality],
    views: Mapping[str, Sequence[str]],
) -> Source:
    """Replace columns of lists that views were made from, and columns of dates."""
    names = source.table.names
    lists = [
        view
        for view, columns in views.items()
        if view in names and any(c in modalities and c not in names for c in columns)
    ]
    dates = [
        name
        for name in names
        if any(c in modalities and c not in names for c in date_columns(name))
    ]
    return with_dates(with_embeddings(source, lists), dates)


def _check_columns(source: Source, modalities: Mapping[str, Modality]) -> None:
    lacking = [name for name in modalities if name not in source.table.names]
    if lacking:
        shown = ", ".join(f"{name!r} ({modalities[name]})" for name in lacking[:5])
        more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
        there = ", ".join(source.table.names[:_MOST_NAMED])
        raise DataError(
            f"the model needs the column {shown}{more}, which is missing; there are: "
            f"{there}. Leave cells empty where a value is missing."
        )
