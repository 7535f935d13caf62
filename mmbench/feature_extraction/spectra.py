"""Spectra of sound as ears take them: mel bands and their cepstrum."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

__all__ = ["hz_to_mel", "log_mel_spectrum", "mel_filters", "mel_to_hz", "mfcc"]

_PRE_EMPHASIS = 0.97
_LOWEST_HZ = 60.0
# Filters of recorders fall off just below half of the rate.
_HIGHEST_SHARE = 0.95
# Of full scale squared: what digital silence counts as.
_FLOOR = 1e-8


def hz_to_mel(frequency_hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return frequencies on O'Shaughnessy's mel scale, ``2595 log10(1 + f / 700)``.

    Parameters
    ----------
    frequency_hz : ndarray or float
        Frequencies in hertz, at least 0.

    Returns
    -------
    ndarray of float64
        Mels, in the same shape.
    """
    return np.asarray(2595 * np.log10(1 + np.asarray(frequency_hz) / 700))


def mel_to_hz(mel: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the frequencies of mels.

    Parameters
    ----------
    mel : ndarray or float
        Mels, at least 0.

    Returns
    -------
    ndarray of float64
        Hertz, in the same shape.
    """
    return np.asarray(700 * (10 ** (np.asarray(mel) / 2595) - 1))


@functools.cache
def mel_filters(n_mels: int, n_fft: int, rate_hz: int) -> NDArray[np.float64]:
    """Return triangular filters, evenly spaced in mel, of height one.

    Parameters
    ----------
    n_mels : int
        Number of filters.
    n_fft : int
        Length of the Fourier transform.
    rate_hz : int
        Samples per second.

    Returns
    -------
    ndarray of shape (n_mels, n_fft // 2 + 1), float64
    """
    low, high = hz_to_mel(_LOWEST_HZ), hz_to_mel(_HIGHEST_SHARE * rate_hz / 2)
    edges = mel_to_hz(np.linspace(low, high, n_mels + 2))
    bins = np.fft.rfftfreq(n_fft, 1 / rate_hz)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    filters = np.maximum(0, np.minimum(rising, falling))
    filters.setflags(write=False)  # it is shared
    return filters


def log_mel_spectrum(
    samples: NDArray[np.float64],
    rate_hz: int,
    *,
    n_mels: int,
    frame_s: float,
    step_s: float,
    silence_db: float,
) -> NDArray[np.float64]:
    """Return the logarithm of the power in mel bands, frame by frame.

    Parameters
    ----------
    samples : ndarray of shape (n_samples,)
        One channel; at least one sample.
    rate_hz : int
        Samples per second.
    n_mels : int
        Number of bands.
    frame_s, step_s : float
        Length of a frame, and the time from one to the next, in seconds.
    silence_db : float
        Frames at the start and the end that are this much quieter than the loudest are
        left out.

    Returns
    -------
    ndarray of shape (n_frames, n_mels), float64
        Natural logarithms; at least one frame.
    """
    emphasised = np.append(samples[0], samples[1:] - _PRE_EMPHASIS * samples[:-1])
    length, step = (max(1, round(span * rate_hz)) for span in (frame_s, step_s))
    n_fft = 2 * 2 ** int(np.ceil(np.log2(length)))
    if len(emphasised) < length:
        emphasised = np.pad(emphasised, (0, length - len(emphasised)))
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, length)[::step]
    power = np.abs(np.fft.rfft(windows * np.hamming(length), n_fft)) ** 2
    energy = power.sum(axis=1)
    loud = np.flatnonzero(energy >= energy.max() * 10 ** (-silence_db / 10))
    heard = power[loud[0] : loud[-1] + 1]
    return np.asarray(np.log(heard @ mel_filters(n_mels, n_fft, rate_hz).T + _FLOOR))


def mfcc(log_mel: NDArray[np.float64], n_mfcc: int) -> NDArray[np.float64]:
    """Return the first coefficients of the orthonormal cosine transform of log-mels.

    Parameters
    ----------
    log_mel : ndarray of shape (n_frames, n_mels)
        See :func:`log_mel_spectrum`.
    n_mfcc : int
        How many coefficients, at most `n_mels`.

    Returns
    -------
    ndarray of shape (n_frames, n_mfcc), float64
    """
    from scipy.fft import dct

    return np.asarray(dct(log_mel, type=2, norm="ortho", axis=1)[:, :n_mfcc])
