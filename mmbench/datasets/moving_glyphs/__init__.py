"""The ``moving_glyphs`` datasets: short clips of a glyph that moves, made by mmbench.

One set of clips, asked about in several ways: which way the glyph moves
(``moving_glyphs``), which clip a caption is of (``moving_glyphs_retrieval``), what a
caption of it would be (``moving_glyphs_captions``), and the answers to questions
(``moving_glyphs_questions``). ``moving_glyphs_summaries`` has longer videos of several
shots, and how important made-up people find each frame.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.datasets.card import load_card
from mmbench.datasets.glyphs import find_font, read_font
from mmbench.datasets.moving_glyphs.drawing import draw_clip
from mmbench.datasets.moving_glyphs.importance import (
    N_PEOPLE,
    draw_video,
    importance_of,
)
from mmbench.datasets.moving_glyphs.scripts import Script, draw_scripts
from mmbench.datasets.moving_glyphs.words import captions_of, questions_of
from mmbench.datasets.samples import Samples

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "captioned_clips",
    "load_captions",
    "load_clips",
    "load_pairs",
    "load_questions",
    "load_summaries",
]

N_CLIPS, N_FRAMES, N_VIDEOS = 240, 16, 32
_SEED = 0


def load_clips() -> Samples:
    """Return clips whose class is how the glyph moves.

    Returns
    -------
    Samples
        240 clips: column ``clip`` of arrays (16, 40, 40, 3); `y` one of six motions.

    Raises
    ------
    DataError
        When matplotlib's DejaVu Sans is missing, or its version differs from the
        one whose checksum the card pins.

    Examples
    --------
    >>> samples = load_clips()
    >>> samples.X["clip"].iloc[0].shape, sorted(set(samples.y.tolist()))[:3]
    ((16, 40, 40, 3), ['down', 'grow', 'left'])
    """
    import pandas as pd

    scripts, clips = _clips()
    X = pd.DataFrame({"clip": pd.Series(clips, dtype=object)})
    X.index = pd.Index([_name(i) for i in range(len(clips))], name="clip")
    slices = {
        "flashes": ["yes" if each.flash >= 0 else "no" for each in scripts],
        "glyph": [each.glyph for each in scripts],
    }
    return Samples(X, np.array([each.motion for each in scripts]), slices=slices)


def captioned_clips() -> tuple[pd.DataFrame, NDArray[np.str_]]:
    """Return a row for each of three captions of every clip, and the clips' names.

    Returns
    -------
    X : DataFrame of shape (720, 2)
        Columns ``text`` and ``clip``.
    names : ndarray of shape (720,)
        The name of each row's clip.

    Raises
    ------
    DataError
        As :func:`load_clips`.
    """
    import pandas as pd

    scripts, clips = _clips()
    rng = np.random.RandomState(_SEED + 1)
    rows = [(i, text) for i, s in enumerate(scripts) for text in captions_of(rng, s)]
    X = pd.DataFrame(
        {
            "text": pd.Series([text for _, text in rows], dtype=object),
            "clip": pd.Series([clips[i] for i, _ in rows], dtype=object),
        }
    )
    X.index = pd.Index(
        [f"{_name(i)}/{k % 3}" for k, (i, _) in enumerate(rows)], name="pair"
    )
    return X, np.array([_name(i) for i, _ in rows])


def load_pairs() -> Samples:
    """Return captions and the clips that they are of.

    Returns
    -------
    Samples
        720 pairs: columns ``text`` and ``clip``; `y` is the clip's name.

    Raises
    ------
    DataError
        As :func:`load_clips`.

    Examples
    --------
    >>> load_pairs().X["text"].iloc[0]
    'an azure sun moves right'
    """
    X, names = captioned_clips()
    return Samples(X, names)


def load_captions() -> Samples:
    """Return clips, each with the three captions that are to be written.

    Returns
    -------
    Samples
        240 clips: column ``clip``; `y` has the captions of a clip in each row.

    Raises
    ------
    DataError
        As :func:`load_clips`.

    Examples
    --------
    >>> load_captions().y.shape
    (240, 3)
    """
    from mmbench.texts import padded

    X, names = captioned_clips()
    first = np.unique(names, return_index=True)[1]
    texts = X["text"].tolist()
    clips = X[["clip"]].iloc[first]
    clips.index = clips.index.str.removesuffix("/0").rename("clip_id")
    return Samples(clips, padded([texts[i : i + 3] for i in first]))


def load_questions() -> Samples:
    """Return questions about clips, and their answers.

    Returns
    -------
    Samples
        960 rows, four a clip: columns ``question`` and ``clip``; `y` is a word.

    Raises
    ------
    DataError
        As :func:`load_clips`.

    Examples
    --------
    >>> samples = load_questions()
    >>> samples.X["question"].iloc[0], str(samples.y[0])
    ('which way does it move?', 'right')
    """
    import pandas as pd

    from mmbench.tasks.answering.references import answer_target

    scripts, clips = _clips()
    rng = np.random.RandomState(_SEED + 2)
    asked = [(i, each) for i, s in enumerate(scripts) for each in questions_of(rng, s)]
    X = pd.DataFrame(
        {
            "question": pd.Series([each.text for _, each in asked], dtype=object),
            "clip": pd.Series([clips[i] for i, _ in asked], dtype=object),
        }
    )
    X.index = pd.Index([f"{_name(i)}/{q.kind}" for i, q in asked], name="question_id")
    slices = {"question_type": [each.kind for _, each in asked]}
    target = answer_target([[each.answer] for _, each in asked])
    return Samples(X, target.y, truth=target.truth, slices=slices)


def load_summaries() -> Samples:
    """Return the frames of videos, and how important five made-up people find each.

    Returns
    -------
    Samples
        1,920 frames of 32 videos: columns ``frame`` (arrays (40, 40, 3)), ``position``
        (from 0 to 1) and ``video``. `y` is the mean of five people, `truth` has the
        number of the video and of the shot, and then each person's importance.

    Raises
    ------
    DataError
        As :func:`load_clips`.

    Examples
    --------
    >>> samples = load_summaries()
    >>> samples.truth.shape, sorted(set(samples.truth[:, 2].tolist()))
    ((1920, 7), [1.0, 2.0, 3.0, 4.0, 5.0])
    """
    import pandas as pd

    font = read_font(find_font(), load_card("moving_glyphs").checksum)
    rng = np.random.RandomState(_SEED + 3)
    frames: list[Any] = []
    names: list[str] = []
    positions: list[float] = []
    truth: list[NDArray[np.float64]] = []
    n_shots = 0
    for video in range(N_VIDEOS):
        shown, facts = draw_video(rng, font)
        frames += list(shown)
        names += [f"video-{video:02d}"] * len(shown)
        positions += np.round(np.linspace(0, 1, len(shown)), 4).tolist()
        shots = n_shots + facts.shot
        n_shots = int(shots[-1]) + 1
        number = np.full(len(shown), video)
        truth.append(np.column_stack([number, shots, importance_of(rng, facts)]))
    X = pd.DataFrame(
        {
            "frame": pd.Series(frames, dtype=object),
            "position": positions,
            "video": pd.Series(names, dtype=object),
        }
    )
    n = len(frames) // N_VIDEOS
    X.index = pd.Index([f"{v}/{i % n:02d}" for i, v in enumerate(names)], name="frame")
    whole = np.concatenate(truth)
    y = whole[:, -N_PEOPLE:].mean(axis=1)
    schema = {"n_people": N_PEOPLE, "shots": "halves of shots, 3 frames each"}
    return Samples(X, y, np.array(names), schema=schema, truth=whole)


def _clips() -> tuple[list[Script], list[NDArray[np.uint8]]]:
    return _drawn(read_font(find_font(), load_card("moving_glyphs").checksum))


@lru_cache(maxsize=1)
def _drawn(font: bytes) -> tuple[list[Script], list[NDArray[np.uint8]]]:
    rng = np.random.RandomState(_SEED)
    scripts = draw_scripts(rng, N_CLIPS, N_FRAMES)
    return scripts, [draw_clip(rng, each, N_FRAMES, font) for each in scripts]


def _name(clip: int) -> str:
    return f"clip-{clip:03d}"
