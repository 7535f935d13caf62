"""What a results folder keeps of its samples, where a run was asked to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ShownSamples", "shown_samples"]

# Nothing but base64 gets into a page: the folder may be somebody else's.
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_JPEG = "data:image/jpeg;base64,"
_MOST_TEXT = 200
# Of a video, a strip of its frames is kept.
_PICTURED = ("image", "video")
# Many numbers of a sample say little to a reader.
_MOST_COLUMNS = 6


@dataclass(frozen=True)
class ShownSamples:
    """Texts and thumbnails of a dataset's samples, as far as they are kept.

    Parameters
    ----------
    rows : mapping of str to int
        The place of each sample, by its id in words.
    columns : mapping of str to object
        By name: the ``modality`` and the ``cells``.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)

    def text(self, sample: str) -> str:
        """Return what a sample says in words and numbers.

        Parameters
        ----------
        sample : str
            Its id.

        Returns
        -------
        str
            Empty where nothing is kept.
        """
        cells = self._cells(sample, image=False)
        said = [f"{name}: {cell[:_MOST_TEXT]}" for name, cell in cells.items()]
        return "; ".join(said[:_MOST_COLUMNS])

    def images(self, sample: str) -> tuple[str, ...]:
        """Return a sample's thumbnails as addresses that hold them.

        Parameters
        ----------
        sample : str
            Its id.

        Returns
        -------
        tuple of str
            Empty where none is kept.
        """
        cells = self._cells(sample, image=True).values()
        return tuple(_JPEG + cell for cell in cells if _BASE64.fullmatch(cell))

    def _cells(self, sample: str, *, image: bool) -> dict[str, str]:
        row = self.rows.get(sample)
        if row is None:
            return {}
        found = {
            name: column["cells"][row]
            for name, column in self.columns.items()
            if (column["modality"] in _PICTURED) == image
        }
        return {name: cell for name, cell in found.items() if isinstance(cell, str)}


def shown_samples(kept: Mapping[str, Any]) -> ShownSamples:
    """Read what ``samples.json`` holds of a dataset.

    Parameters
    ----------
    kept : mapping of str to object
        Empty where the run was not asked to keep samples.

    Returns
    -------
    ShownSamples
        Without columns that are not as long as the ids.
    """
    ids = [str(each) for each in kept.get("ids") or ()]
    columns = {
        str(name): column
        for name, column in (kept.get("columns") or {}).items()
        if isinstance(column, Mapping)
        and isinstance(column.get("cells"), list)
        and len(column["cells"]) == len(ids)
        and "modality" in column
    }
    return ShownSamples({each: i for i, each in enumerate(ids)}, columns)
