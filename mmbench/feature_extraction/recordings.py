"""Open any reference of a recording as samples and their rate."""

from __future__ import annotations

import io
import os
import struct
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import DataError
from mmbench.untrusted import check_regular, short

__all__ = ["DEFAULT_RATE_HZ", "Recording", "open_recording"]

DEFAULT_RATE_HZ = 8000
"""The rate of an array that comes without one."""

_LONGEST_PATH = 300
_MAX_SECONDS = 3600
_DAMAGE = (ValueError, OSError, EOFError, struct.error, TypeError, LookupError)


class Recording(NamedTuple):
    """One channel of sound.

    Attributes
    ----------
    samples : ndarray of shape (n_samples,), dtype float64
        From -1 to 1 where the file holds integers.
    rate_hz : int
        Samples per second.
    """

    samples: NDArray[np.float64]
    rate_hz: int


def open_recording(cell: Any) -> Recording:
    """Open one recording.

    Parameters
    ----------
    cell : str, PathLike, bytes, (ndarray, int) or ndarray
        A path of a WAV file, what such a file holds, samples and their rate in Hz, or
        samples alone at :data:`DEFAULT_RATE_HZ`. Samples are of shape (n_samples,) or
        (n_samples, n_channels).

    Returns
    -------
    Recording
        Channels are averaged.

    Raises
    ------
    DataError
        When it can't be read, has no samples, holds NaN or is longer than an hour.
    TypeError
        When `cell` is not a recording at all.

    Examples
    --------
    >>> import numpy as np
    >>> open_recording((np.array([0, 16384], dtype=np.int16), 8000))
    Recording(samples=array([0. , 0.5]), rate_hz=8000)
    """
    if isinstance(cell, np.ndarray):
        samples, rate_hz = cell, DEFAULT_RATE_HZ
    elif isinstance(cell, tuple) and len(cell) == 2:
        samples, rate_hz = np.asarray(cell[0]), int(cell[1])
    elif isinstance(cell, str | os.PathLike | bytes):
        samples, rate_hz = _wav(cell)
    else:
        raise TypeError(
            "a recording must be a path, bytes, an array, a pair (samples, rate) or "
            f"missing, got {short(cell)} ({type(cell).__name__})."
        )
    mono = _mono(samples)
    if not len(mono) or not np.isfinite(mono).all():
        raise DataError(f"{_name(cell)}: no samples, or some that are not numbers.")
    if rate_hz <= 0 or len(mono) > _MAX_SECONDS * rate_hz:
        raise DataError(f"{_name(cell)}: longer than {_MAX_SECONDS} s at {rate_hz} Hz.")
    return Recording(mono, rate_hz)


def _wav(cell: Any) -> tuple[NDArray[Any], int]:
    from scipy.io import wavfile

    try:
        if not isinstance(cell, bytes):
            check_regular(Path(cell))
        content = cell if isinstance(cell, bytes) else Path(cell).read_bytes()
        with warnings.catch_warnings():
            # Remarks about chunks that it skips, such as a title.
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            rate_hz, samples = wavfile.read(io.BytesIO(content))
    except _DAMAGE as error:
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise DataError(
            f"{_name(cell)}: not a readable WAV file: {reason}. Where there is no "
            "recording, give None."
        ) from error
    return samples, int(rate_hz)


def _mono(samples: NDArray[Any]) -> NDArray[np.float64]:
    if samples.ndim not in {1, 2} or samples.dtype.kind not in "fiu":
        raise TypeError(
            "samples must be numbers of shape (n_samples,) or (n_samples, n_channels), "
            f"got {samples.dtype} of shape {samples.shape}."
        )
    scaled = samples.astype(np.float64)
    if samples.dtype.kind == "u":  # 8-bit files hold silence as 128
        half = (int(np.iinfo(samples.dtype).max) + 1) / 2
        scaled = scaled / half - 1
    elif samples.dtype.kind == "i":
        scaled /= -float(np.iinfo(samples.dtype).min)
    return scaled if scaled.ndim == 1 else scaled.mean(axis=1)


def _name(cell: Any) -> str:
    if isinstance(cell, str | os.PathLike):
        return short(os.fsdecode(cell), _LONGEST_PATH)
    return f"a {type(cell).__name__}"
