"""Whether a dataset is one: what every dataset must hold to, tried out."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.catalogue import read_dataset
from mmbench.datasets.checksum import cells_of, checksum_of
from mmbench.datasets.image_files import check_images
from mmbench.datasets.splits import check_split, check_weights
from mmbench.datasets.video_files import check_video
from mmbench.errors import DataError

if TYPE_CHECKING:
    from mmbench.datasets.samples import Dataset, Modality, Samples

__all__ = ["check_dataset"]


def check_dataset(dataset: Dataset | str | PathLike[str]) -> None:
    """Load a dataset and check all that mmbench takes for granted of one.

    Parameters
    ----------
    dataset : Dataset or path
        Yours, or any; or a folder that holds a ``card.toml`` and the files that it
        names.

    Raises
    ------
    DataError
        Names the first rule that is broken: ``load`` is picklable and gives the same
        samples each time; ``X`` has the declared columns and a unique index; every
        cell suits its column's modality, and no column is all missing; labels are
        strings or integers of at least two classes, or where a sample may have several
        an indicator of the sorted ``classes``, each of them on some sample; groups and
        the official split have one value for each sample and fit together; a card, if
        there is one, is valid and says what is there, files and checksums included.

    Examples
    --------
    >>> from mmbench.datasets import get_dataset
    >>> check_dataset(get_dataset("synthetic"))
    """
    if isinstance(dataset, str | PathLike):
        dataset = read_dataset(Path(dataset))
    try:
        load = pickle.loads(pickle.dumps(dataset.load))  # noqa: S301 - just dumped
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise DataError(
            f"dataset {dataset.name!r}: load must be picklable, such as a function at "
            f"the top level of a module: {error}."
        ) from error
    samples = dataset.load()
    try:
        _check_rows(dataset, samples)
        dataset.task.data.verify(dataset.target(samples))
        for column, modality in dataset.modalities.items():
            _check_cells(column, modality, cells_of(samples.X[column]))
        check_split(dataset.task, samples)
        _check_card(dataset, samples)
        if checksum_of(load()) != checksum_of(samples):
            raise DataError("load must give the same samples each time.")
    except DataError as error:
        raise DataError(f"dataset {dataset.name!r}: {error}") from error


def _check_rows(dataset: Dataset, samples: Samples) -> None:
    X = samples.X
    if list(X.columns) != list(dataset.modalities):
        raise DataError(
            f"the columns of X must be {list(dataset.modalities)}, as its modalities "
            f"say, got {list(X.columns)}."
        )
    if not X.index.is_unique:
        raise DataError("the index of X must be unique: it holds the samples' ids.")
    for name in ("y", "groups", "split", "truth", "sample_weight"):
        values = getattr(samples, name)
        if values is not None and len(values) != len(X):
            raise DataError(f"{name} must have {len(X)} rows, as X, got {len(values)}.")
    if samples.sample_weight is not None:
        check_weights(samples.sample_weight)
    if samples.split is not None:
        others = sorted(set(samples.split.tolist()) - {"train", "test"})
        if others:
            raise DataError(f"a split must be 'train' or 'test', got {others[0]!r}.")
    if dataset.has_split != (samples.split is not None):
        raise DataError(
            f"has_split is {dataset.has_split}, but the samples say otherwise."
        )


def _check_cells(column: str, modality: Modality, cells: list[Any]) -> None:
    present = [cell for cell in cells if cell is not None]
    if not present:
        raise DataError(f"column {column!r} has no value.")
    suits, rule = _RULES[modality]
    for cell in present:
        if not suits(cell):
            raise DataError(
                f"a cell of {modality} column {column!r} must be {rule}, got "
                f"{type(cell).__name__}."
            )
    if modality == "image":
        files = [
            Path(cell) if isinstance(cell, str) else cell
            for cell in present
            if isinstance(cell, str | bytes)
        ]
        for file, check in zip(files, check_images(files), strict=True):
            if check.trouble:
                shown = file if isinstance(file, Path) else "one"
                raise DataError(
                    f"an image of column {column!r} is {check.trouble}: {shown}."
                )

    if modality == "video":
        for cell in present:
            trouble = check_video(Path(cell) if isinstance(cell, str) else cell).trouble
            if trouble:
                shown = cell if isinstance(cell, str) else "one"
                raise DataError(f"a video of column {column!r} is {trouble}: {shown}.")


def _check_card(dataset: Dataset, samples: Samples) -> None:
    card = dataset.card
    if card is None:
        return
    facts = {
        "name": dataset.name,
        "version": dataset.version,
        "source": dataset.source,
        "licence": dataset.licence,
        "modalities": dict(dataset.modalities),
        "task": dataset.task.card_name,
        "n_samples": len(samples.y),
        **dataset.task.data.describe(dataset.target(samples)),
    }
    if card.checksum:  # where files are pinned one by one, they are what is compared
        facts["checksum"] = dataset.checksum
    for field, fact in facts.items():
        stated = getattr(card, field, None)
        if stated is not None and stated != fact:
            raise DataError(f"the card says {field} = {stated!r}, but it is {fact!r}.")


def _is_image(cell: Any) -> bool:
    from PIL import Image

    if isinstance(cell, np.ndarray):
        is_colour = cell.ndim == 3 and cell.shape[2] == 3
        return cell.dtype == np.uint8 and (cell.ndim == 2 or is_colour)
    return isinstance(cell, str | bytes | Image.Image)


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str)


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and bool(np.isfinite(cell))


def _is_recording(cell: Any) -> bool:
    return isinstance(cell, str | bytes | np.ndarray)


_RULES: Mapping[Modality, tuple[Callable[[Any], bool], str]] = {
    "text": (_is_text, "a string"),
    "image": (
        _is_image,
        "a path, bytes, a PIL image or a uint8 array (height, width[, 3])",
    ),
    "numeric": (_is_number, "a finite number"),
    "categorical": (_is_text, "a string"),
    "audio": (_is_recording, "a path, bytes or an array"),
    "group": (_is_text, "a string"),
    "video": (_is_recording, "a path, bytes or an array"),
}
