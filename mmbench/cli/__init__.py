"""The ``mmbench`` command; each command is one file here, imported when it is used.

May import everything; nothing but `api` stands above it.
"""

from __future__ import annotations

from mmbench.cli.group import main

__all__ = ["main"]
