"""Your own data: a table, and the pictures, sounds and videos that it points at."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from mmbench.columns import is_missing
from mmbench.datasets.checksum import bytes_of
from mmbench.datasets.dates import date_columns
from mmbench.datasets.references import Folders
from mmbench.datasets.roles import Roles, check_known, samples_of
from mmbench.datasets.samples import Dataset, Modality, Samples
from mmbench.datasets.sources import (
    Source,
    errors_about,
    open_source,
    roles_for,
    with_dates,
)
from mmbench.datasets.splits import check_split
from mmbench.datasets.tables import Table
from mmbench.errors import UnknownNameError, UsageError
from mmbench.tasks import Options, Task

__all__ = ["read_table"]


@dataclass(frozen=True)
class Loaded:
    """Loads samples that are in memory already.

    Attributes
    ----------
    samples : Samples
        What is returned, whoever loads it.
    """

    samples: Samples

    def __call__(self) -> Samples:
        """Return the samples."""
        return self.samples


def samples_in_memory(dataset: Dataset) -> Samples | None:
    """Return the samples of a dataset that was read already.

    Parameters
    ----------
    dataset : Dataset
        Any dataset; it is not loaded.

    Returns
    -------
    Samples or None
        None where loading them would cost something.
    """
    return dataset.load.samples if isinstance(dataset.load, Loaded) else None


def read_table(
    data: Any,
    *,
    target: str | Sequence[str] | None = None,
    text: Sequence[str] = (),
    image: Sequence[str] = (),
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    audio: Sequence[str] = (),
    video: Sequence[str] = (),
    date: Sequence[str] = (),
    group: str | None = None,
    split: str | None = None,
    ignore_split: bool = False,
    sample_weight: str | None = None,
    image_root: str | PathLike[str] | None = None,
    label_separator: str | None = None,
    min_class_size: int | None = None,
    merge_rare: str | None = None,
    gallery_size: int | None = None,
    n_answers: int | None = None,
    shot: str | None = None,
    shot_length: int | None = None,
    task: str | Task | None = None,
    name: str | None = None,
    slices: Sequence[str] = (),
) -> Dataset:
    r"""Read your own data from a table or a folder, and check all of it.

    Rows are numbered from 1, the header not counted; the numbers are the index of
    ``X`` and stand in messages.

    Parameters
    ----------
    data : path, data frame, mapping or sequence
        One of:

        - a table file with a header: ``.csv``, ``.tsv`` and ``.txt``, ``.parquet``,
          ``.jsonl`` and ``.ndjson`` (one JSON object a line), ``.json`` (a list of
          objects); packed as ``.gz``, ``.bz2``, ``.xz``, ``.zst`` or ``.zip`` or not.
          Between cells may be a comma, a semicolon, a tab or a bar. Text is UTF-8, or
          UTF-16 with a byte order mark. What a row lacks at its end is empty. Cells may
          be quoted as in RFC 4180; where tabs separate cells and quotation marks don't
          enclose them, these are characters like any other, with a notice.
        - a folder that holds one for each class, such as ``photos/cat/1.jpg``, with
          pictures, texts (``.txt``) or recordings (``.wav``). The folder's name is the
          ``label``; ``cat/1.jpg`` and ``cat/1.txt`` are one sample. Folders ``train``
          and ``test`` that hold those of the classes are the official split.
        - a data frame of pandas, polars, pyarrow or others that narwhals knows; a
          mapping of names to columns; a list of mappings, one per row.
        - ``"hf:NAME"`` or ``"openml:NAME"``: a table of Hugging Face or OpenML.

        Dates and times are their ISO 8601 text, whatever holds them; bytes can be
        pictures and recordings only.
    target : str or sequence of str, optional
        The column of labels, strings or integers; 1.0 is read as 1. Rows whose cell is
        empty or null are left out. Where cells are lists (JSON, Parquet), a row has
        all the labels in its list, and an empty list is a row without any. Of several
        columns, each says with 1 or 0 whether a row has the label that it is called by.
        A folder of classes needs none.
    text, image, numeric, categorical, audio, video : sequence of str, default=()
        The columns of each modality; at least one in all. Empty cells are missing
        values and stay missing, NaN in numeric columns and None elsewhere.
        Numbers may also be spelled NA, NaN or null; infinite ones and those beyond
        single precision count as missing.
    date : sequence of str, default=()
        Columns of dates, ISO 8601 or day, month and year parted by dots. Each becomes
        numeric columns, ``NAME_year`` and so on: year, month, weekday, and the weekday
        and the day of the year on circles.
    group : str, optional
        A column; rows of one value are never on both sides of a split.
    split : str, optional
        A column that says ``train`` or ``test`` (in any case), the official split.
        Rows that say ``validation``, ``valid``, ``val`` or ``dev`` are left out, so
        that neither training nor test holds what others tuned on. A folder or a hub
        may have a split of its own.
    ignore_split : bool, default=False
        Leave the official split out, so that folds replace it.
    sample_weight : str, optional
        A column of numbers above 0: how much each row counts. Predictors whose ``fit``
        takes ``sample_weight`` are given them, and so are the metrics whose name begins
        with ``sample_weighted_``.
    image_root : path, optional
        The folder that image paths are relative to and must not leave, links
        included. By default the folder of the table. A path that leads to nothing
        there starts in the folder of the table, if it stays in this one: so where
        pictures are linked in from elsewhere, this is a folder above both.
    label_separator : str, optional
        What joins the labels in a cell of the target, such as ``"|"`` in
        ``War|Drama``, where a row may have several; spaces around labels don't count.
        A cell that holds the separator alone is a row without any label, an empty one
        is left out all the same.
    min_class_size : int, optional
        Leave out rows of classes that fewer samples have (groups, where there are any;
        those that train, where there is an official split); of several labels per row,
        leave out such labels. A notice says how many.
    merge_rare : str, optional
        Let such classes count as this one instead.
    gallery_size : int, optional
        Retrieval: how many pictures a query is ranked among; by default all test rows'.
    n_answers : int, optional
        Question answering: how many of the training rows' answers methods choose among;
        by default a thousand.
    shot : str, optional
        Summarisation: the column that says which shot of its video a row is of.
    shot_length : int, optional
        Summarisation: how many rows a shot has where no column says it; 5 by default.
    task : str or Task, optional
        What kind of question the target is, such as ``"classification"``. By default
        the first task that the target looks like; a notice says which where that could
        surprise.
    name : str, optional
        The dataset's name. By default the file's, without its suffix, or ``"data"``.
    slices : sequence of str, default=()
        Columns that ``Suite(slices=...)`` can break scores down by though no method
        sees them.

    Returns
    -------
    Dataset
        In memory already, so ``load()`` costs nothing. Its checksum covers the table,
        the columns' roles, the separator, every image and every video, but no path. Its
        notices say what was left out or counts as missing, and how many.

    Raises
    ------
    DataError
        When the data can't be used; the message says where.
    UsageError
        When `data` is of another kind, columns are unknown, have two roles, or none is
        a modality, or an option does not fit.

    Notes
    -----
    Every image is opened once, at an eighth of its size where the format allows it.
    One that is not found, damaged, not an image, or has more than 64 megapixels counts
    as missing, with a notice; one whose path leaves the folder is an error.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder) / "pets.csv"
    ...     _ = table.write_text("name,kind\nfelix,cat\nrex,dog\n,dog\n")
    ...     pets = read_table(table, target="kind", text=["name"])
    >>> pets.load().y.tolist(), pets.notices[0]
    (['cat', 'dog', 'dog'], "column 'name': 1 of 3 cells are empty and count as ...

    Several labels per row make ``y`` an indicator of ``classes``:

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder) / "films.csv"
    ...     _ = table.write_text("title,genres\nHeat,Crime|Drama\nUp,Comedy|Drama\n")
    ...     films = read_table(
    ...         table, target="genres", text=["title"], label_separator="|"
    ...     ).load()
    >>> films.schema["classes"], films.y.tolist()
    (['Comedy', 'Crime', 'Drama'], [[0, 1, 1], [1, 0, 1]])
    """
    dates = [date] if isinstance(date, str) else list(date)
    numbers = [numeric] if isinstance(numeric, str) else list(numeric)
    columns: dict[Modality, Sequence[str]] = {
        "text": text,
        "image": image,
        "numeric": [*numbers, *(part for each in dates for part in date_columns(each))],
        "categorical": categorical,
        "audio": audio,
        "video": video,
    }
    options = Options(
        label_separator=label_separator,
        min_class_size=min_class_size,
        merge_rare=merge_rare,
        gallery_size=gallery_size,
        n_answers=n_answers,
        shot=shot,
        shot_length=shot_length,
    )
    with errors_about(data):
        source = with_dates(open_source(data), dates)
        roles = roles_for(
            source,
            target=target,
            columns=columns,
            group=group,
            split=split,
            ignore_split=ignore_split,
            sample_weight=sample_weight,
            options=options,
            task=task,
        )
        dataset = dataset_of(source, roles, image_root, slices=slices)
    return dataset if name is None else dataclasses.replace(dataset, name=name)


def dataset_of(
    source: Source,
    roles: Roles,
    image_root: str | PathLike[str] | None = None,
    *,
    slices: Sequence[str] = (),
) -> Dataset:
    """Turn a table into a dataset, and check all of it.

    Parameters
    ----------
    source : Source
        The table, and where it comes from.
    roles : Roles
        What its columns are for.
    image_root : path, optional
        The folder that paths in cells must not leave; by default the source's own.
    slices : sequence of str, default=()
        Columns to keep besides those with a role.

    Returns
    -------
    Dataset
        In memory already.

    Raises
    ------
    DataError
        When a cell can't be used.
    UsageError
        When `image_root` is not a folder, or a column is unknown.
    """
    root = source.folder if image_root is None else Path(image_root)
    if image_root is not None and not root.is_dir():
        raise UsageError(f"image_root must be a folder, got {str(root)!r}.")
    check_known(roles, source.table)
    parsed = samples_of(source.table, roles, Folders(root, source.folder))
    check_split(parsed.task, parsed.samples)
    samples = parsed.samples
    kept = {name: kept_cells(source.table, name, samples) for name in slices}
    checksum = _checksum(source, roles, parsed.checksums)
    return Dataset(
        name=source.name,
        version=checksum.removeprefix("sha256:")[:12],
        source=source.origin,
        licence=source.licence,
        modalities=roles.modalities,
        load=Loaded(samples._replace(slices=kept)),
        checksum=checksum,
        has_split=parsed.samples.split is not None,
        task=parsed.task,
        notices=parsed.notices,
    )


def kept_cells(table: Table, name: str, samples: Samples) -> list[Any]:
    """Return a column's cells in the rows of samples, None where one is missing.

    Parameters
    ----------
    table : Table
        What the samples were read from.
    name : str
        The column.
    samples : Samples
        Some rows of the table.

    Returns
    -------
    list
        One cell per sample.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    """
    if name not in table.names:
        raise UnknownNameError("column", name, table.names)
    if name in samples.X:
        return samples.X[name].tolist()
    cells = table.column(name)
    kept = [cells[row - 1] for row in samples.X.index]
    return [None if is_missing(cell) else cell for cell in kept]


def _checksum(source: Source, roles: Roles, image_checksums: Sequence[str]) -> str:
    target = roles.targets[0] if len(roles.targets) == 1 else list(roles.targets)
    uses: list[Any] = [target, dict(roles.modalities), roles.group, roles.split]
    if roles.options.label_separator is not None:
        uses.append(roles.options.label_separator)
    if roles.options.min_class_size is not None:
        uses.append([roles.options.min_class_size, roles.options.merge_rare])
    if roles.options.gallery_size is not None:
        uses.append({"gallery_size": roles.options.gallery_size})
    if roles.options.n_answers is not None:
        uses.append({"n_answers": roles.options.n_answers})
    if roles.options.shot is not None:
        uses.append({"shot": roles.options.shot})
    if roles.options.shot_length is not None:
        uses.append({"shot_length": roles.options.shot_length})
    if roles.sample_weight is not None:
        uses.append({"sample_weight": roles.sample_weight})
    if roles.task is not None:
        uses.append({"task": roles.task.name})
    digest = hashlib.sha256(json.dumps(uses).encode())
    digest.update(_digest(source, roles))
    digest.update("\n".join(image_checksums).encode())
    return f"sha256:{digest.hexdigest()}"


def _digest(source: Source, roles: Roles) -> bytes:
    """Return the digest of the file, or without one, of all cells that are used."""
    if source.content is not None:
        return hashlib.sha256(source.content).digest()
    digest = hashlib.sha256()
    for name in roles.names:
        for cell in source.table.column(name):
            part = bytes_of(cell)
            digest.update(b"%d:" % len(part) + part)
    return digest.digest()
