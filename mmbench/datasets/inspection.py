"""A table looked at: what each column may be for, what is suspicious, how to run it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

from mmbench.checks import Check, Finding, finding_of
from mmbench.checks.catalogue import NOTE, PROBABLE_LEAKAGE, TARGET_LEAKAGE
from mmbench.columns import Column, is_missing
from mmbench.datasets.leakage import find_leaks
from mmbench.datasets.profiles import ColumnProfile, profile_of
from mmbench.datasets.readers import dataset_of
from mmbench.datasets.roles import Roles, roles_of
from mmbench.datasets.samples import MODALITIES, Modality
from mmbench.datasets.sources import Source, errors_about, open_source
from mmbench.datasets.splits import check_folds
from mmbench.errors import DataError, MmbenchError, UnknownNameError
from mmbench.tasks import Options, Task

__all__ = ["Inspection", "inspect_table", "proposed_roles"]

_TARGETS = (
    *("target", "label", "labels", "class", "y", "category", "outcome", "kind", "type"),
    *("genre", "species", "sentiment", "topic", "diagnosis"),
)
"""What a target is usually called, the surest name first."""

_MOST_CLASSES = 100
_FOLDS = 5


@dataclass(frozen=True)
class Inspection:
    """What a table looks like.

    Parameters
    ----------
    n_rows : int
        The number of rows.
    columns : tuple of ColumnProfile
        Every column; the role of the target is ``"target"``.
    findings : tuple of Finding
        What is suspicious, and what would be done to cells.
    min_class_size : int, optional
        How many samples classes should have, where rarer ones can't be in every fold.
    """

    n_rows: int
    columns: tuple[ColumnProfile, ...]
    findings: tuple[Finding, ...] = ()
    min_class_size: int | None = None

    def names(self, role: str) -> tuple[str, ...]:
        """Return the names of the columns of one role.

        Parameters
        ----------
        role : str
            A modality, ``"target"``, ``"split"`` or ``"unused"``.

        Returns
        -------
        tuple of str
            In the table's order.
        """
        return tuple(each.name for each in self.columns if each.role == role)

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The names by role, those alone that :func:`read_table` takes."""
        kinds = ("target", *MODALITIES, "date", "split")
        return {kind: names for kind in kinds if (names := self.names(kind))}

    def with_role(self, role: str, names: Sequence[str], why: str = "") -> Inspection:
        """Return an inspection in which columns have another role.

        Parameters
        ----------
        role : str
            Their role.
        names : sequence of str
            The columns.
        why : str, default=""
            Why they have it; by default what they hold.

        Returns
        -------
        Inspection
        """
        columns = tuple(
            each._replace(role=role, why=why or each.why)
            if each.name in names
            else each
            for each in self.columns
        )
        return replace(self, columns=columns)


def inspect_table(
    data: Any,
    *,
    target: str | None = None,
    image_root: str | PathLike[str] | None = None,
) -> Inspection:
    """Say what each column of a table looks like, and what is suspicious.

    Parameters
    ----------
    data : path, data frame, mapping or sequence
        What :func:`~mmbench.datasets.read_table` takes.
    target : str, optional
        The column to predict; by default the one whose name or place says so.
    image_root : path, optional
        As for :func:`~mmbench.datasets.read_table`.

    Returns
    -------
    Inspection
        Its roles are a proposal. Numbers and categories that give the target away, or
        probably do, are not among them.

    Raises
    ------
    DataError
        When `data` can't be read.
    UnknownNameError
        When there is no column `target`.

    Examples
    --------
    >>> names = [f"a name of {i}" for i in range(12)]
    >>> rows = {"name": names, "n": [1, 4, 2, 7] * 3, "kind": list("xyx") * 4}
    >>> inspect_table(rows).roles
    {'target': ('kind',), 'text': ('name',), 'numeric': ('n',)}
    """
    with errors_about(data):
        source = open_source(data)
        if target is not None and target not in source.table.names:
            raise UnknownNameError("column", target, source.table.names)
        table = source.table
        profiles = tuple(profile_of(n, table.column(n)) for n in table.names if n)
        found = Inspection(table.n_rows, profiles)
        if source.columns:
            return _of_folder(found, source)
        target = target or _likely_target(profiles)
        found = found.with_role("target", [target] if target else [])
        return _checked(found, source, image_root)


