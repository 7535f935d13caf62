"""Datasets by name: embedded, installed, or in any folder that has a card."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.checks import Finding
from mmbench.checks.catalogue import OFFICIAL_SPLIT_GROUPS
from mmbench.datasets.card import Card, card_paths, load_card, read_card
from mmbench.datasets.embedded import EMBEDDED
from mmbench.datasets.files import check_files, find_root
from mmbench.datasets.install import data_home, installed_root
from mmbench.datasets.layouts.base import GROUP, LABEL, SPLIT
from mmbench.datasets.readers import Loaded, kept_cells
from mmbench.datasets.references import Folders
from mmbench.datasets.roles import Parsed, Roles, samples_of
from mmbench.datasets.samples import Dataset
from mmbench.datasets.splits import check_split
from mmbench.errors import DataError, UnknownNameError, UsageError
from mmbench.tasks import Options, get_task

if TYPE_CHECKING:
    from mmbench.datasets.samples import Samples
    from mmbench.tasks import Task

__all__ = ["find_dataset", "is_known", "read_dataset"]


def is_known(name: str) -> bool:
    """Return whether the catalogue has a dataset of this name.

    Parameters
    ----------
    name : str
        Of an embedded dataset or a card; upper and lower case differ.

    Returns
    -------
    bool
        Whether :func:`find_dataset` can find it.
    """
    return name in EMBEDDED or name in card_paths()


def find_dataset(
    name: str, home: Path | None = None, *, ignore_split: bool = False
) -> Dataset:
    """Return a dataset of the catalogue, loaded and checked.

    Parameters
    ----------
    name : str
        Of an embedded dataset, or of one that is installed.
    home : path, optional
        The folder of installed datasets; by default the user's.
    ignore_split : bool, default=False
        Leave the official split out, so that folds replace it.

    Returns
    -------
    Dataset

    Raises
    ------
    UnknownNameError
        When the catalogue has no such dataset.
    DataError
        When it is not installed; the message says how to get it.
    """
    if name in EMBEDDED:
        return EMBEDDED[name]
    if name not in card_paths():
        raise UnknownNameError("dataset", name, {*EMBEDDED, *card_paths()})
    card = load_card(name)
    root = installed_root(card, data_home(home))
    if root is None:
        raise DataError(
            f"dataset {name!r} is not installed. How to get it: {card.obtain} Then: "
            f"mmbench datasets fetch {name}{'' if card.downloads else ' --from PATH'}"
        )
    return read_dataset(root, card=card, ignore_split=ignore_split)


def read_dataset(
    folder: Path, *, card: Card | None = None, ignore_split: bool = False
) -> Dataset:
    """Read a dataset's folder and compare it with its card.

    Parameters
    ----------
    folder : Path
        Holds the files that the card names.
    card : Card, optional
        By default the folder's own ``card.toml``.
    ignore_split : bool, default=False
        Leave the official split out, so that folds replace it. Where groups lie on
        both sides of that split, only without it are groups kept together.

    Returns
    -------
    Dataset
        In memory already, so that ``load()`` costs nothing. Its notices say what can't
        be used.

    Raises
    ------
    DataError
        When a file is missing or is not what the card says, or the samples are not.
    """
    card = read_card(folder / "card.toml") if card is None else card
    if card.reader is None:
        raise UsageError(f"dataset {card.name!r} is embedded; load it by its name.")
    root = find_root(folder, card)
    checksum = check_files(root, card)
    try:
        parsed = _samples(card, root)
        samples, task = parsed.samples, parsed.task
        _check_task(card, task)
        target = task.data.of_cells(samples.target, samples.X, card.sources)
        target = task.data.of_groups(target, samples.groups)
        target = task.data.completed(target)
        _check_size(card, samples, task.data.describe(target))
        samples, more = _one_split(samples, ignore_split=ignore_split)
        check_split(task, samples)
    except DataError as error:
        raise DataError(f"dataset {card.name!r}: {error}") from error
    return Dataset(
        name=card.name,
        version=card.version,
        source=card.source,
        licence=card.licence,
        modalities=card.modalities,
        views=card.view_columns,
        load=Loaded(samples),
        checksum=checksum,
        has_split=samples.split is not None,
        task=task,
        card=card,
        notices=(*parsed.notices, *more),
    )


def _samples(card: Card, root: Path) -> Parsed:
    assert card.reader is not None  # noqa: S101 - the caller has looked
    table = card.reader.read(root)
    absent = [name for name in card.modalities if name not in table.names]
    if absent:
        raise DataError(f"its reader returns no column {absent[0]!r}.")
    roles = Roles(
        targets=(LABEL,),
        modalities=card.modalities,
        group=GROUP if GROUP in table.names else None,
        split=SPLIT if SPLIT in table.names else None,
        options=Options(gallery_size=card.gallery_size),
        task=get_task(card.reader.label_task) if card.reader.label_task else None,
    )
    parsed = samples_of(table, roles, Folders(root))
    samples = parsed.samples
    kept = {name: kept_cells(table, name, samples) for name in card.reader.slices}
    return parsed._replace(samples=samples._replace(slices=kept))


def _check_task(card: Card, task: Task) -> None:
    if task.card_name != card.task:
        raise DataError(
            f"its card says task = {card.task!r}, but its labels are those of "
            f"{task.card_name!r}; correct the card, or what its reader uses as the "
            f"label."
        )


def _check_size(card: Card, samples: Samples, described: Mapping[str, Any]) -> None:
    """Compare the numbers of samples with those that the card states."""
    found: Mapping[str, int] = {
        "n_samples": len(samples.y),
        **described,
        **(
            {}
            if samples.split is None
            else {
                f"official_split.{side}": int((samples.split == side).sum())
                for side in ("train", "test")
            }
        ),
    }
    stated = {
        **{name: getattr(card, name, None) for name in ("n_samples", *described)},
        **{f"official_split.{side}": n for side, n in card.official_split.items()},
    }
    for field, number in found.items():
        expected = stated.get(field)
        if expected is not None and expected != number:
            raise DataError(f"{field} should be {expected:,}, got {number:,}.")


def _one_split(
    samples: Samples, *, ignore_split: bool
) -> tuple[Samples, tuple[Finding, ...]]:
    """Return samples whose split and groups don't contradict each other."""
    import numpy as np

    if ignore_split:
        return samples._replace(split=None), ()
    if samples.split is None or samples.groups is None:
        return samples, ()
    sides = [samples.groups[samples.split == side] for side in ("train", "test")]
    both = np.intersect1d(*sides)
    if not len(both):
        return samples, ()
    notice = OFFICIAL_SPLIT_GROUPS.found(
        f"{len(both):,} of {len(np.unique(samples.groups)):,} groups, such as "
        f"{str(both[0])!r}, lie on both sides of the official split, which is used as "
        "it is: scores are optimistic for new groups."
    )
    return samples._replace(groups=None), (notice,)
