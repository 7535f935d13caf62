"""Tables as CSV that programs read exactly and that spreadsheets open safely."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

__all__ = ["csv_text"]

# A spreadsheet takes a cell that starts so for a formula, and runs it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\n")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Write a table as CSV.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    rows : iterable of sequence
        Numbers are written with all their digits; None and NaN leave the cell empty.
        Text that a spreadsheet would take for a formula gets an apostrophe in front:
        the names and messages in a report may come from somebody else's folder. No
        number is ever changed so, not even one in a text, and no name that mmbench
        gives starts like this.

    Returns
    -------
    str
        Lines end in ``\n``, whatever the system.

    Examples
    --------
    >>> print(csv_text(["method", "gain"], [["=1+1", -0.5], ["a,b", None]]), end="")
    method,gain
    '=1+1,-0.5
    "a,b",
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        # A NUL ends the file for some readers, and a lone CR the line.
        text = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        is_formula = text.startswith(_FORMULA_STARTS) and not _is_number(text)
        return f"'{text}" if is_formula else text
    return repr(value)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
