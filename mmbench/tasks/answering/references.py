"""What several people answered: from the cells of a column to arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns import Column, is_missing, split_labels
from mmbench.columns.written_lists import check_no_lists
from mmbench.tasks.base import Target
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["answer_target", "commonest", "references_of"]

# Longer ones are texts, and arrays of strings are as wide as the longest.
_MAX_CHARACTERS = 200
_ANSWER = "answer"


def references_of(column: Column, separator: str | None) -> list[list[str]]:
    """Return the references of each cell.

    Parameters
    ----------
    column : Column
        A cell is one answer, a list of them, or a list of mappings with the key
        ``answer``, as VQA's annotations are; no cell is missing.
    separator : str or None
        What joins the answers of a cell, if something does.

    Returns
    -------
    list of list of str
        At least one each; without spaces at the ends.

    Raises
    ------
    DataError
        When a cell holds no answer, or something else; names row and column.

    Examples
    --------
    >>> references_of(Column("y", ["yes", ["no", "No "], 2], [1, 2, 3]), None)
    [['yes'], ['no', 'No'], ['2']]
    """
    check_no_lists(column, separator)
    return [_references(column, row, separator) for row in range(len(column.cells))]


def _references(column: Column, row: int, separator: str | None) -> list[str]:
    cell = column.cells[row]
    if isinstance(cell, str) and separator is not None:
        cell = list(split_labels(cell, separator))
    if not isinstance(cell, list | tuple | np.ndarray):
        cell = [cell]
    if not cell:
        raise column.error(row, "holds no answer; leave the row out.")
    return [_answer(column, row, each) for each in cell]


def _answer(column: Column, row: int, given: Any) -> str:
    if isinstance(given, Mapping):
        given = given.get(_ANSWER)
    if is_missing(given) or not isinstance(given, str | int | float | bool):
        what = "an empty answer" if is_missing(given) else f"a {type(given).__name__}"
        raise column.error(
            row, f"holds {what} among its answers; they must be strings or numbers."
        )
    text = " ".join(str(given).split(" ")).strip()
    if len(text) > _MAX_CHARACTERS or "\0" in text:
        raise column.error(
            row,
            f"an answer has at most {_MAX_CHARACTERS} characters and no NUL, got "
            f"{short(text)}; longer texts are not answers to choose among.",
        )
    return text


def commonest(references: Sequence[str]) -> str:
    """Return the commonest answer; of equally common ones, the one given first.

    Parameters
    ----------
    references : sequence of str, not empty
        What people answered.

    Returns
    -------
    str

    Examples
    --------
    >>> commonest(["cat", "dog", "dog", "cat"])
    'cat'
    """
    return Counter(references).most_common(1)[0][0]


def answer_target(
    references: Sequence[Sequence[str]], schema: Mapping[str, Any] | None = None
) -> Target:
    """Return the target of rows that several people answered.

    Parameters
    ----------
    references : sequence of sequence of str
        What people answered, at least one answer per row.
    schema : mapping of str to object, optional
        What all rows share.

    Returns
    -------
    Target
        `y` holds the commonest answers, the truth all of them.

    Examples
    --------
    >>> target = answer_target([["cat", "cat", "dog"], ["red"]])
    >>> target.y.tolist(), target.truth.tolist()
    (['cat', 'red'], [['cat', 'cat', 'dog'], ['red', '', '']])
    """
    most = max(map(len, references))
    rows = [[*each, *[""] * (most - len(each))] for each in references]
    y = np.array([commonest(each) for each in references], dtype=np.str_)
    return Target(y, schema or {}, np.array(rows, dtype=np.str_))


def reference_rows(references: NDArray[Any]) -> list[list[str]]:
    """Return the references of each row without the padding.

    Parameters
    ----------
    references : ndarray of str, shape (n_rows, n_most)
        Rows of fewer end in empty strings.

    Returns
    -------
    list of list of str
    """
    return [[each for each in row if each] for row in references.tolist()]
