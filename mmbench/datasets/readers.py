"""Your own data: a table file, and the images that it points at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from mmbench.datasets.references import Folders
from mmbench.datasets.roles import Roles, check_known, roles_of, samples_of
from mmbench.datasets.samples import Dataset, Modality, Samples
from mmbench.datasets.splits import check_split
from mmbench.datasets.tables import parse_table, read_content
from mmbench.errors import DataError, UsageError
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


def read_table(
    path: str | PathLike[str],
    *,
    target: str | Sequence[str],
    text: Sequence[str] = (),
    image: Sequence[str] = (),
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    group: str | None = None,
    split: str | None = None,
    image_root: str | PathLike[str] | None = None,
    label_separator: str | None = None,
    task: str | Task | None = None,
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
        at its end is empty. Cells may be quoted as in RFC 4180; a TSV whose quotation
        marks don't enclose cells is read without quoting, with a notice.
    target : str or sequence of str
        The column of labels, strings or integers; 1.0 is read as 1. Rows whose cell is
        empty or null are left out. Where cells are lists (JSON, Parquet), a row has
        all the labels in its list, and an empty list is a row without any. Of several
        columns, each says with 1 or 0 whether a row has the label that it is called by.
    text, image, numeric, categorical : sequence of str, default=()
        The columns of each modality; at least one in all. Empty cells are missing
        values and stay missing, None (text, image, categorical) or NaN (numeric).
        Numbers may also be spelled NA, NaN or null; infinite ones and those beyond
        single precision count as missing.
    group : str, optional
        A column; rows of one value are never on both sides of a split.
    split : str, optional
        A column that says ``train`` or ``test`` (in any case), the official split.
        Rows that say ``validation``, ``valid``, ``val`` or ``dev`` are left out, so
        that neither training nor test holds what others tuned on.
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
    task : str or Task, optional
        What kind of question the target is, such as ``"classification"``. By default
        the first task that the target looks like; a notice says which where that could
        surprise.
    name : str, optional
        The dataset's name. By default the file's, without its suffix.

    Returns
    -------
    Dataset
        In memory already, so ``load()`` costs nothing. Its checksum covers the table,
        the columns' roles, the separator and every image, but no path. Its notices say
        what was left out or counts as missing, and how many.

    Raises
    ------
    DataError
        When the file or what it holds can't be used; the message says where.
    UsageError
        When columns are unknown, have two roles, or none is a modality, or the
        separator is empty.

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

    Several labels a row make ``y`` an indicator of ``classes``:

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder) / "films.csv"
    ...     _ = table.write_text("title,genres\nHeat,Crime|Drama\nUp,Comedy|Drama\n")
    ...     films = read_table(
    ...         table, target="genres", text=["title"], label_separator="|"
    ...     ).load()
    >>> films.schema["classes"], films.y.tolist()
    (['Comedy', 'Crime', 'Drama'], [[0, 1, 1], [1, 0, 1]])
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
    options = Options(label_separator=label_separator)
    roles = roles_of(
        target, columns, group=group, split=split, options=options, task=task
    )
    try:
        content = read_content(path)
        folders = Folders(root, path.parent)
        table = parse_table(content, path.suffix)
        check_known(roles, table)
        samples, found, notices, image_checksums = samples_of(table, roles, folders)
        check_split(found, samples)
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
        task=found,
        notices=notices,
    )


def _checksum(content: bytes, roles: Roles, image_checksums: Sequence[str]) -> str:
    target = roles.targets[0] if len(roles.targets) == 1 else list(roles.targets)
    uses: list[Any] = [target, dict(roles.modalities), roles.group, roles.split]
    if roles.options.label_separator is not None:
        uses.append(roles.options.label_separator)
    if roles.task is not None:
        uses.append({"task": roles.task.name})
    digest = hashlib.sha256(json.dumps(uses).encode())
    digest.update(hashlib.sha256(content).digest())
    digest.update("\n".join(image_checksums).encode())
    return f"sha256:{digest.hexdigest()}"
