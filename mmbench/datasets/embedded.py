"""The datasets that come with mmbench and need no download."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping

from mmbench.datasets.ambiguous_words import load_ambiguous_words
from mmbench.datasets.digits import load_digits
from mmbench.datasets.glyphs import load_glyphs
from mmbench.datasets.moving_glyphs import (
    load_captions,
    load_clips,
    load_pairs,
    load_questions,
    load_summaries,
)
from mmbench.datasets.samples import Dataset, Samples
from mmbench.datasets.scenes import load_scenes
from mmbench.datasets.scenes.captioned import load_scene_captions
from mmbench.datasets.scenes.questions import load_scene_questions
from mmbench.datasets.synthetic import load_synthetic
from mmbench.errors import UnknownNameError
from mmbench.tasks import get_task

__all__ = ["EMBEDDED", "get_dataset"]

_LOADERS: Mapping[str, Callable[[], Samples]] = {
    "ambiguous_words": load_ambiguous_words,
    "digits": load_digits,
    "glyphs": load_glyphs,
    "moving_glyphs": load_clips,
    "moving_glyphs_captions": load_captions,
    "moving_glyphs_questions": load_questions,
    "moving_glyphs_retrieval": load_pairs,
    "moving_glyphs_summaries": load_summaries,
    "scene_captions": load_scene_captions,
    "scene_questions": load_scene_questions,
    "scenes": load_scenes,
    "synthetic": load_synthetic,
}


class _Embedded(Mapping[str, Dataset]):
    """The embedded datasets by name; a card is read when its dataset is asked for."""

    def __getitem__(self, name: str) -> Dataset:
        if name not in _LOADERS:
            raise KeyError(name)
        return _dataset(name)

    def __contains__(self, name: object) -> bool:
        return name in _LOADERS

    def __iter__(self) -> Iterator[str]:
        return iter(_LOADERS)

    def __len__(self) -> int:
        return len(_LOADERS)

    def __repr__(self) -> str:
        return f"<embedded datasets: {', '.join(self)}>"


EMBEDDED: Mapping[str, Dataset] = _Embedded()
"""The embedded datasets by name."""


def get_dataset(name: str) -> Dataset:
    """Return an embedded dataset.

    Parameters
    ----------
    name : str
        One of the keys of ``EMBEDDED``.

    Returns
    -------
    Dataset

    Raises
    ------
    UnknownNameError
        When there is no such dataset.

    Examples
    --------
    >>> dict(get_dataset("glyphs").modalities)
    {'text': 'text', 'image': 'image'}
    """
    if name not in EMBEDDED:
        raise UnknownNameError("dataset", name, EMBEDDED)
    return EMBEDDED[name]


@functools.cache
def _dataset(name: str) -> Dataset:
    from mmbench.datasets.card import load_card

    card = load_card(name)
    return Dataset(
        name=card.name,
        version=card.version,
        source=card.source,
        licence=card.licence,
        modalities=card.columns,
        load=_LOADERS[name],
        checksum=card.checksum,
        has_split=bool(card.official_split),
        task=get_task(card.task_name),
        card=card,
    )
