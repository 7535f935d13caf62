"""What a results folder keeps of samples when it is asked to: texts and thumbnails."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.clips import read_frames, sampled
from mmbench.columns import is_missing
from mmbench.datasets.image_files import PROGRAMS
from mmbench.datasets.samples import Modality, Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

__all__ = ["MOST_CHARACTERS", "THUMBNAIL_SIDE", "kept_samples"]

THUMBNAIL_SIDE, MOST_CHARACTERS = 96, 500
_JPEG_QUALITY = 75
_FRAMES = 3


def kept_samples(
    samples: Samples, modalities: Mapping[str, Modality]
) -> dict[str, Any]:
    """Return texts, numbers and thumbnails of samples, as a results folder keeps them.

    Parameters
    ----------
    samples : Samples
        The rows.
    modalities : mapping of str to Modality
        The kind of each column.

    Returns
    -------
    dict of str to object
        The rows' ``ids``, and ``columns``: for each its ``modality`` and ``cells``, one
        a row: a text of at most 500 characters, a JPEG of at most 96 pixels per side in
        base64, or None where it is missing. Of a video, it shows three frames side by
        side. Sounds are left out.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> X = pd.DataFrame({"text": ["a b", None]})
    >>> kept_samples(Samples(X, np.array([0, 1])), {"text": "text"})["columns"]
    {'text': {'modality': 'text', 'cells': ['a b', None]}}
    """
    columns = {
        name: {"modality": kind, "cells": _CELLS[kind](samples.X[name].tolist())}
        for name, kind in modalities.items()
        if kind in _CELLS
    }
    return {"ids": samples.X.index.tolist(), "columns": columns}


def _texts(cells: Sequence[Any]) -> list[str | None]:
    return [None if is_missing(each) else str(each)[:MOST_CHARACTERS] for each in cells]


def _thumbnails(cells: Sequence[Any]) -> list[str | None]:
    return [None if cell is None else _thumbnail(cell) for cell in cells]


def _strips(cells: Sequence[Any]) -> list[str | None]:
    return [None if cell is None else _thumbnail(cell, _strip) for cell in cells]


def _thumbnail(
    cell: Any, drawn: Callable[[Any], Image.Image] | None = None
) -> str | None:
    buffer = io.BytesIO()
    try:
        image = (drawn or _small)(cell)
        image.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, loading has told
        return None
    return base64.b64encode(buffer.getvalue()).decode()


def _small(cell: Any) -> Image.Image:
    image = _opened(cell).convert("RGB")
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return image


def _strip(cell: Any) -> Image.Image:
    """Return three frames of a video side by side."""
    from PIL import Image

    frames = [_small(each) for each in read_frames(cell, partial(sampled, n=_FRAMES))]
    width, height = frames[0].size
    strip = Image.new("RGB", (width * len(frames) + len(frames) - 1, height), "white")
    for position, frame in enumerate(frames):
        strip.paste(frame, (position * (width + 1), 0))
    return strip


def _opened(cell: Any) -> Image.Image:
    from PIL import Image

    if isinstance(cell, Image.Image):
        return cell
    if isinstance(cell, np.ndarray):
        return Image.fromarray(cell)
    Image.init()
    known = [name for name in Image.ID if name not in PROGRAMS]
    source = io.BytesIO(cell) if isinstance(cell, bytes) else Path(cell)
    return Image.open(source, formats=known)


_CELLS = {
    "text": _texts,
    "categorical": _texts,
    "numeric": _texts,
    "image": _thumbnails,
    "video": _strips,
}
