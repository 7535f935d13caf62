"""Foreign answers in the rows of a table, and which sample each is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.columns import Column
from mmbench.errors import DataError, UnknownNameError, UsageError
from mmbench.untrusted import short

if TYPE_CHECKING:
    from mmbench.datasets.tables import Table

__all__ = ["IDS", "AnswerRows", "Given"]

_MOST_NAMED = 5

IDS = ("id", "sample_id")
"""What the column of sample ids is called unless told otherwise."""


class Given(NamedTuple):
    """Foreign answers, and what is said about them.

    Attributes
    ----------
    table : Table
        A row for each answer.
    name : str
        What the method is called.
    dataset : str, optional
        The dataset; None where the run has only one.
    id_column : str, optional
        The column of sample ids; by default the first of :data:`IDS` that there is.
    fold_column, seed_column : str, optional
        The columns of the fold and the seed that an answer is for. Without a column of
        folds, an answer holds whichever fold tests its sample.
    modalities : tuple of str, default=()
        What the model looks at, such as ``("text", "image")``.
    fit_time_s, predict_time_s : float, optional
        What a fold took, in seconds; None where it was not measured.
    """

    table: Table
    name: str
    dataset: str | None = None
    id_column: str | None = None
    fold_column: str | None = None
    seed_column: str | None = None
    modalities: tuple[str, ...] = ()
    fit_time_s: float | None = None
    predict_time_s: float | None = None


class AnswerRows:
    """The rows of a table of answers, by the trial and the sample that they are for.

    Parameters
    ----------
    given : Given
        The answers.
    n_seeds : int
        How many seeds the run has.

    Raises
    ------
    UsageError
        When the run has several seeds, and no column says which is meant.
    DataError
        When a sample has several answers for one trial.
    """

    def __init__(self, given: Given, *, n_seeds: int) -> None:
        self._columns = {name: given.table.column(name) for name in given.table.names}
        ids = given.id_column or next((n for n in IDS if n in self._columns), IDS[0])
        if given.fold_column and n_seeds > 1 and not given.seed_column:
            raise UsageError(
                f"the run has {n_seeds} seeds, each with folds of its own; name the "
                "column of seeds, too (--seed-column)."
            )
        asked = (ids, given.fold_column, given.seed_column)
        self._ids, self._folds, self._seeds = map(self._texts, asked)
        self._about = {name for name in asked if name}
        self._rows: dict[tuple[str, str, str], int] = {}
        counts: Counter[str] = Counter()
        for row, place in enumerate(
            zip(self._folds, self._seeds, self._ids, strict=True)
        ):
            counts[place[2]] += place in self._rows
            self._rows[place] = row
        _refuse("have several answers", [i for i, n in counts.items() if n])

    def _texts(self, column: str | None) -> list[str]:
        if column is None:
            return [""] * len(next(iter(self._columns.values())))
        if column not in self._columns:
            raise UnknownNameError("column", column, self._columns)
        return [_text(cell) for cell in self._columns[column]]

    def check_ids(self, tested: set[str]) -> None:
        """Refuse ids that no test row has.

        Parameters
        ----------
        tested : set of str
            Those of the run's test rows.

        Raises
        ------
        DataError
            Names some of the others.
        """
        _refuse(
            "that the run does not have were answered for",
            [i for i in dict.fromkeys(self._ids) if i not in tested],
        )

    def of(self, trial: Mapping[str, Any], ids: Any) -> dict[str, Column]:
        """Return the answers for the test rows of a trial.

        Parameters
        ----------
        trial : mapping
            As ``plan.json`` has it.
        ids : sequence
            The samples that it tested.

        Returns
        -------
        dict of str to Column
            By name; without the columns that say what an answer is for.

        Raises
        ------
        DataError
            When samples have no answer.
        """
        fold = str(trial["fold"]) if any(self._folds) else ""
        seed = str(trial["seed"]) if any(self._seeds) else ""
        found = {str(i): self._rows.get((fold, seed, str(i))) for i in ids}
        lacking = [i for i, row in found.items() if row is None]
        where = f" in fold {fold}" if fold else ""
        _refuse(f"have no answer{where}", lacking, n_all=len(ids))
        rows = [row for row in found.values() if row is not None]
        return {
            name: Column(name, [cells[row] for row in rows], [row + 1 for row in rows])
            for name, cells in self._columns.items()
            if name not in self._about
        }


def _text(cell: Any) -> str:
    """Write an id, a fold or a seed as text: 3.0 of a table of numbers is 3."""
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if is_whole else cell)


def _refuse(what: str, ids: Sequence[str], n_all: int | None = None) -> None:
    if not ids:
        return
    named = ", ".join(short(i) for i in ids[:_MOST_NAMED])
    more = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    share = f"{len(ids):,} of {n_all:,}" if n_all else f"{len(ids):,}"
    raise DataError(
        f"test samples {what}, {share}: {named}{more}. Each needs one answer, under "
        "the id that the run's predictions have; a table's rows count from 1."
    )
