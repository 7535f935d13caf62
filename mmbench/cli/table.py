"""Plain tables that fit the terminal and leave no blanks at the ends of lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mmbench.untrusted import visible

if TYPE_CHECKING:
    from rich.console import Console

_GAP = 2


def print_table(
    console: Console,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: frozenset[str] = frozenset(),
    flexible: str,
) -> None:
    """Print a table.

    Parameters
    ----------
    console : Console
        Its width is kept, if the flexible column can get narrow enough.
    header : sequence of str
        The names of the columns, each once.
    rows : iterable of sequence of str
        The cells.
    right : frozenset of str, default=none
        The columns whose cells are numbers.
    flexible : str
        The column whose cells are broken into lines where there is too little room.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    # Before their widths are measured: what steers a terminal has none.
    cells = [list(map(visible, row)) for row in rows]
    at = header.index(flexible)
    columns = zip(header, *cells, strict=True)
    widths = [max(map(cell_len, column)) for column in columns]
    others = sum(widths) - widths[at] + _GAP * (len(header) - 1)
    room = max(cell_len(flexible), console.width - others)
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False)
    for name in header:
        table.add_column(
            Text(name), justify="right" if name in right else "left", no_wrap=True
        )
    for row in cells:
        row[at] = "\n".join(broken(row[at], room))
        table.add_row(*map(Text, row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def broken(text: str, width: int) -> list[str]:
    """Break a text into lines, behind a blank or a slash wherever that is possible.

    Parameters
    ----------
    text : str
        One line.
    width : int
        Characters a line, at least 1.

    Returns
    -------
    list of str
        Lines without blanks at their ends; at least one.

    Examples
    --------
    >>> broken("text+image/tfidf+hog/late-mean/logistic", 22)
    ['text+image/tfidf+hog/', 'late-mean/logistic']
    >>> broken("a boundless word", 5)
    ['a', 'bound', 'less', 'word']
    """
    pieces = [
        piece[start : start + width]
        for piece in re.findall(r"[^\s/]*/|[^\s/]+\s*|\s+", text)
        for start in range(0, len(piece.rstrip()) or 1, width)
    ]
    lines = [""]
    for piece in pieces:
        if len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines if line.strip()] or [""]
