"""What a table looks like, and the command that runs on it."""

from __future__ import annotations

import dataclasses
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.cli.request import Request
from mmbench.cli.requested_suite import with_task
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from mmbench.datasets import Inspection

__all__ = ["as_json", "print_inspection", "with_columns"]

_MODALITIES = ("text", "image", "numeric", "categorical", "date", "audio", "video")
_FEATURES = (*_MODALITIES, "view", "embedding")


def with_columns(request: Request) -> Request:
    """Return a request that says what the columns of its table are for.

    Where the options don't, what the columns look like is printed.

    Parameters
    ----------
    request : Request
        What the user asked for.

    Returns
    -------
    Request
        With the proposed columns, if that was asked for by ``--auto``.

    Raises
    ------
    UsageError
        When columns are to be named first.
    DataError
        When the table can't be read.
    """
    from mmbench.cli.console import stdout
    from mmbench.cli.progress import waiting
    from mmbench.datasets import inspect_table, is_known

    request = with_task(request)
    data, chosen = request.data, any(getattr(request, kind) for kind in _FEATURES)
    if data is None or (request.target and chosen) or request.is_file:
        return request
    if data.is_dir() or (is_known(str(data)) and not data.is_file()):
        return request
    target = request.target[0] if request.target else None
    with waiting("looking at the data"):
        found = inspect_table(str(data), target=target, image_root=request.image_root)
    roles: dict[str, Any] = dict(found.roles)
    if request.target:
        roles["target"] = request.target
    if chosen:  # what is named is all that is to be used
        roles = {
            kind: names for kind, names in roles.items() if kind not in _MODALITIES
        }
    least = request.min_class_size or found.min_class_size
    words = ["mmbench", "run", request.suite, *command_options(data, roles, least)]
    print_inspection(stdout(), found, words)
    if not request.auto or "target" not in roles:
        remedy = "add --auto, or name" if "target" in roles else "name"
        raise UsageError(
            f"nothing was run: {remedy} the target with --target COL and the columns "
            f"to learn from with --text, --image, --numeric or --categorical."
        )
    split = request.split or next(iter(roles.pop("split", ())), None)
    return dataclasses.replace(request, **roles, split=split, min_class_size=least)


def command_options(
    data: Path, roles: dict[str, tuple[str, ...]], min_class_size: int | None
) -> list[str]:
    """Return the options that name a table and its columns.

    Parameters
    ----------
    data : Path
        The table.
    roles : dict of str to tuple of str
        The columns by option.
    min_class_size : int or None
        How many samples a class must have, if that is to be said.

    Returns
    -------
    list of str
        Words for a shell, not yet quoted.
    """
    named = [
        w for kind, names in roles.items() for n in names for w in (f"--{kind}", n)
    ]
    least = ["--min-class-size", str(min_class_size)] if min_class_size else []
    return ["--data", str(data), *named, *least]


def print_inspection(console: Console, found: Inspection, command: list[str]) -> None:
    """Print what a table looks like, and the command that runs on it.

    Parameters
    ----------
    console : Console
        Where to.
    found : Inspection
        What it looks like.
    command : list of str
        The words of the command.
    """
    from mmbench.cli.table import print_table

    header = ["column", "role", "missing", "distinct", "what it holds"]
    rows = [
        [
            each.name,
            each.role,
            f"{each.n_missing / each.n_rows:.0%}",
            f"{each.n_distinct:,}",
            f"{each.why}: {', '.join(each.examples)}" if each.examples else each.why,
        ]
        for each in found.columns
    ]
    console.print(f"{found.n_rows:,} rows, {len(found.columns):,} columns")
    right = frozenset({"missing", "distinct"})
    print_table(console, header, rows, right=right, flexible="what it holds")
    for finding in found.findings:
        console.print(
            f"{finding.check.severity}: {finding}", markup=False, highlight=False
        )
    console.print(shlex.join(command), markup=False, highlight=False, soft_wrap=True)


def as_json(found: Inspection, command: list[str]) -> dict[str, Any]:
    """Return an inspection in JSON's types.

    Parameters
    ----------
    found : Inspection
        What a table looks like.
    command : list of str
        The words of the command that runs on it.

    Returns
    -------
    dict of str to object
        Rows, columns, findings and the command.
    """
    return {
        "n_rows": found.n_rows,
        "columns": [each._asdict() for each in found.columns],
        "findings": [
            {"check": f.check.code, "severity": f.check.severity, "text": str(f)}
            for f in found.findings
        ],
        "roles": found.roles,
        "command": command,
    }
