"""Paths from data stay inside one folder."""

from __future__ import annotations

from pathlib import Path

__all__ = ["confined"]


def confined(root: Path, path: str) -> Path | None:
    """Return where a path from data leads to, or None if that is outside of a folder.

    Parameters
    ----------
    root : Path
        The folder, absolute and with its own links resolved.
    path : str
        A path relative to `root`, or an absolute one inside of it. Links are followed
        first, so that none leads out.

    Returns
    -------
    Path or None
        Absolute, without links; the file need not exist.

    Raises
    ------
    OSError, ValueError, RuntimeError
        When the system can't follow the path: too long, a NUL in it, links in a circle.

    Examples
    --------
    >>> root = Path("/data").resolve()
    >>> confined(root, "../etc/passwd") is None, confined(root, "/etc/passwd") is None
    (True, True)
    >>> confined(root, "a/../b.png") == root / "b.png"
    True
    """
    target = (root / path).resolve()
    return target if target.is_relative_to(root) else None
