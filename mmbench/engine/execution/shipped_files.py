"""Pictures, recordings and videos that travel to workers, named by their content.

The cells of a shipped column are names of files, ``<SHA-256><suffix>``, which workers
find in the run's folder; one that shares no disk with the driver fetches those that a
task reads. Nothing else about a table changes, so the keys of nodes don't either.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.engine.execution.parts import load_part
from mmbench.engine.execution.worker import Job, Stored
from mmbench.engine.graph.works import Source
from mmbench.errors import UsageError
from mmbench.fusion import SelectColumns

if TYPE_CHECKING:
    from mmbench.engine.graph.values import Context

__all__ = [
    "Reading",
    "ShippedPart",
    "file_columns",
    "files_folder",
    "first_files",
    "readings",
    "ship",
]

_KINDS = ("image", "audio", "video")


class Reading(NamedTuple):
    """What a task reads of a dataset's columns.

    Attributes
    ----------
    dataset : str
        The dataset's digest.
    columns : tuple of str or None
        The columns; None where that is not known.
    rows : (int, int) or None
        The first row, and the row after the last; None for all.
    """

    dataset: str
    columns: tuple[str, ...] | None
    rows: tuple[int, int] | None


def files_folder(run_folder: Path) -> Path:
    """Return where a run's shipped files lie.

    Parameters
    ----------
    run_folder : Path
        The folder of the run.

    Returns
    -------
    Path
        A folder in it.
    """
    return run_folder / "files"


def file_columns(X: Any, modalities: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns whose cells are paths of files.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_columns)
        A dataset's columns.
    modalities : mapping of str to str
        The kind of each of its columns.

    Returns
    -------
    tuple of str
        Of pictures, recordings and videos; some of their cells may be none.
    """
    asked = [name for name in X.columns if modalities.get(name) in _KINDS]
    return tuple(name for name in asked if any(isinstance(c, str) for c in X[name]))


def first_files(
    contexts: Mapping[str, Context], columns: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Return the first file of each column, by which workers are asked what they see.

    Parameters
    ----------
    contexts : mapping of str to Context
        The datasets, by their digests.
    columns : mapping of str to sequence of str
        Their columns of files.

    Returns
    -------
    tuple of str
        Paths.
    """
    return tuple(
        next(cell for cell in contexts[dataset].X[name] if isinstance(cell, str))
        for dataset, names in columns.items()
        for name in names
    )


def ship(context: Context, columns: Sequence[str], run_folder: Path) -> Context:
    """Put a dataset's files into the run's folder, and return it with their names.

    Parameters
    ----------
    context : Context
        A dataset; it is left as it is.
    columns : sequence of str
        Its columns of files.
    run_folder : Path
        The folder of the run.

    Returns
    -------
    Context
        Its cells are names where they were paths.

    Raises
    ------
    UsageError
        When a path is not that of a file.
    """
    folder = files_folder(run_folder)
    folder.mkdir(exist_ok=True)
    names: dict[str, str] = {}
    for column in columns:
        for cell in context.X[column]:
            if isinstance(cell, str) and cell not in names:
                names[cell] = _shipped(Path(cell), folder)
    return _with_cells(context, columns, names.__getitem__)


class ShippedPart:
    """Stands for a dataset in a part, and becomes it where it is unpickled.

    Parameters
    ----------
    path : Path
        The part's file there.
    folder : Path
        The folder of the shipped files there.
    columns : sequence of str
        The columns that hold their names.
    """

    def __init__(self, path: Path, folder: Path, columns: Sequence[str]) -> None:
        self._parts = path, folder, tuple(columns)

    def __reduce__(self) -> tuple[Any, ...]:
        return _loaded, self._parts


def readings(task: Any) -> tuple[Reading, ...]:
    """Return what a task reads of columns as they are.

    Parameters
    ----------
    task : Task
        A job; other tasks never run where files have to be shipped to.

    Returns
    -------
    tuple of Reading
        Empty for a job on what other nodes have made.
    """
    return tuple(dict.fromkeys(_readings(task))) if isinstance(task, Job) else ()


def _readings(job: Job) -> Iterator[Reading]:
    rows = getattr(job.node.work, "chunk", None)
    open_nodes = [job.node]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, Stored):
            continue
        open_nodes += node.inputs
        estimator = getattr(node.work, "estimator", None)
        reads = any(isinstance(getattr(i, "work", None), Source) for i in node.inputs)
        if estimator is not None and reads:
            yield Reading(node.dataset, _columns(estimator), rows)


def _columns(estimator: Any) -> tuple[str, ...] | None:
    if not isinstance(estimator, SelectColumns):
        return None
    columns = estimator.columns
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _shipped(path: Path, folder: Path) -> str:
    """Put a file into the folder by its content, and return its name there."""
    if not path.is_file():
        what = "a folder" if path.is_dir() else "not there"
        raise UsageError(
            f"--ship-images sends files to workers, but {path} is {what}; drop the "
            f"option and mount the data where the workers run."
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"{digest}{path.suffix}"
    with contextlib.suppress(FileExistsError):
        try:
            os.link(path.resolve(), folder / name)
        except FileExistsError:
            raise
        except OSError:  # on another file system
            shutil.copyfile(path, folder / name)
    return name


def _loaded(path: Path, folder: Path, columns: Sequence[str]) -> Context:
    return _with_cells(load_part(path), columns, lambda name: str(folder / name))


def _with_cells(context: Context, columns: Sequence[str], change: Any) -> Context:
    import pandas as pd

    X = context.X.copy(deep=False)
    for name in columns:
        cells = [change(c) if isinstance(c, str) else c for c in X[name]]
        X[name] = pd.Series(cells, index=X.index, dtype=X[name].dtype)
    return context._replace(X=X)
