"""What each column of a table is for, and the samples that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.checks.catalogue import TASK_INFERRED, UNLABELLED_ROWS, VALIDATION_ROWS
from mmbench.columns import (
    NO_VALUE,
    Column,
    categorical_values,
    is_missing,
    numeric_values,
    text_values,
)
from mmbench.datasets.audio_column import audio_values
from mmbench.datasets.image_column import image_values
from mmbench.datasets.references import Folders
from mmbench.datasets.samples import Modality, Samples
from mmbench.datasets.splits import (
    VALIDATION,
    check_sides,
    group_array,
    split_array,
    weight_array,
)
from mmbench.datasets.tables import Table
from mmbench.datasets.video_column import video_values
from mmbench.errors import DataError, UnknownNameError, UsageError
from mmbench.tasks import NO_OPTIONS, TASKS, Options, Task, get_task, task_for

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mmbench.checks import Finding

__all__ = [
    "Roles",
    "check_known",
    "features_of",
    "roles_of",
    "samples_of",
    "target_task",
]

_CONVERTERS: Mapping[Modality, Any] = {
    "text": text_values,
    "numeric": numeric_values,
    "categorical": categorical_values,
    "group": categorical_values,
}


@dataclass(frozen=True)
class Roles:
    """What each column of a table is for, and what joins the labels of a cell.

    Attributes
    ----------
    targets : tuple of str
        One column of labels or numbers, or a column for each label.
    modalities : mapping of str to Modality
        The kind of each input column.
    group : str or None
        The column of groups, whose rows are never split.
    split : str or None
        The column of the official split.
    options : Options, default=NO_OPTIONS
        How the cells of the target are read.
    task : Task, optional
        By default the target's values decide.
    sample_weight : str, optional
        The column of sample weights.
    """

    targets: tuple[str, ...]
    modalities: Mapping[str, Modality]
    group: str | None
    split: str | None
    options: Options = NO_OPTIONS
    task: Task | None = None
    sample_weight: str | None = None

    @property
    def names(self) -> list[str]:
        """The names of all columns with a role, a name with two of them twice."""
        others = [self.split, self.sample_weight, self.options.shot]
        if self.group not in self.modalities:
            others.insert(0, self.group)
        return [*self.targets, *self.modalities, *(each for each in others if each)]


def roles_of(
    target: str | Sequence[str] | None,
    columns: Mapping[Modality, Sequence[str]],
    *,
    group: str | None,
    split: str | None,
    options: Options = NO_OPTIONS,
    task: str | Task | None = None,
    sample_weight: str | None = None,
) -> Roles:
    """Return what each column is for.

    Parameters
    ----------
    target : str or sequence of str, optional
        One column, or a column for each label.
    columns : mapping of Modality to sequence of str
        Names of input columns by modality.
    group : str or None
        The column of groups, if there is one.
    split : str or None
        The column of the official split, if there is one.
    options : Options, default=NO_OPTIONS
        How the cells of the target are read.
    task : str or Task, optional
        A task or its name; by default the target's values decide.
    sample_weight : str, optional
        The column of sample weights, if there is one.

    Returns
    -------
    Roles
        Checked against each other, not yet against a table.

    Raises
    ------
    UsageError
        When there is no target or no input column, a column has two roles, or an option
        does not fit the target.
    """
    named = [
        (name, modality)
        for modality, names in columns.items()
        # One name without a list around it is not a list of letters.
        for name in ([names] if isinstance(names, str) else names)
    ]
    if not named:
        kinds = ", ".join(_CONVERTERS)
        raise UsageError(
            f"name at least one column besides the target, as one of {kinds}, image, "
            "audio, video."
        )
    targets = (target,) if isinstance(target, str) else tuple(target or ())
    if not targets:
        raise UsageError("target must name at least one column, got none.")
    if options.label_separator is not None and len(targets) > 1:
        raise UsageError(
            "label_separator needs labels in the cells of a single target column, got "
            f"{len(targets)} of them."
        )
    task = get_task(task) if isinstance(task, str) else task
    groups_are_input = False
    if task is not None and task.data.groups_are_input:
        groups_are_input = True
        if group is None:
            raise UsageError(
                f"{task.name} needs --group COL, the item that each row is part of."
            )
        named.append((group, "group"))
    roles = Roles(targets, dict(named), group, split, options, task, sample_weight)
    taken: dict[str, str] = {}
    shared = named if task is not None and task.data.target_may_be_input else []
    inputs = {name for name, _ in shared}
    marked = ((name, "target") for name in targets if name not in inputs)
    uses = [*marked, *named, (split, "split")]
    uses += [] if groups_are_input else [(group, "group")]
    uses += [(sample_weight, "sample_weight"), (options.shot, "shot")]
    for name, use in uses:
        if name in taken:
            raise UsageError(
                f"column {name!r} is given as {taken[name]} and as {use}; a column "
                f"can have one use only."
            )
        if name is not None:
            taken[name] = use
    return roles


def check_known(roles: Roles, table: Table) -> None:
    """Check that a table has every column with a role.

    Parameters
    ----------
    roles : Roles
        The roles of the columns.
    table : Table
        The table.

    Raises
    ------
    UnknownNameError
        When a column is missing.
    """
    for name in roles.names:
        if name not in table.names:
            raise UnknownNameError("column", name, table.names)


class Parsed(NamedTuple):
    """What the cells of a table are.

    Attributes
    ----------
    samples : Samples
        The rows.
    task : Task
        What they ask: the one that was said, or that the target looks like.
    notices : tuple of str
        What was done to cells that can't be used as they are.
    checksums : list of str
        Those of the images and videos.
    """

    samples: Samples
    task: Task
    notices: tuple[str, ...]
    checksums: list[str]


def samples_of(table: Table, roles: Roles, folders: Folders) -> Parsed:
    """Turn the cells of a table into samples.

    Parameters
    ----------
    table : Table
        The cells.
    roles : Roles
        What each column is for.
    folders : Folders
        Where paths of pictures, sounds and videos start, and what they must not leave.

    Returns
    -------
    Parsed

    Raises
    ------
    DataError
        When a cell can't be used and does not just count as missing.
    """
    whole = range(table.n_rows)
    kept, notices = _labelled(_target(table, roles, whole))
    split = None
    if roles.split:
        parts = split_array(_column(table, roles.split, kept))
        left_out = parts == VALIDATION
        if left_out.any():
            sentence = (
                f"column {roles.split!r}: {left_out.sum():,} of {len(parts):,} cells "
                "say validation; their rows are left out."
            )
            notices.append(VALIDATION_ROWS.found(sentence))
        kept, split = np.array(kept)[~left_out].tolist(), parts[~left_out]
        check_sides(split)
    target = _target(table, roles, kept)
    task, reason = (roles.task, "") if roles.task else task_for(target, roles.options)
    groups, alike = _groups(table, roles, kept)
    units = np.array(kept) if groups is None else groups
    counted = [
        None if part == "test" else unit
        for part, unit in zip(_parts(split, kept), units.tolist(), strict=True)
    ]
    target, rare = task.data.without_rare(target, roles.options, counted)
    left = np.isin([i + 1 for i in kept], target.rows)
    kept = [row - 1 for row in target.rows]
    groups, split = (each if each is None else each[left] for each in (groups, split))
    parsed, of_target = task.data.target(target, roles.options)
    X, more, checksums = features_of(table, roles.modalities, kept, folders)
    of_rows = parsed.schema, parsed.truth, _weights(table, roles, kept)
    samples = Samples(X, parsed.y, groups, split, *of_rows)
    why = [TASK_INFERRED.found(reason)] if reason else []
    found = (*table.notices, *notices, *why, *rare, *of_target, *alike, *more)
    return Parsed(samples, task, found, checksums)


def _groups(
    table: Table, roles: Roles, kept: Sequence[int]
) -> tuple[NDArray[np.str_] | None, tuple[Finding, ...]]:
    return group_array(_column(table, roles.group, kept)) if roles.group else (None, ())


def _weights(
    table: Table, roles: Roles, kept: Sequence[int]
) -> NDArray[np.float64] | None:
    name = roles.sample_weight
    return weight_array(_column(table, name, kept)) if name else None


def _parts(split: NDArray[np.str_] | None, kept: Sequence[int]) -> list[str]:
    return ["train"] * len(kept) if split is None else split.tolist()


def target_task(table: Table, roles: Roles) -> Task:
    """Return the task of a table: the one that was said, or that its target looks like.

    Parameters
    ----------
    table : Table
        A table whose target decides, where the roles don't.
    roles : Roles
        The roles of its columns.

    Returns
    -------
    Task
        One of the registered tasks.

    Raises
    ------
    DataError
        When no row has a target.
    """
    if roles.task:
        return roles.task
    kept, _ = _labelled(_target(table, roles, range(table.n_rows)))
    return task_for(_target(table, roles, kept), roles.options)[0]


def _column(table: Table, name: str, positions: Sequence[int]) -> Column:
    cells = table.column(name)
    return Column(name, [cells[i] for i in positions], [i + 1 for i in positions])


def _target(table: Table, roles: Roles, positions: Sequence[int]) -> Column:
    shot = [] if roles.options.shot is None else [roles.options.shot]
    columns = [_column(table, name, positions) for name in (*roles.targets, *shot)]
    if len(columns) == 1:
        return columns[0]
    asked = [task for task in TASKS.values() if not task.data.must_be_named]
    for task in [roles.task] if roles.task else asked:
        joined = task.data.joined(columns)
        if joined is not None:
            return joined
    raise UsageError(f"the target must be one column, got {list(roles.targets)}.")


def _labelled(target: Column) -> tuple[list[int], list[Finding]]:
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
    what = "have no label; their rows are left out"
    return kept, [UNLABELLED_ROWS.found(target.notice(missing, what))]


def features_of(
    table: Table,
    modalities: Mapping[str, Modality],
    kept: Sequence[int],
    folders: Folders,
    *,
    may_be_empty: bool = False,
) -> tuple[pd.DataFrame, list[Finding], list[str]]:
    """Turn columns of a table into those of ``X``.

    Parameters
    ----------
    table : Table
        The cells.
    modalities : mapping of str to Modality
        The kind of each column.
    kept : sequence of int
        The positions of the rows, from 0.
    folders : Folders
        Where paths of pictures, sounds and videos start, and what they must not leave.
    may_be_empty : bool, default=False
        Whether all cells of a column may be missing, which else is an error.

    Returns
    -------
    X : DataFrame of shape (n_kept, n_columns)
        Its index holds the numbers of the rows, from 1.
    notices : list of Finding
        What was done to cells that can't be used as they are.
    checksums : list of str
        Those of the images and videos.

    Raises
    ------
    DataError
        When a cell can't be used and does not just count as missing.
    """
    import pandas as pd

    index = pd.Index([i + 1 for i in kept], name="row")
    features: dict[str, pd.Series[Any]] = {}
    notices: list[Finding] = []
    checksums: list[str] = []
    for name, modality in modalities.items():
        column = _column(table, name, kept)
        values: list[Any]
        if may_be_empty and all(_is_empty(cell, modality) for cell in column.cells):
            values = [None] * len(kept)
        elif modality == "image":
            images = image_values(column, folders)
            checksums += images.checksums
            values = images.values
            notices += images.notices
        elif modality == "audio":
            values, found = audio_values(column, folders)
            notices += found
        elif modality == "video":
            videos = video_values(column, folders)
            checksums += videos.checksums
            values = videos.values
            notices += videos.notices
        else:
            values, found = _CONVERTERS[modality](column)
            notices += found
        dtype = np.float64 if modality == "numeric" else object
        features[name] = pd.Series(values, index=index, dtype=dtype)
    return pd.DataFrame(features), notices, checksums


def _is_empty(cell: Any, modality: Modality) -> bool:
    if modality == "numeric" and isinstance(cell, str):
        return is_missing(cell) or cell.strip().lower() in NO_VALUE
    return is_missing(cell)
