"""Videos of several shots, and how important made-up people find their frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.datasets.moving_glyphs.drawing import draw_clip
from mmbench.datasets.moving_glyphs.scripts import MOTIONS, Script, draw_script

if TYPE_CHECKING:
    from numpy.random import RandomState
    from numpy.typing import NDArray

__all__ = ["N_PEOPLE", "Facts", "draw_video", "importance_of"]

N_PEOPLE = 5
_N_SHOTS, _LENGTH = 10, 6
_WARM = ("red", "orange")
# What draws attention, and how much on average: a flash, the first frames of a shot, a
# warm colour, something that comes closer.
_WEIGHTS = np.array([2.0, 1.0, 0.8, 0.6])
# How far people differ in what draws them, and how much is a matter of mood.
_TASTE, _MOOD, _KEEPS = 0.8, 1.6, 0.6


class Facts(NamedTuple):
    """What is known of the frames of a video.

    Attributes
    ----------
    shot : ndarray of int, shape (n_frames,)
        The number of each frame's half of a shot, from 0.
    draws : ndarray of shape (n_frames, 4)
        How much of each thing that draws attention a frame has, from 0 to 1.
    """

    shot: NDArray[np.intp]
    draws: NDArray[np.float64]


def draw_video(rng: RandomState, font: bytes) -> tuple[NDArray[Any], Facts]:
    """Draw a video of ten shots of six frames.

    Parameters
    ----------
    rng : RandomState
        Draws what happens.
    font : bytes
        DejaVu Sans.

    Returns
    -------
    frames : ndarray of uint8, shape (60, 40, 40, 3)
        The shots, one behind the other.
    facts : Facts
        What is known of them.
    """
    shots, draws = [], []
    for _ in range(_N_SHOTS):
        script = draw_script(rng, MOTIONS[rng.randint(len(MOTIONS))], _LENGTH)
        shots.append(draw_clip(rng, script, _LENGTH, font))
        draws.append(_draws(script, _LENGTH))
    # Summaries are made of halves of shots: three of these are 15 % of a video.
    number = np.repeat(np.arange(2 * _N_SHOTS), _LENGTH // 2)
    return np.concatenate(shots), Facts(number, np.concatenate(draws))


def importance_of(rng: RandomState, facts: Facts) -> NDArray[np.float64]:
    """Return how important people find frames, in whole numbers from 1 to 5.

    Parameters
    ----------
    rng : RandomState
        Draws tastes and moods.
    facts : Facts
        What draws attention.

    Returns
    -------
    ndarray of shape (n_frames, 5)
        One column per person. People weigh what draws them differently, and their moods
        come and go.
    """
    n_frames = len(facts.shot)
    tastes = _WEIGHTS * np.exp(_TASTE * rng.normal(size=(N_PEOPLE, len(_WEIGHTS))))
    mood = np.zeros((n_frames, N_PEOPLE))
    steps = rng.normal(size=mood.shape) * _MOOD
    for i in range(n_frames):
        mood[i] = steps[i] if i == 0 else _KEEPS * mood[i - 1] + steps[i] * (1 - _KEEPS)
    felt = 1.2 + facts.draws @ tastes.T + mood
    return np.asarray(np.clip(np.rint(felt), 1, 5), np.float64)


def _draws(script: Script, length: int) -> NDArray[np.float64]:
    position = np.arange(length)
    near = np.clip(1 - np.abs(position - script.flash) / 3, 0, 1)
    flash = near if script.flash >= 0 else np.zeros(length)
    first = np.clip(1 - position / 3, 0, 1)
    warm = np.full(length, float(script.colour in _WARM))
    closer = position / (length - 1) * (script.motion == "grow")
    return np.column_stack([flash, first, warm, closer])
