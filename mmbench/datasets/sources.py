"""Where a table comes from: a file, a folder of classes, a hub, or memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.datasets.dates import dated
from mmbench.datasets.embeddings import unrolled
from mmbench.datasets.hubs import HUBS, parse_reference, table_of_hub
from mmbench.datasets.layouts.base import SPLIT
from mmbench.datasets.roles import Roles, roles_of
from mmbench.datasets.samples import Modality
from mmbench.datasets.tables import Table, checked, parse_table, read_content
from mmbench.datasets.tables.class_folders import table_of_folder
from mmbench.datasets.tables.frames import table_of_frame
from mmbench.errors import DataError
from mmbench.tasks import Options, Task

if TYPE_CHECKING:
    from mmbench.datasets.hubs import Reference

__all__ = [
    "Source",
    "errors_about",
    "open_source",
    "roles_for",
    "with_dates",
    "with_embeddings",
]

_OWN = "unstated (own data)"
# Pictures of a hub come as bytes; a path in a table from elsewhere points nowhere.
_NO_FILES = Path("no-files")


class Source(NamedTuple):
    """A table, and where it comes from.

    Attributes
    ----------
    table : Table
        The cells.
    name, origin, licence : str
        What the dataset is called, where it is from, and under which licence.
    folder : Path
        Where relative paths in cells start.
    content : bytes, optional
        What the file holds; None where the cells are all that there is.
    target, split : str, optional
        The columns of the labels and of the official split, where they follow from how
        the data is kept.
    columns : mapping of Modality to sequence of str
        Those of each modality, likewise.
    embeddings : mapping of str to tuple of str
        The columns of numbers that each column of lists has become.
    """

    table: Table
    name: str
    origin: str
    licence: str = _OWN
    folder: Path = Path()
    content: bytes | None = None
    target: str | None = None
    split: str | None = None
    columns: Mapping[Modality, Sequence[str]] = {}
    embeddings: Mapping[str, tuple[str, ...]] = {}


def open_source(data: Any) -> Source:
    """Read a table, whatever holds it.

    Parameters
    ----------
    data : path or object
        A table file; a folder with one subfolder of files for each class; ``hf:NAME``
        or ``openml:NAME``; or what
        :func:`~mmbench.datasets.tables.table_of_frame` takes.

    Returns
    -------
    Source

    Raises
    ------
    DataError
        When it can't be read.
    UsageError
        When it is anything else.
    MissingDependencyError
        When the extra ``hub`` is not installed.
    """
    if not isinstance(data, str | PathLike):
        return Source(checked(table_of_frame(data)), "data", "memory")
    path = Path(data)
    reference = parse_reference(str(data))
    if reference is not None and not path.exists():
        return _of_hub(reference)
    if _is_folder(path):
        table = checked(table_of_folder(path))
        name = path.resolve().name
        kinds: tuple[Modality, ...] = ("text", "image", "audio", "video")
        columns = {kind: (kind,) for kind in kinds if kind in table.names}
        return Source(
            table,
            name,
            name,
            folder=path,
            target="label",
            split=_split(table),
            columns=columns,
        )
    content, suffix = read_content(path)
    return Source(
        parse_table(content, suffix),
        path.name.partition(".")[0] or path.name,
        path.name,
        folder=path.parent,
        content=content,
    )


def with_embeddings(source: Source, names: Sequence[str]) -> Source:
    """Replace columns of lists by a column for each of their numbers.

    Parameters
    ----------
    source : Source
        A table.
    names : sequence of str
        Its columns of lists.

    Returns
    -------
    Source
        With ``embeddings``.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    DataError
        When a cell is not a list of numbers as long as the others.
    """
    table, embeddings = source.table, {}
    for name in names:
        table, embeddings[name] = unrolled(table, name)
    return source._replace(table=table, embeddings=embeddings)


def with_dates(source: Source, names: Sequence[str]) -> Source:
    """Replace columns of dates by numeric columns of their parts.

    Parameters
    ----------
    source : Source
        A table.
    names : sequence of str
        Its columns of dates.

    Returns
    -------
    Source

    Raises
    ------
    UnknownNameError
        When there is no such column.
    DataError
        When a cell is not a date.
    """
    return source._replace(table=dated(source.table, names)) if names else source


def roles_for(
    source: Source,
    *,
    target: str | Sequence[str] | None,
    columns: Mapping[Modality, Sequence[str]],
    group: str | None,
    split: str | None,
    ignore_split: bool,
    options: Options,
    task: str | Task | None,
    sample_weight: str | None = None,
) -> Roles:
    """Return what each column is for, as it was said or else as the data is kept.

    Parameters
    ----------
    source : Source
        May know its target, its columns and its split.
    target, columns, group, split
        What was said, as for :func:`~mmbench.datasets.roles.roles_of`.
    ignore_split : bool
        Whether there is no official split, whatever was said.
    options, task, sample_weight
        As for :func:`~mmbench.datasets.roles.roles_of`.

    Returns
    -------
    Roles

    Raises
    ------
    UsageError
        When what was said contradicts itself or is not enough.
    """
    return roles_of(
        target or source.target,
        columns if any(columns.values()) else source.columns,
        group=group,
        split=None if ignore_split else split or source.split,
        options=options,
        task=task,
        sample_weight=sample_weight,
    )


@contextmanager
def errors_about(data: Any) -> Iterator[None]:
    """Put what was given for data in front of messages about it.

    Parameters
    ----------
    data : path or object
        What :func:`open_source` takes.

    Raises
    ------
    DataError
        In place of one that doesn't name the data.
    """
    try:
        yield
    except DataError as error:
        label = data if isinstance(data, str | PathLike) else "data"
        raise DataError(f"{label}: {error}") from error


def _of_hub(reference: Reference) -> Source:
    table, licence = table_of_hub(reference)
    origin = f"{HUBS[reference.hub]}, {reference.name}"
    return Source(
        table, reference.dataset, origin, licence, _NO_FILES, split=_split(table)
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, about which the reader says more
        return False


def _split(table: Table) -> str | None:
    return SPLIT if SPLIT in table.names else None