def _of_folder(found: Inspection, source: Source) -> Inspection:
    """Return what is known of a folder of classes."""
    for kind, names in source.columns.items():
        found = found.with_role(kind, names)
    found = found.with_role("target", [source.target or ""])
    return _checked(found, source, None)


def _likely_target(columns: Sequence[ColumnProfile]) -> str | None:
    """Return a column that is called like one, else the last one of few values."""
    named = {each.name.lower(): each for each in columns if each.n_distinct > 1}
    for name in _TARGETS:
        if name in named:
            return named[name].name
    few = [
        each.name
        for each in columns
        if each.role in ("categorical", "numeric")
        and 2 <= each.n_distinct <= min(_MOST_CLASSES, each.n_rows // _FOLDS)
    ]
    numbers = [each.name for each in columns if each.role == "numeric"]
    return next(iter((*few[::-1], *numbers[::-1])), None)


def _checked(
    found: Inspection, source: Source, image_root: str | PathLike[str] | None
) -> Inspection:
    """Add what reading the table as proposed finds, and drop columns that leak."""
    repeats = [_repeats(each.name) for each in found.columns if "repeated" in each.why]
    if not found.names("target"):
        return replace(found, findings=tuple(repeats))
    try:
        dataset = dataset_of(source, proposed_roles(found), image_root)
        samples, task = dataset.load(), dataset.task
        leaks = find_leaks(task, samples, dataset.modalities)
        findings = [*map(finding_of, dataset.notices), *leaks, *repeats]
    except MmbenchError as error:
        return replace(found, findings=(NOTE.found(str(error)), *repeats))
    try:
        check_folds(task, samples, _FOLDS)
    except DataError as error:
        findings.append(NOTE.found(f"with {_FOLDS} folds, {error}"))
        found = replace(found, min_class_size=_enough(found, source, task))
    found = replace(found, findings=tuple(findings))
    for check, why in _LEAKS.items():
        found = found.with_role("unused", _leaking(found, check), why)
    return found


_LEAKS = {
    TARGET_LEAKAGE: "gives the target away",
    PROBABLE_LEAKAGE: "probably gives the target away",
}


def _enough(found: Inspection, source: Source, task: Task) -> int | None:
    """Return the least size of classes for the folds, None where that won't do."""
    (target,) = found.names("target")
    cells = source.table.column(target)
    rows = [i for i, cell in enumerate(cells, start=1) if not is_missing(cell)]
    column = Column(target, [cells[i - 1] for i in rows], rows)
    try:
        task.data.without_rare(column, Options(min_class_size=_FOLDS), rows)
    except MmbenchError:
        return None
    return _FOLDS


def proposed_roles(found: Inspection) -> Roles:
    """Return the roles that an inspection proposes.

    Parameters
    ----------
    found : Inspection
        Has a target.

    Returns
    -------
    Roles

    Raises
    ------
    UsageError
        When no column is left to learn from.
    """
    columns: dict[Modality, tuple[str, ...]] = {m: found.names(m) for m in MODALITIES}
    split = next(iter(found.names("split")), None)
    return roles_of(found.names("target"), columns, group=None, split=split)


def _leaking(found: Inspection, check: Check) -> list[str]:
    """Return numbers and categories that a check speaks of, if others are left."""
    about = [str(each) for each in found.findings if each.check is check]
    given = [
        name
        for name in (*found.names("numeric"), *found.names("categorical"))
        if any(sentence.startswith(f"column {name!r} ") for sentence in about)
    ]
    n_inputs = sum(len(found.names(kind)) for kind in MODALITIES)
    return given if len(given) < n_inputs else []


def _repeats(name: str) -> Finding:
    return NOTE.found(
        f"column {name!r} repeats its values: if rows that share one belong together, "
        f"add --group {name}."
    )
