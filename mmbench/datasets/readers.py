"""Your own data: a table file, and the images that it points at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.audio_column import audio_values
from mmbench.datasets.columns import (
    Column,
    categorical_values,
    is_missing,
    numeric_values,
    text_values,
)
from mmbench.datasets.image_column import image_values
from mmbench.datasets.labels import alike_classes, label_array
from mmbench.datasets.samples import Dataset, Modality, Samples
from mmbench.datasets.splits import (
    VALIDATION,
    check_sides,
    check_split,
    group_array,
    split_array,
)
from mmbench.datasets.tables import Table, parse_table, read_content
from mmbench.errors import DataError, UnknownNameError, UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_table"]

_CONVERTERS = {
    "text": text_values,
    "numeric": numeric_values,
    "categorical": categorical_values,
}


@dataclass(frozen=True)
class Loaded:
    """Loads samples that are in memory already."""

    samples: Samples

    def __call__(self) -> Samples:
        """Return the samples."""
        return self.samples


@dataclass(frozen=True)
class Roles:
    """What each column of a table is for."""

    target: str
    modalities: Mapping[str, Modality]
    group: str | None
    split: str | None

    @property
    def names(self) -> list[str]:
        """The names of all columns with a role, a name with two of them twice."""
        others = [self.group, self.split]
        return [self.target, *self.modalities, *(each for each in others if each)]


def read_table(
    path: str | PathLike[str],
    *,
    target: str,
    text: Sequence[str] = (),
    image: Sequence[str] = (),
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    group: str | None = None,
    split: str | None = None,
    image_root: str | PathLike[str] | None = None,
    name: str | None = None,
) -> Dataset:
    r"""Read your own data from a table file, and check all of it.

    Rows are numbered from 1, the header not counted; the numbers are the index of
    ``X`` and stand in messages.

    Parameters
    ----------
    path : path
        A table with a header: ``.csv``, ``.tsv``, ``.parquet``, or ``.jsonl`` and
        ``.ndjson`` (one JSON object a line). Text is UTF-8. What a row of a CSV lacks
        at its end is empty.
    target : str
        The column of labels, strings or integers; 1.0 is read as 1. Rows without a
        label are left out.
    text, image, numeric, categorical : sequence of str, default=()
        The columns of each modality; at least one in all. Empty cells are missing
        values and stay missing, None (text, image, categorical) or NaN (numeric).
        Numbers may also be spelled NA, NaN or null; infinite ones count as missing.
    group : str, optional
        A column; rows of one value are never on both sides of a split.
    split : str, optional
        A column that says ``train`` or ``test`` (in any case), the official split.
        Rows that say ``validation``, ``valid``, ``val`` or ``dev`` are left out, so
        that neither training nor test holds what others tuned on.
    image_root : path, optional
        The folder that image paths are relative to and must not leave, links
        included. By default the folder of the table.
    name : str, optional
        The dataset's name. By default the file's, without its suffix.

    Returns
    -------
    Dataset
        In memory already, so ``load()`` costs nothing. Its checksum covers the table,
        the columns' roles and every image, but no path. Its notices say what was left
        out or counts as missing, and how many.

    Raises
    ------
    DataError
        When the file or what it holds can't be used; the message says where.
    UsageError
        When columns are unknown, have two roles, or none is a modality.

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
    """
    path = Path(path)
    root = path.parent if image_root is None else Path(image_root)
    if not root.is_dir():
        raise UsageError(f"image_root must be a folder, got {str(root)!r}.")
    columns: dict[Modality, Sequence[str]] = {
        "text": text,
        "image": image,
        "numeric": numeric,
        "categorical": categorical,
    }
    roles = roles_of(target, columns, group, split)
    try:
        content = read_content(path)
        table = parse_table(content, path.suffix)
        check_known(roles, table)
        samples, notices, image_checksums = samples_of(table, roles, root)
        check_split(samples)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    checksum = _checksum(content, roles, image_checksums)
    return Dataset(
        name=path.stem if name is None else name,
        version=checksum.removeprefix("sha256:")[:12],
        source=path.name,
        licence="unstated (own data)",
        modalities=roles.modalities,
        load=Loaded(samples),
        checksum=checksum,
        has_split=samples.split is not None,
        notices=notices,
    )


def roles_of(
    target: str,
    columns: Mapping[Modality, Sequence[str]],
    group: str | None,
    split: str | None,
) -> Roles:
    """Return what each column is for; raise `UsageError` where that makes no sense."""
    named = [
        (name, modality)
        for modality, names in columns.items()
        # One name without a list around it is not a list of letters.
        for name in ([names] if isinstance(names, str) else names)
    ]
    if not named:
        raise UsageError(
            f"name at least one column as one of {list(columns)}, beside the target."
        )
    roles = Roles(target, dict(named), group, split)
    taken: dict[str, str] = {}
    uses = [(target, "target"), *named, (group, "group"), (split, "split")]
    for name, use in uses:
        if name in taken:
            raise UsageError(
                f"column {name!r} is given as {taken[name]} and as {use}; a column has "
                "one use."
            )
        if name is not None:
            taken[name] = use
    return roles


def check_known(roles: Roles, table: Table) -> None:
    """Raise `UnknownNameError` unless a table has every column with a role."""
    for name in roles.names:
        if name not in table.names:
            raise UnknownNameError("column", name, table.names)


def samples_of(
    table: Table, roles: Roles, root: Path
) -> tuple[Samples, tuple[str, ...], list[str]]:
    """Turn the cells of a table into samples.

    Parameters
    ----------
    table : Table
        The cells.
    roles : Roles
        What each column is for.
    root : Path
        The folder that paths of pictures and sounds are relative to and must not leave.

    Returns
    -------
    tuple of (Samples, tuple of str, list of str)
        The samples, the notices, and the checksums of the images.

    Raises
    ------
    DataError
        When a cell can't be used and does not just count as missing.
    """
    whole = range(table.n_rows)
    kept, notices = _labelled(_column(table, roles.target, whole))
    split = None
    if roles.split:
        parts = split_array(_column(table, roles.split, kept))
        left_out = parts == VALIDATION
        if left_out.any():
            notices.append(
                f"column {roles.split!r}: {left_out.sum():,} of {len(parts):,} cells "
                "say validation; their rows are left out."
            )
        kept, split = np.array(kept)[~left_out].tolist(), parts[~left_out]
        check_sides(split)
    y = label_array(_column(table, roles.target, kept))
    notices.extend(alike_classes(roles.target, y))
    X, more, checksums = _features(table, roles, kept, root)
    groups = group_array(_column(table, roles.group, kept)) if roles.group else None
    return Samples(X, y, groups, split), (*notices, *more), checksums


def _column(table: Table, name: str, positions: Sequence[int]) -> Column:
    cells = table.column(name)
    return Column(name, [cells[i] for i in positions], [i + 1 for i in positions])


def _labelled(target: Column) -> tuple[list[int], list[str]]:
    """Return the positions of the rows with a label, and a notice of the others."""
    missing = [i for i, cell in enumerate(target.cells) if is_missing(cell)]
    if len(missing) == len(target.cells):
        raise DataError(
            f"column {target.name!r}: all cells are empty; no row has a label."
        )
    if not missing:
        return list(range(len(target.cells))), []
    without = set(missing)
    kept = [i for i in range(len(target.cells)) if i not in without]
    return kept, [target.notice(missing, "have no label; their rows are left out")]


def _features(
    table: Table, roles: Roles, kept: Sequence[int], root: Path
) -> tuple[pd.DataFrame, list[str], list[str]]:
    import pandas as pd

    index = pd.Index([i + 1 for i in kept], name="row")
    features: dict[str, pd.Series[Any]] = {}
    notices: list[str] = []
    checksums: list[str] = []
    for name, modality in roles.modalities.items():
        column = _column(table, name, kept)
        if modality == "image":
            images = image_values(column, root)
            checksums += images.checksums
            values: list[Any] = images.values
            notices += images.notices
        elif modality == "audio":
            values, found = audio_values(column, root)
            notices += found
        else:
            values, found = _CONVERTERS[modality](column)
            notices += found
        dtype = np.float64 if modality == "numeric" else object
        features[name] = pd.Series(values, index=index, dtype=dtype)
    return pd.DataFrame(features), notices, checksums


def _checksum(content: bytes, roles: Roles, image_checksums: Sequence[str]) -> str:
    uses = [roles.target, dict(roles.modalities), roles.group, roles.split]
    digest = hashlib.sha256(json.dumps(uses).encode())
    digest.update(hashlib.sha256(content).digest())
    digest.update("\n".join(image_checksums).encode())
    return f"sha256:{digest.hexdigest()}"
