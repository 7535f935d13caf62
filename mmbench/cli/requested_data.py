"""Datasets that ``mmbench run`` is asked to use: embedded, installed, or a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mmbench.cli.request import OF_A_TABLE, Request
from mmbench.errors import DataError, UsageError

if TYPE_CHECKING:
    from mmbench.datasets import Dataset


def requested_datasets(request: Request) -> list[Dataset] | None:
    """Return the datasets that were asked for, None for the suite's own."""
    from mmbench.datasets import get_dataset

    if request.data is None:
        return [get_dataset(name) for name in dict.fromkeys(request.dataset)] or None
    request.refuse(("dataset",), "names an embedded dataset; leave it out with --data.")
    hub = _of_hub(request, str(request.data))
    if hub is not None:
        return [hub]
    return [_with_card(request, request.data) or _table(request, request.data)]


def _with_card(request: Request, data: Path) -> Dataset | None:
    """Return the dataset that a name or a folder stands for, None for a table."""
    from mmbench.datasets import find_dataset, is_known, read_dataset

    folder = (data / "card.toml").is_file()
    if not folder and (data.is_file() or not is_known(str(data))):
        return None
    request.refuse(OF_A_TABLE, "describes a table; a dataset's card says it already.")
    if folder:
        return read_dataset(data, ignore_split=request.ignore_split)
    return find_dataset(str(data), request.data_dir, ignore_split=request.ignore_split)


def _of_hub(request: Request, text: str) -> Dataset | None:
    """Return a dataset of Hugging Face or OpenML, None where none is meant."""
    from mmbench.datasets.hubs import parse_reference, read_hub

    reference = parse_reference(text)
    if reference is None or Path(text).exists():
        return None
    if not request.target:
        raise UsageError(f"--data {text} needs --target COL, its labels, and columns.")
    request.refuse(("image_root", "split"), "is about a table file.")
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

    columns = [*request.text, *request.image, *request.numeric, *request.categorical]
    if not request.target or not columns:
        lacking = "its columns" if request.target else "--target COL, its labels"
        raise UsageError(
            f"--data needs {lacking}, and says with --text, --image, --numeric or "
            f"--categorical what others hold. {_columns_of(path)}"
        )
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


def _columns_of(path: Path) -> str:
    from mmbench.datasets.tables import parse_table, read_content

    try:
        names = parse_table(read_content(path), path.suffix).names
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return f"{path} has: {', '.join(names)}."
