"""Captions beside vectors of their pictures, as SCAN and VSE++ keep them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mmbench.datasets.layouts.arrays import array_of
from mmbench.datasets.layouts.base import LABEL, BaseLayout, read_text, stacked
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CaptionVectorsLayout"]


class CaptionVectorsLayout(BaseLayout):
    """One caption per line in ``NAME_caps.txt``, and pictures in ``NAME_ims.npy``.

    The array has one row per caption, or a row for each few captions, which are as many
    for every picture. Where there is one row per caption, equal rows are the same
    picture.

    Attributes
    ----------
    kind : {"caption_vectors"}
        Selects this layout in a card.
    parts : dict of str to str
        Part of the official split, or ``all``, to the NAME of its files.
    regions : {"mean"}, optional
        What becomes of arrays with several regions a picture, which SCAN has.
    """

    kind: Literal["caption_vectors"]
    parts: dict[str, str]
    regions: Literal["mean"] | None = None

    @property
    def label_task(self) -> str | None:
        """Labels are keys, which say what is relevant to what."""
        return "retrieval"

    def read(self, root: Path) -> Table:
        """Read captions and vectors; see :class:`BaseLayout`."""
        return stacked({p: self._part(root, name, p) for p, name in self.parts.items()})

    def _part(self, root: Path, name: str, part: str) -> Table:
        captions = _lines(root / f"{name}_caps.txt")
        vectors = self._vectors(root, f"{name}_ims.npy")
        n_each, rest = divmod(len(captions), max(len(vectors), 1))
        if rest or not n_each:
            raise DataError(
                f"{name}_caps.txt has {len(captions):,} captions, which is not as many "
                f"for each of the {len(vectors):,} rows of {name}_ims.npy."
            )
        picture = np.repeat(_numbers(vectors, n_each), n_each)
        columns: dict[str, list[Any]] = {"caption": captions}
        for i, values in enumerate(vectors.T):
            columns[f"picture_{i}"] = np.repeat(values, n_each).tolist()
        columns[LABEL] = [f"{part}-{number}" for number in picture.tolist()]
        return Table(tuple(columns), len(captions), columns.__getitem__)

    def _vectors(self, root: Path, file: str) -> NDArray[np.float64]:
        vectors = array_of(root, file).astype(np.float64)
        if vectors.ndim == 3 and self.regions == "mean":
            vectors = vectors.mean(axis=1)
        if vectors.ndim != 2:
            more = '; for several regions per picture, say regions = "mean"'
            raise DataError(
                f"{file} must have a row per picture, got shape {vectors.shape}{more}."
            )
        return vectors


def _numbers(vectors: NDArray[np.float64], n_each: int) -> NDArray[np.intp]:
    """Return the number of each row's picture: its own, or that of equal rows."""
    if n_each > 1:
        return np.arange(len(vectors))
    seen: dict[bytes, int] = {}
    numbers = [seen.setdefault(row.tobytes(), len(seen)) for row in vectors]
    return np.array(numbers, np.intp)


def _lines(path: Path) -> list[str]:
    lines = read_text(path).split("\n")
    return [line.removesuffix("\r") for line in lines[: -1 if not lines[-1] else None]]
