"""Where things are said: results on stdout, all the rest on stderr."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from mmbench.errors import DataWarning
from mmbench.untrusted import visible

if TYPE_CHECKING:
    from rich.console import Console

# Wide enough that no table of ours is cut when it goes into a file.
_FILE_COLUMNS = 200


def stdout() -> Console:
    """Return the console for results."""
    return _console(error=False)


def stderr() -> Console:
    """Return the console for progress, warnings and notes."""
    return _console(error=True)


def is_live(console: Console) -> bool:
    """Return whether a line can be drawn over, as a progress bar does.

    Parameters
    ----------
    console : Console
        Where it would be drawn.

    Returns
    -------
    bool
        False for files, pipes and dumb terminals.
    """
    return console.is_terminal and not console.is_dumb_terminal


def say(text: object, *, err: bool = False) -> None:
    """Print plain text, with what could steer a terminal spelled out.

    Parameters
    ----------
    text : object
        Any object; its ``str`` is printed.
    err : bool, default=False
        Whether to print to the standard error.
    """
    click.echo(visible(str(text)), err=err)


def one_line(message: str) -> str:
    r"""Return a message on one line, without anything that could steer a terminal.

    Parameters
    ----------
    message : str
        Any text.

    Returns
    -------
    str
        Blanks and line feeds become single blanks.

    Examples
    --------
    >>> one_line("a table\n  of \x1b[31mred")
    'a table of \\x1b[31mred'
    """
    return visible(" ".join(message.split()))


@contextmanager
def warnings_as_lines() -> Iterator[None]:
    """Print each distinct warning once, as one line on stderr."""
    told: set[str] = set()

    def tell(message: Warning | str, *_: Any, **__: Any) -> None:
        line = f"mmbench: warning: {one_line(str(message))}"
        if line not in told:
            told.add(line)
            stderr().print(line, soft_wrap=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = tell
        yield


def _console(*, error: bool) -> Console:
    from mmbench.cli.plain_console import PlainConsole

    terminal = (sys.stderr if error else sys.stdout).isatty()
    return PlainConsole(
        stderr=error,
        highlight=False,
        markup=False,
        emoji=False,
        # Not what rich guesses: FORCE_COLOR must not put escape codes into a log.
        force_terminal=terminal,
        width=None if terminal else _FILE_COLUMNS,
    )
