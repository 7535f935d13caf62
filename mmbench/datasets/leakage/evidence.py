"""The rows, targets and cells that leakage is searched for in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.checksum import cells_of
from mmbench.datasets.leakage.pictures import Small, small_copies

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.samples import Modality, Samples
    from mmbench.tasks import Question, Task

__all__ = ["Evidence"]

_MOST_IMAGES = 600


class Evidence:
    """Loaded samples, and which of them a search looks at.

    Parameters
    ----------
    task : Task
        Knows which targets are the same, and what a column may give away of them.
    samples : Samples
        All rows.
    modalities : mapping of str to Modality
        The kind of every column.

    Attributes
    ----------
    sampled : dict of str to str
        Search to how many of how many rows it looked at, for those that sampled.
    codes : dict of str to ndarray of int
        Column to the numbers of its cells' values, for searches that number them.
    """

    def __init__(
        self, task: Task, samples: Samples, modalities: Mapping[str, Modality]
    ) -> None:
        self.samples, self.modalities = samples, modalities
        self._data = task.data
        target = task.data.of_groups(samples.target, samples.groups)
        self._target = task.data.completed(target)
        self.sampled: dict[str, str] = {}
        self.codes: dict[str, NDArray[np.intp]] = {}
        self._cells: dict[str, list[Any]] = {}
        self._images: dict[str, tuple[NDArray[np.intp], list[Small]]] = {}

    def __len__(self) -> int:
        return len(self.samples.X)

    @cached_property
    def y(self) -> NDArray[np.intp]:
        """A number for each row, equal where the targets are."""
        return self._data.codes(self._target)

    @cached_property
    def questions(self) -> Sequence[Question]:
        """What a column may give away of the target."""
        return list(self._data.questions(self._target))

    def columns(self, *kinds: Modality) -> list[str]:
        """Return the names of the columns of some modalities.

        Parameters
        ----------
        *kinds : Modality
            Such as ``"text"``.

        Returns
        -------
        list of str
            In their order.
        """
        return [name for name, kind in self.modalities.items() if kind in kinds]

    def cells(self, name: str) -> list[Any]:
        """Return a column's cells as Python objects, None where one is missing.

        Parameters
        ----------
        name : str
            Of a column.

        Returns
        -------
        list
            One object per row.
        """
        if name not in self._cells:
            self._cells[name] = cells_of(self.samples.X[name])
        return self._cells[name]

    def numbers(
        self, names: Sequence[str], rows: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return columns of numbers side by side.

        Parameters
        ----------
        names : sequence of str
            Columns of numbers.
        rows : ndarray of int
            Which rows.

        Returns
        -------
        ndarray of shape (n_rows, n_names)
            NaN where one is missing.
        """
        X = self.samples.X[list(names)].iloc[rows]
        return X.to_numpy(dtype=np.float64, na_value=np.nan)

    def images(self, name: str) -> tuple[NDArray[np.intp], list[Small]]:
        """Return small copies of a column's images, of a sample where they are many.

        Parameters
        ----------
        name : str
            A column of images.

        Returns
        -------
        tuple of (ndarray of int, list of Small)
            The first row of each distinct cell, and its image.
        """
        if name not in self._images:
            cells = self.cells(name)
            firsts: dict[Any, int] = {}
            for row, cell in enumerate(cells):
                if cell is not None:
                    firsts.setdefault(cell if isinstance(cell, str) else row, row)
            rows = np.array([*firsts.values()], dtype=np.intp)
            if len(rows) > _MOST_IMAGES:
                self.sampled[f"the images in column {name!r}"] = (
                    f"{_MOST_IMAGES:,} of {len(rows):,}"
                )
                rows = np.sort(
                    np.random.RandomState(0).permutation(rows)[:_MOST_IMAGES]
                )
            self._images[name] = rows, small_copies([cells[row] for row in rows])
        return self._images[name]

    def rows(self, most: int, search: str) -> NDArray[np.intp]:
        """Return the rows that a search looks at, all of them where they are few.

        Parameters
        ----------
        most : int
            How many rows the search can afford.
        search : str
            What it looks for, as a notice says it.

        Returns
        -------
        ndarray of int
            Ascending; the same ones every time.
        """
        return self._some(len(self), most, search, "rows")

    def _some(self, n: int, most: int, search: str, what: str) -> NDArray[np.intp]:
        if n <= most:
            return np.arange(n)
        self.sampled[search] = f"{most:,} of {n:,} {what}"
        return np.sort(np.random.RandomState(0).permutation(n)[:most])
