"""Whether a recording can be used, found out once, when it is loaded."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_SECONDS", "is_usable"]

MAX_SECONDS = 3600
"""A recording that is longer than this is not used."""

_DAMAGE = (ValueError, OSError, EOFError, struct.error, TypeError, LookupError)


def is_usable(source: Path | bytes | NDArray[np.generic]) -> bool:
    """Return whether a WAV file, what one holds, or samples are a recording.

    Parameters
    ----------
    source : Path, bytes or ndarray
        Samples come without a rate, so that any number of them will do.

    Returns
    -------
    bool
        False for what can't be read, holds no samples or NaN, or is longer than
        `MAX_SECONDS`.
    """
    if isinstance(source, np.ndarray):
        return _are_numbers(source)
    from scipy.io import wavfile

    try:
        # Devices and pipes are not opened: reading one may never end.
        if isinstance(source, Path) and not source.is_file():
            return False
        content = source if isinstance(source, bytes) else source.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            rate_hz, samples = wavfile.read(io.BytesIO(content))
    except _DAMAGE:
        return False
    return 0 < len(samples) <= MAX_SECONDS * rate_hz and _are_numbers(samples)


def _are_numbers(samples: NDArray[np.generic]) -> bool:
    is_float = samples.dtype.kind == "f"
    return samples.size > 0 and (not is_float or bool(np.isfinite(samples).all()))
