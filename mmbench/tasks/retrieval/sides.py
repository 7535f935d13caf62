"""The two sides of a pair."""

from __future__ import annotations

from collections.abc import Mapping

from mmbench.errors import DataError

__all__ = ["SIDES", "TRUTH", "sides_of"]

SIDES = ("text", "image")
"""What the two sides are called, whatever columns they are made of."""

TRUTH = {"key": 0, "text": 1, "image": 2, "unit": 3}
"""The columns of ``Target.truth``."""


def sides_of(sources: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each side of a pair.

    Parameters
    ----------
    sources : mapping of str to str
        Column to its modality, or the view that it is part of.

    Returns
    -------
    dict of str to tuple of str
        ``image``: the columns of images and videos, or without any, those of the last
        modality or view. ``text``: all others. Where there is nothing but images and
        videos, the videos are ``text``.

    Raises
    ------
    DataError
        When all columns are of one modality or view.

    Examples
    --------
    >>> sides_of({"name": "text", "photo": "image", "price": "numeric"})
    {'text': ('name', 'price'), 'image': ('photo',)}
    >>> sides_of({"clip": "video", "caption": "text"})
    {'text': ('caption',), 'image': ('clip',)}
    >>> sides_of({"topic_0": "article", "topic_1": "article", "sift_0": "picture"})
    {'text': ('topic_0', 'topic_1'), 'image': ('sift_0',)}
    """
    kinds = list(dict.fromkeys(sources.values()))
    if len(kinds) < 2:
        what = f"{kinds[0]} columns only" if kinds else "no column"
        raise DataError(
            "retrieval needs two sides, such as --text COL and --image COL, got "
            f"{what}."
        )
    seen = {"image", "video"} & {*kinds} or {kinds[-1]}
    if seen == {*kinds}:
        seen = {"image"}
    return {
        "text": tuple(c for c, kind in sources.items() if kind not in seen),
        "image": tuple(c for c, kind in sources.items() if kind in seen),
    }
