"""MVSA: tweets with pictures, and what people felt at each of both."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Literal

from mmbench.datasets.layouts.base import LABEL, BaseLayout, read_text, table_of
from mmbench.datasets.tables import Table
from mmbench.errors import DataError

__all__ = ["MvsaLayout"]

_OPPOSITE = {"positive", "negative"}


class MvsaLayout(BaseLayout):
    """``labelResultAll.txt`` and a text and a picture for each of its lines [1]_.

    The label is what most annotators said of the text joined with what most said of
    the picture, by the usual rule [2]_: the same, or the one that is not neutral. Pairs
    of a positive and a negative one, and pairs without a majority, are left out.

    Attributes
    ----------
    kind : {"mvsa"}
        Selects this layout in a card.
    labels : str
        The file of labels: an id, then ``text,image`` of each annotator.
    text, image : str
        Templates with ``{id}``.

    References
    ----------
    .. [1] T. Niu, S. Zhu, L. Pang, A. El Saddik (2016). Sentiment analysis on
       multi-view social data. MMM.
    .. [2] N. Xu, W. Mao (2017). MultiSentiNet: a deep semantic network for multimodal
       sentiment analysis. CIKM.
    """

    kind: Literal["mvsa"]
    labels: str
    text: str
    image: str

    def read(self, root: Path) -> Table:
        """Join labels, texts and pictures; see :class:`BaseLayout`."""
        rows: list[dict[str, Any]] = []
        for line in read_text(root / self.labels).splitlines()[1:]:
            number, *annotators = line.split()
            pairs = [tuple(annotator.split(",")) for annotator in annotators]
            if not pairs or any(len(pair) != 2 for pair in pairs):
                raise DataError(f"{self.labels}: a line must be 'id text,image ...'.")
            label = _joined(*(_majority(side) for side in zip(*pairs, strict=True)))
            if label is not None:
                path = root / self.text.replace("{id}", number)
                # Tweets in several encodings: what is not UTF-8 is Windows' own.
                try:
                    text = read_text(path)
                except DataError:
                    text = read_text(path, "cp1252")
                image = self.image.replace("{id}", number)
                rows.append({"text": text.strip(), "image": image, LABEL: label})
        return table_of(rows)


def _majority(votes: tuple[str, ...]) -> str | None:
    """Return what more than half say."""
    label, n_votes = Counter(votes).most_common(1)[0]
    return label if n_votes > len(votes) / 2 else None


def _joined(text: str | None, image: str | None) -> str | None:
    if text is None or image is None or {text, image} == _OPPOSITE:
        return None
    return image if text == "neutral" else text
