"""Help of commands is plain text: keep what would be markup to Sphinx."""

from __future__ import annotations

import re
from typing import Any

import click
from sphinx.application import Sphinx

_EVENTS = ("description", "options", "epilog")


def escape_markup(_app: Sphinx, _ctx: click.Context, lines: list[str]) -> None:
    """Escape what would be emphasis or a link, in place.

    Parameters
    ----------
    lines : list of str
        Lines that sphinx-click made of a command's help.
    """
    lines[:] = [
        line if line.startswith("..") else re.sub(r"([*_]|:(?=//))", r"\\\1", line)
        for line in lines
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at what sphinx-click makes.

    Parameters
    ----------
    app : Sphinx
        The build.

    Returns
    -------
    dict
        What Sphinx asks of extensions.
    """
    app.setup_extension("sphinx_click")
    for event in _EVENTS:
        app.connect(f"sphinx-click-process-{event}", escape_markup)
    return {"parallel_read_safe": True}
