"""MM-IMDb: a JSON file and a poster for each film."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import (
    LABEL,
    BaseLayout,
    read_bytes,
    stacked,
    table_of,
)
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["MoviesLayout"]


class MoviesLayout(BaseLayout):
    """``split.json`` with the ids of each part, and two files for each id [1]_.

    A film has several genres: its label is the tuple of them that are among `genres`.

    Attributes
    ----------
    kind : {"movies"}
        Selects this layout in a card.
    split : str
        A JSON object of lists of ids.
    parts : dict of str to str
        Part of the official split to its name in that file.
    film, image : str
        Templates with ``{id}``.
    genres : tuple of str
        The genres that count; others are passed by.

    References
    ----------
    .. [1] J. Arevalo, T. Solorio, M. Montes-y-Gómez, F. A. González (2017). Gated
       multimodal units for information fusion. arXiv:1702.01992.
    """

    kind: Literal["movies"]
    split: str
    parts: dict[str, str]
    film: str
    image: str
    genres: tuple[str, ...]

    def read(self, root: Path) -> Table:
        """Read every film's file; see :class:`BaseLayout`."""
        ids = self._json(root / self.split)
        return stacked(
            {
                part: table_of([self._row(root, each) for each in ids[name]])
                for part, name in self.parts.items()
            }
        )

    def _row(self, root: Path, number: str) -> dict[str, Any]:
        film = self._json(root / self.film.replace("{id}", number))
        plots = film.get("plot") or [None]
        return {
            "plot": plots[0],
            "image": self.image.replace("{id}", number),
            LABEL: tuple(g for g in self.genres if g in film["genres"]),
        }

    def _json(self, path: Path) -> Any:
        try:
            return json.loads(read_bytes(path))
        except ValueError as error:
            raise DataError(f"{path.name} is not JSON: {error}.") from error
