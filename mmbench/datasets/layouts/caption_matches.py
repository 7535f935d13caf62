"""Pictures with captions, as the question whether a caption is of its picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import GROUP, LABEL, stacked, table_of
from mmbench.datasets.layouts.caption_files import CaptionFiles, Captions
from mmbench.datasets.tables import Table

__all__ = ["CaptionMatchesLayout"]


class CaptionMatchesLayout(CaptionFiles):
    """The first caption of each picture, beside the one of another picture.

    Each picture stands in two rows: ``match`` with its own first caption, ``mismatch``
    with that of the next picture of the same part. So picture and caption say nothing
    by themselves, and only both together tell the label.

    Attributes
    ----------
    captions, lists, image, part_names
        As in :class:`~mmbench.datasets.layouts.caption_files.CaptionFiles`.
    kind : {"caption_matches"}
        Selects this layout in a card.
    """

    kind: Literal["caption_matches"]

    def read(self, root: Path) -> Table:
        """Pair pictures with captions; see :class:`BaseLayout`."""
        parts = self.captions_of_parts(root)
        return stacked({p: table_of(self._pairs(parts[p], p)) for p in parts})

    def _pairs(self, captions: Captions, part: str) -> list[dict[str, Any]]:
        first = {name: said[0] for name, said in captions.items()}
        names = list(first)
        others = [*names[1:], *names[:1]]
        rows = []
        for name, other in zip(names, others, strict=True):
            image = self.picture(name, part)
            for source, label in ((name, "match"), (other, "mismatch")):
                caption = first[source]
                row = {"image": image, "caption": caption, LABEL: label, GROUP: name}
                rows.append(row)
        return rows
