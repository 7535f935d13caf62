"""What a column is: its cells, which of them are missing, and what they parse into.

Datasets and tasks both read columns; nothing here knows either.

May import `untrusted`, `checks` and `errors`.
"""

from mmbench.columns.cells import (
    NO_VALUE,
    Column,
    Values,
    categorical_values,
    is_missing,
    numbers_of,
    numeric_values,
    split_labels,
    text_values,
)
from mmbench.columns.items import items_of

__all__ = [
    "NO_VALUE",
    "Column",
    "Values",
    "categorical_values",
    "is_missing",
    "items_of",
    "numbers_of",
    "numeric_values",
    "split_labels",
    "text_values",
]
