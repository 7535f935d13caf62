"""What ``mmbench doctor`` finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    topic, name, value : str
        What it is and what was found.
    level : {"ok", "note", "problem"}, default="ok"
        A problem stands in the way of a run; a note says what could be added.
    fix : str, optional
        The command that fixes it.
    """

    topic: str
    name: str
    value: str
    level: Literal["ok", "note", "problem"] = "ok"
    fix: str | None = None


def findings() -> list[Finding]:
    """Look at everything; it takes seconds, since torch and the data are loaded."""
    from mmbench.cli import machine_checks, model_checks

    checks = (
        machine_checks.software,
        machine_checks.machine,
        model_checks.torch_and_device,
        model_checks.weights,
        machine_checks.embedded_data,
        machine_checks.cache,
    )
    return [finding for check in checks for finding in check()]


def install_command(extra: str) -> str:
    """Return the command that installs an extra of mmbench.

    Parameters
    ----------
    extra : str
        The extra's name in ``pyproject.toml``.

    Returns
    -------
    str
        A line for a shell.
    """
    return f"pip install 'mmbench[{extra}]'"


def size_text(n_bytes: float) -> str:
    """Return a size in the unit that suits it.

    Parameters
    ----------
    n_bytes : float
        Bytes, at least 0.

    Returns
    -------
    str
        B, KiB, MiB, GiB or TiB.

    Examples
    --------
    >>> size_text(512), size_text(14_200_000), size_text(3 * 2**30)
    ('512 B', '13.5 MiB', '3.0 GiB')
    """
    if n_bytes < 1024:
        return f"{n_bytes} B"
    for unit in ("KiB", "MiB", "GiB"):
        n_bytes /= 1024
        if n_bytes < 1024:
            return f"{n_bytes:.1f} {unit}"
    return f"{n_bytes / 1024:,.1f} TiB"


def folder_size(folder: Path) -> tuple[int, int]:
    """Return the number of files under a folder and their size in bytes.

    Parameters
    ----------
    folder : Path
        The folder; nothing is counted where it does not exist.

    Returns
    -------
    tuple of (int, int)
        Files, those in subfolders included, and bytes.
    """
    n_files = n_bytes = 0
    for path in folder.rglob("*"):
        try:
            stat = path.lstat()
        except OSError:
            continue  # another process has just deleted it
        if not path.is_dir():
            n_files, n_bytes = n_files + 1, n_bytes + stat.st_size
    return n_files, n_bytes
