"""Tables of Hugging Face and OpenML, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.datasets.checksum import checksum_of
from mmbench.datasets.layouts.base import SPLIT
from mmbench.datasets.readers import Loaded
from mmbench.datasets.references import Folders
from mmbench.datasets.roles import check_known, roles_of, samples_of
from mmbench.datasets.samples import Dataset
from mmbench.datasets.splits import check_split
from mmbench.datasets.tables import Table
from mmbench.errors import DataError, MissingDependencyError, UsageError
from mmbench.tasks import Options, Task

if TYPE_CHECKING:
    from mmbench.datasets.samples import Modality

__all__ = ["HUBS", "Reference", "parse_reference", "read_hub"]

HUBS = {"hf": "Hugging Face", "openml": "OpenML"}
"""What may stand before the colon of a reference."""

# Pictures come as bytes; a path in a table from elsewhere leads nowhere.
_NO_FILES = Path("no-files")
_PARTS = {"train": "train", "validation": "validation", "test": "test"}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A table of a hub, as ``hf:fancyzhx/ag_news`` or ``openml:iris@1`` names it.

    Parameters
    ----------
    hub : {"hf", "openml"}
        Where it is.
    name : str
        Its name there, or for OpenML its number.
    version : str, optional
        A commit of Hugging Face's, or a version of OpenML's, as given behind ``@``.
    """

    hub: str
    name: str
    version: str | None = None

    @property
    def dataset(self) -> str:
        """The name of the dataset that it becomes."""
        return self.name.rpartition("/")[2]


def parse_reference(text: str) -> Reference | None:
    """Return what a reference says, or None when it is none.

    Parameters
    ----------
    text : str
        ``HUB:NAME`` or ``HUB:NAME@VERSION``; or something else, such as a path.

    Returns
    -------
    Reference or None
        The hub, the name, and the version or None.

    Raises
    ------
    UsageError
        When a hub is named but no dataset.

    Examples
    --------
    >>> parse_reference("hf:fancyzhx/ag_news@main")
    Reference(hub='hf', name='fancyzhx/ag_news', version='main')
    >>> parse_reference("products.csv") is None
    True
    """
    hub, colon, rest = text.partition(":")
    if hub not in HUBS or not colon:
        return None
    name, _, version = rest.partition("@")
    if not name:
        raise UsageError(f"{text!r} names no dataset; write {hub}:NAME.")
    return Reference(hub=hub, name=name, version=version or None)


def read_hub(
    reference: Reference,
    *,
    target: str | Sequence[str],
    text: Sequence[str] = (),
    image: Sequence[str] = (),
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    group: str | None = None,
    label_separator: str | None = None,
    task: str | Task | None = None,
) -> Dataset:
    """Download a table from a hub, and check it as one's own.

    Parameters
    ----------
    reference : Reference
        Which one.
    target, text, image, numeric, categorical, group, label_separator, task
        What its columns are for, as for :func:`~mmbench.datasets.read_table`.

    Returns
    -------
    Dataset
        With the official split, where Hugging Face has parts ``train`` and ``test``.

    Raises
    ------
    MissingDependencyError
        When the extra ``hub`` is not installed.
    DataError
        When it can't be had, or can't be used.

    Notes
    -----
    No code of a dataset is run: what Hugging Face only has a script for is refused.
    """
    load = {"hf": _hugging_face, "openml": _openml}[reference.hub]
    table, licence = load(reference)
    columns: dict[Modality, Sequence[str]] = {
        "text": text,
        "image": image,
        "numeric": numeric,
        "categorical": categorical,
    }
    split = SPLIT if SPLIT in table.names else None
    options = Options(label_separator=label_separator)
    roles = roles_of(
        target, columns, group=group, split=split, options=options, task=task
    )
    check_known(roles, table)
    try:
        samples, found, notices, _ = samples_of(table, roles, Folders(_NO_FILES))
        check_split(found, samples)
    except DataError as error:
        raise DataError(f"{reference.hub}:{reference.name}: {error}") from error
    checksum = checksum_of(samples)
    return Dataset(
        name=reference.dataset,
        version=checksum.removeprefix("sha256:")[:12],
        source=f"{HUBS[reference.hub]}, {reference.name}",
        licence=licence,
        modalities=roles.modalities,
        load=Loaded(samples),
        checksum=checksum,
        has_split=samples.split is not None,
        task=found,
        notices=tuple(notices),
    )


def _hugging_face(reference: Reference) -> tuple[Table, str]:
    load_dataset = _load_dataset()
    try:
        loaded = load_dataset(reference.name, revision=reference.version)
    except Exception as error:
        raise DataError(
            f"hf:{reference.name} can't be loaded: {_first_line(error)}"
        ) from error
    parts = {_PARTS[name]: part for name, part in loaded.items() if name in _PARTS}
    if "train" not in parts:
        raise DataError(
            f"hf:{reference.name} has no part 'train'; it has {', '.join(loaded)}."
        )
    if "test" not in parts:
        parts = {"train": parts["train"]}
    return _table_of_parts(parts), str(parts["train"].info.license or "unstated")


def _load_dataset() -> Any:
    """Return Hugging Face's function; a folder that is called datasets is not it."""
    try:
        import datasets

        return datasets.load_dataset  # type: ignore[attr-defined, unused-ignore]
    except (ImportError, AttributeError) as error:
        raise MissingDependencyError("datasets", extra="hub") from error


def _table_of_parts(parts: dict[str, Any]) -> Table:
    names = tuple(parts["train"].column_names)
    n_rows = sum(len(part) for part in parts.values())

    def column(name: str) -> list[Any]:
        if name == SPLIT:
            return [part for part, rows in parts.items() for _ in range(len(rows))]
        return [cell for rows in parts.values() for cell in _cells(rows, name)]

    return Table((*names, SPLIT) if len(parts) > 1 else names, n_rows, column)


def _cells(rows: Any, name: str) -> list[Any]:
    """Return a column as strings, numbers and bytes: names for classes, no decoding."""
    feature = rows.features[name]
    cells = rows.with_format("arrow")[:][name].to_pylist()
    # Of a column of lists, the feature of what is in them has the names.
    names = getattr(getattr(feature, "feature", feature), "names", None)
    if names is None:
        return list(cells)

    def named(cell: Any) -> Any:
        if isinstance(cell, list):
            return [named(each) for each in cell]
        # -1 stands for a label that is withheld.
        return None if cell is None or cell < 0 else names[cell]

    return [named(cell) for cell in cells]


def _openml(reference: Reference) -> tuple[Table, str]:
    from sklearn.datasets import fetch_openml

    by_number = reference.name.isdigit()
    version: Any = "active" if reference.version is None else int(reference.version)
    which = (
        {"data_id": int(reference.name)}
        if by_number
        else {"name": reference.name, "version": version}
    )
    try:
        bunch = fetch_openml(**which, as_frame=True, parser="pandas")
    except (OSError, ValueError) as error:
        raise DataError(
            f"openml:{reference.name} can't be loaded: {_first_line(error)}"
        ) from error
    frame = bunch.frame
    names = tuple(map(str, frame.columns))
    licence = str(bunch.details.get("licence") or "unstated")
    return Table(
        names,
        len(frame),
        lambda name: (
            frame[name].astype(object).where(frame[name].notna(), None).tolist()
        ),
    ), licence


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{lines[0].rstrip('.')}."
