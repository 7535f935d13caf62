"""Datasets that ``mmbench run`` is asked to use: embedded, installed, or a table."""

from __future__ import annotations

import dataclasses
import fnmatch
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mmbench.cli.request import OF_A_TABLE, Request
from mmbench.errors import DataError, UsageError

if TYPE_CHECKING:
    from mmbench.datasets import Dataset, Modality, Samples
    from mmbench.datasets.roles import Roles
    from mmbench.datasets.sources import Source

_MOST_NAMED = 100


class RequestedData(NamedTuple):
    """The datasets that were asked for.

    Attributes
    ----------
    drafts : list of Dataset or None
        Their names and columns: datasets that can't be loaded. None for the suite's
        own.
    read : callable
        Returns the datasets, each once, in the order of the options; None for the
        suite's own.
    """

    drafts: list[Dataset] | None
    read: Callable[[], list[Dataset] | None]


def requested_data(request: Request) -> RequestedData:
    """Return the datasets that were asked for, before what they hold is checked.

    Parameters
    ----------
    request : Request
        What the user asked for.

    Returns
    -------
    RequestedData

    Raises
    ------
    UsageError
        When the options contradict each other, or name what does not exist.
    DataError
        When a table or a card can't be read.
    """
    from mmbench.datasets import get_dataset

    if request.data is None:
        named = [get_dataset(name) for name in dict.fromkeys(request.dataset)] or None
        found = _asked(request, named)
        return RequestedData(found, lambda: found)
    request.refuse(
        ("dataset",), "chooses an embedded dataset; leave it out with --data."
    )
    data = request.data
    return _of_hub(request, data) or _of_card(request, data) or _table(request, data)


def _table(request: Request, data: Path) -> RequestedData:
    """Return a table whose columns the options describe."""
    from mmbench.datasets.roles import check_known, target_task
    from mmbench.datasets.sources import (
        errors_about,
        open_source,
        with_dates,
        with_embeddings,
    )

    root = request.image_root
    if root is not None and not root.is_dir():
        raise UsageError(f"image_root must be a folder, got {str(root)!r}.")
    with errors_about(data):
        source = with_embeddings(open_source(data), request.embedding)
        source = with_dates(source, request.date)
        roles = _roles(request, source)
        check_known(roles, source.table)
        task = target_task(source.table, roles).name
    views = _views(request, source)
    draft = _unread(source.name, roles.modalities, task, views)
    return RequestedData([draft], lambda: [_read(request, source)])


def _read(request: Request, source: Source) -> Dataset:
    from mmbench.datasets.readers import dataset_of
    from mmbench.datasets.sources import errors_about

    with errors_about(request.data):
        roles, root = _roles(request, source), request.image_root
        dataset = dataset_of(source, roles, root, slices=request.slices)
    # All numbers of a missing list are missing: that is one notice, not hundreds.
    repeated = {f"column {c!r}" for cs in source.embeddings.values() for c in cs[1:]}
    notices = [n for n in dataset.notices if n.partition(":")[0] not in repeated]
    return dataclasses.replace(
        dataset, views=_views(request, source), notices=tuple(notices)
    )


def _roles(request: Request, source: Source) -> Roles:
    """Return what each column is for, as the options say or the data is kept."""
    from mmbench.datasets.sources import roles_for
    from mmbench.tasks import Options

    columns = _columns(request, _views(request, source))
    if not (request.target or source.target) or not (
        any(columns.values()) or source.columns
    ):
        lacking = "its columns" if request.target else "--target COL, its labels"
        raise UsageError(
            f"--data needs {lacking}, and says with --text, --image, --numeric or "
            f"--categorical what others hold. {_named_columns(source)}"
        )
    return roles_for(
        source,
        target=request.target,
        columns=columns,
        group=request.group,
        split=request.split,
        ignore_split=request.ignore_split,
        sample_weight=request.sample_weight,
        options=Options(
            label_separator=request.label_separator,
            min_class_size=request.min_class_size,
            merge_rare=request.merge_rare,
            gallery_size=request.gallery_size,
            n_answers=request.answers,
            shot=request.shot,
            shot_length=request.shot_length,
        ),
        task=request.task,
    )


