"""Tables of Hugging Face and OpenML, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mmbench.datasets.layouts.base import stacked
from mmbench.datasets.tables import Table, table_of_frame
from mmbench.datasets.tables.arrow import table_of_arrow
from mmbench.errors import DataError, MissingDependencyError, UsageError

__all__ = ["HUBS", "Reference", "parse_reference", "table_of_hub"]

HUBS = {"hf": "Hugging Face", "openml": "OpenML"}
"""What may stand before the colon of a reference."""

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
        raise UsageError(f"{text!r} does not name a dataset; write {hub}:NAME.")
    return Reference(hub=hub, name=name, version=version or None)


def table_of_hub(reference: Reference) -> tuple[Table, str]:
    """Download a table from Hugging Face or OpenML.

    Parameters
    ----------
    reference : Reference
        Which one.

    Returns
    -------
    table : Table
        With a column ``split``, where Hugging Face has parts ``train`` and ``test``.
    licence : str
        As its makers state it.

    Raises
    ------
    MissingDependencyError
        When the extra ``hub`` is not installed.
    DataError
        When it can't be downloaded.

    Notes
    -----
    No code of a dataset is run: what Hugging Face only has a script for is refused.
    """
    return {"hf": _hugging_face, "openml": _openml}[reference.hub](reference)


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
    licence = str(parts["train"].info.license or "unstated")
    if "test" not in parts:
        return _of_part(parts["train"]), licence
    return stacked({name: _of_part(part) for name, part in parts.items()}), licence


def _of_part(part: Any) -> Table:
    # In Arrow's format nothing is decoded: pictures stay bytes.
    table = part.with_format("arrow")[:]
    return table_of_arrow(
        table.replace_schema_metadata(part.features.arrow_schema.metadata)
    )


def _load_dataset() -> Any:
    """Return Hugging Face's function; a folder that is called datasets is not it."""
    try:
        import datasets

        return datasets.load_dataset  # type: ignore[attr-defined, unused-ignore]
    except (ImportError, AttributeError) as error:
        raise MissingDependencyError("datasets", extra="hub") from error


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
    licence = str(bunch.details.get("licence") or "unstated")
    return table_of_frame(bunch.frame), licence


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return f"{lines[0].rstrip('.')}."
