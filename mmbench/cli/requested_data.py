"""Datasets that ``mmbench run`` is asked to use: embedded, installed, or a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.cli.request import OF_A_TABLE, Request
from mmbench.errors import DataError, UsageError

if TYPE_CHECKING:
    from mmbench.datasets import Card, Dataset, Modality, Samples
    from mmbench.datasets.hubs import Reference
    from mmbench.datasets.roles import Roles
    from mmbench.tasks import Task


def drafted_datasets(request: Request) -> list[Dataset] | None:
    """Return the datasets by name and columns, before any is read.

    Raises
    ------
    UsageError
        When the options contradict each other, or name what does not exist.
    DataError
        When a card can't be read.
    """
    if request.data is None:
        return requested_datasets(request)
    request.refuse(("dataset",), "names an embedded dataset; leave it out with --data.")
    reference = _hub_reference(request, request.data)
    card = None if reference else _card(request, request.data)
    if card is not None:
        return [_unread(card.name, card.modalities, card.task_name)]
    if reference is None:
        _check_described(request, request.data)
    roles = _roles(request)
    if reference is not None:
        task = request.task or "classification"
        return [_unread(reference.dataset, roles.modalities, task)]
    task = _looked_up(request.data, roles).name
    return [_unread(request.data.stem, roles.modalities, task)]


_MOST_NAMED = 100


def requested_datasets(request: Request) -> list[Dataset] | None:
    """Return the datasets that were asked for, None for the suite's own."""
    from mmbench.datasets import get_dataset

    if request.data is None:
        return [get_dataset(name) for name in dict.fromkeys(request.dataset)] or None
    reference = _hub_reference(request, request.data)
    if reference is not None:
        return [_of_hub(request, reference)]
    if _card(request, request.data) is not None:
        return [_with_card(request, request.data)]
    return [_table(request, request.data)]


def _unread(name: str, modalities: Mapping[str, Modality], task: str) -> Dataset:
    from mmbench.datasets import Dataset
    from mmbench.tasks import get_task

    def load() -> Samples:
        raise DataError(f"dataset {name!r} is not read yet.")

    return Dataset(
        name=name,
        version="",
        source="",
        licence="",
        modalities=modalities,
        load=load,
        task=get_task(task),
    )


def _looked_up(path: Path, roles: Roles) -> Task:
    """Return the task that a table's target looks like."""
    from mmbench.datasets.roles import check_known, target_task
    from mmbench.datasets.tables import parse_table, read_content

    try:
        table = parse_table(read_content(path), path.suffix)
        check_known(roles, table)
        return target_task(table, roles)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _roles(request: Request) -> Roles:
    """Return what each column is for, as the options say."""
    from mmbench.datasets.roles import roles_of
    from mmbench.tasks import Options

    columns: dict[Modality, tuple[str, ...]] = {
        "text": request.text,
        "image": request.image,
        "numeric": request.numeric,
        "categorical": request.categorical,
    }
    return roles_of(
        request.target,
        columns,
        group=request.group,
        split=request.split,
        options=Options(label_separator=request.label_separator),
        task=request.task,
    )


def _card(request: Request, data: Path) -> Card | None:
    """Return the card of a dataset's name or folder, None for a table."""
    from mmbench.datasets import is_known, load_card, read_card

    in_folder = data / "card.toml"
    if not in_folder.is_file() and (data.is_file() or not is_known(str(data))):
        return None
    request.refuse(OF_A_TABLE, "describes a table; a dataset's card says it already.")
    return read_card(in_folder) if in_folder.is_file() else load_card(str(data))


def _with_card(request: Request, data: Path) -> Dataset:
    """Return the dataset that a name or a folder stands for."""
    from mmbench.datasets import find_dataset, read_dataset

    if (data / "card.toml").is_file():
        return read_dataset(data, ignore_split=request.ignore_split)
    return find_dataset(str(data), request.data_dir, ignore_split=request.ignore_split)


def _hub_reference(request: Request, data: Path) -> Reference | None:
    """Return which table of Hugging Face or OpenML is meant, None for none."""
    from mmbench.datasets.hubs import parse_reference

    reference = parse_reference(str(data))
    if reference is None or data.exists():
        return None
    if not request.target:
        raise UsageError(f"--data {data} needs --target COL, its labels, and columns.")
    request.refuse(("image_root", "split"), "is about a table file.")
    return reference


def _of_hub(request: Request, reference: Reference) -> Dataset:
    from mmbench.datasets.hubs import read_hub

    return read_hub(
        reference,
        target=request.target,
        text=request.text,
        image=request.image,
        numeric=request.numeric,
        categorical=request.categorical,
        group=request.group,
        label_separator=request.label_separator,
        task=request.task,
    )


def _table(request: Request, path: Path) -> Dataset:
    from mmbench.datasets import read_table

    return read_table(
        path,
        target=request.target,
        text=request.text,
        image=request.image,
        numeric=request.numeric,
        categorical=request.categorical,
        group=request.group,
        split=request.split,
        image_root=request.image_root,
        label_separator=request.label_separator,
        task=request.task,
    )


def _check_described(request: Request, path: Path) -> None:
    """Check that the options say what a table's columns are for."""
    columns = [*request.text, *request.image, *request.numeric, *request.categorical]
    if not request.target or not columns:
        lacking = "its columns" if request.target else "--target COL, its labels"
        raise UsageError(
            f"--data needs {lacking}, and says with --text, --image, --numeric or "
            f"--categorical what others hold. {_columns_of(path)}"
        )
    root = request.image_root
    if root is not None and not root.is_dir():
        raise UsageError(f"image_root must be a folder, got {str(root)!r}.")


def _columns_of(path: Path) -> str:
    from mmbench.datasets.tables import parse_table, read_content

    try:
        names = parse_table(read_content(path), path.suffix).names
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return f"{path} has: {', '.join(names[:_MOST_NAMED])}{more}."