def _columns(
    request: Request, views: Mapping[str, Sequence[str]]
) -> dict[Modality, tuple[str, ...]]:
    from mmbench.datasets.dates import date_columns

    in_views = itertools.chain.from_iterable(views.values())
    in_dates = itertools.chain.from_iterable(map(date_columns, request.date))
    return {
        "text": request.text,
        "image": request.image,
        "numeric": tuple(dict.fromkeys((*request.numeric, *in_dates, *in_views))),
        "categorical": request.categorical,
        "audio": request.audio,
        "video": request.video,
    }


def _views(request: Request, source: Source) -> dict[str, tuple[str, ...]]:
    """Return the columns of each view."""
    views: dict[str, tuple[str, ...]] = {}
    for text in request.view:
        name, is_pair, glob = text.partition("=")
        if not (name and is_pair and glob):
            raise UsageError(f"--view must be NAME=GLOB, got {text!r}.")
        columns = fnmatch.filter(source.table.names, glob)
        if not columns:
            raise UsageError(
                f"--view {text}: no column matches {glob!r}. {_named_columns(source)}"
            )
        views[name] = (*views.get(name, ()), *columns)
    return views | dict(source.embeddings)


def _named_columns(source: Source) -> str:
    names = source.table.names
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return f"{source.origin} has: {', '.join(names[:_MOST_NAMED])}{more}."


def _unread(
    name: str,
    modalities: Mapping[str, Modality],
    task: str,
    views: Mapping[str, Sequence[str]] | None = None,
) -> Dataset:
    from mmbench.datasets import Dataset
    from mmbench.tasks import get_task

    def load() -> Samples:
        raise DataError(f"dataset {name!r} cannot be read yet.")

    return Dataset(
        name=name,
        version="",
        source="",
        licence="",
        modalities=modalities,
        views=views or {},
        load=load,
        task=get_task(task),
    )


def _of_card(request: Request, data: Path) -> RequestedData | None:
    """Return what a dataset's name or folder stands for, None for a table."""
    from mmbench.datasets import (
        find_dataset,
        is_known,
        load_card,
        read_card,
        read_dataset,
    )

    file = data / "card.toml"
    if not file.is_file() and (data.is_file() or not is_known(str(data))):
        return None
    request.refuse(OF_A_TABLE, "describes a table; a dataset's card says it already.")
    card = read_card(file) if file.is_file() else load_card(str(data))

    def read() -> list[Dataset]:
        ignore = request.ignore_split
        if file.is_file():
            return [read_dataset(data, ignore_split=ignore)]
        return [find_dataset(str(data), request.data_dir, ignore_split=ignore)]

    draft = _unread(card.name, card.modalities, card.task_name, card.view_columns)
    return RequestedData(_asked(request, [draft]), lambda: _asked(request, read()))


def _asked(request: Request, datasets: list[Dataset] | None) -> list[Dataset] | None:
    """Return datasets as the suite of one task takes them."""
    from mmbench.datasets import get_dataset
    from mmbench.datasets.asked_as import asked_as
    from mmbench.suites import SUITES
    from mmbench.tasks import get_task

    suite = SUITES.get(request.suite)
    if suite is None or suite.adopts is None:
        return datasets
    if datasets is None:
        datasets = [get_dataset(name) for name in suite.datasets]
    task = get_task(suite.adopts)
    return [asked_as(each, task, n_answers=request.answers) for each in datasets]


def _of_hub(request: Request, data: Path) -> RequestedData | None:
    """Return a table of Hugging Face or OpenML, None where none is meant."""
    from mmbench.datasets.hubs import parse_reference
    from mmbench.datasets.sources import open_source

    reference = parse_reference(str(data))
    if reference is None or data.exists():
        return None
    columns = _columns(request, {})
    if not request.target or not any(columns.values()):
        raise UsageError(f"--data {data} needs --target COL, its labels, and columns.")
    about_a_file = ("image_root", "split", "view", "embedding", "date")
    request.refuse(about_a_file, "is about a table file.")
    kinds = {name: kind for kind, names in columns.items() for name in names}
    draft = _unread(reference.dataset, kinds, request.task or "classification")
    return RequestedData([draft], lambda: [_read(request, open_source(data))])
