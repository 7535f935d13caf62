"""Tables, cell by cell: of files, of folders, of data frames.

Nothing is guessed about what a cell means here; that is for the column's role
(:mod:`mmbench.columns`). Whatever held them, cells are strings, numbers, bytes, lists,
mappings, arrays or None; dates and times are their ISO 8601 text.
"""

from mmbench.datasets.tables.files import SUFFIXES, parse_table, read_content
from mmbench.datasets.tables.frames import table_of_frame
from mmbench.datasets.tables.table import Table, checked

__all__ = [
    "SUFFIXES",
    "Table",
    "checked",
    "parse_table",
    "read_content",
    "table_of_frame",
]
