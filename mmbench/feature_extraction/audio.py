"""Recordings of speech and sound as features."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.cells import cells_of, is_missing
from mmbench.feature_extraction.column_extractor import ColumnExtractor
from mmbench.feature_extraction.parameters import require_int, require_positive
from mmbench.feature_extraction.recordings import Recording, open_recording
from mmbench.feature_extraction.spectra import log_mel_spectrum, mfcc

__all__ = ["AudioExtractor"]


class AudioExtractor(ColumnExtractor):
    """Mel-frequency cepstral coefficients and log-mel statistics of recordings.

    A recording is cut into frames; those quieter than the loudest by `silence_db` at
    its start and its end are left out. The rest is parted into `segments` of equal
    length, however long it is, so that a word said slowly resembles the same word said
    fast. The features are:

    - of each segment, the mean MFCCs, the first one (loudness) relative to the
      recording's maximum;
    - of each segment, the mean MFCCs but the first, less their mean over the recording,
      which is where voices and microphones differ [2]_;
    - over the recording, mean and standard deviation of each log-mel band relative to
      the mean of all bands;
    - the logarithm of the number of frames.

    Parameters
    ----------
    n_mfcc : int, default=10
        Number of cepstral coefficients, at most `n_mels`.
    n_mels : int, default=26
        Number of mel bands, from 60 Hz to nearly half of the sample rate.
    segments : int, default=10
        Number of parts in time.
    frame_s, step_s : float, default=0.025, 0.01
        Length of a frame, and the time from one to the next, in seconds.
    silence_db : float, default=30.0
        How much quieter than the loudest frame silence is, in decibels.

    Notes
    -----
    A recording is a path of a ``.wav`` file, the bytes of one, a pair (samples, rate in
    Hz), or an array of samples at 8,000 Hz. Several channels are averaged. A missing
    recording, and one without any sound, is a row of NaN.

    Recordings are not resampled: mel bands are at the same frequencies whatever the
    rate, but above half of the lowest rate some recordings hold nothing.

    References
    ----------
    .. [1] S. Davis and P. Mermelstein, "Comparison of parametric representations for
       monosyllabic word recognition in continuously spoken sentences", IEEE
       Transactions on Acoustics, Speech, and Signal Processing 28 (4), 357-366, 1980.
    .. [2] B. S. Atal, "Effectiveness of linear prediction characteristics of the speech
       wave for automatic speaker identification and verification", Journal of the
       Acoustical Society of America 55, 1304-1312, 1974.

    Examples
    --------
    >>> import numpy as np
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(4000) / 8000)
    >>> AudioExtractor(n_mfcc=4, n_mels=8, segments=2).fit_transform([tone]).shape
    (1, 31)
    """

    def __init__(
        self,
        *,
        n_mfcc: int = 10,
        n_mels: int = 26,
        segments: int = 10,
        frame_s: float = 0.025,
        step_s: float = 0.01,
        silence_db: float = 30.0,
    ) -> None:
        self.n_mfcc = n_mfcc
        self.n_mels = n_mels
        self.segments = segments
        self.frame_s = frame_s
        self.step_s = step_s
        self.silence_db = silence_db

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Describe recordings.

        Parameters
        ----------
        X : iterable of recordings
            One column: paths, bytes, pairs (samples, rate), arrays, or missing.

        Returns
        -------
        ndarray of shape (n_recordings, n_features), dtype float32
            ``segments * (2 * n_mfcc - 1) + 2 * n_mels + 1`` features; a row of NaN for
            a recording that is missing.

        Raises
        ------
        DataError
            When a recording can't be read. Only None and NaN are missing.
        """
        self._check_parameters()
        cells = _recordings(X)
        features = np.full((len(cells), self._n_features_out), np.nan, np.float32)
        for row, cell in zip(features, cells, strict=True):
            recording = None if is_missing(cell) else open_recording(cell)
            if recording is not None and np.ptp(recording.samples) > 0:
                row[:] = self._describe(recording)
        return features

    @property
    def _n_features_out(self) -> int:
        return int(self.segments * (2 * self.n_mfcc - 1) + 2 * self.n_mels + 1)

    def _describe(self, recording: Recording) -> NDArray[np.float64]:
        mel = log_mel_spectrum(
            recording.samples,
            recording.rate_hz,
            n_mels=self.n_mels,
            frame_s=self.frame_s,
            step_s=self.step_s,
            silence_db=self.silence_db,
        )
        cepstrum = mfcc(mel, self.n_mfcc)
        level = cepstrum[:, :1] - cepstrum[:, :1].max()
        shape = cepstrum[:, 1:]
        timed = np.hstack([level, shape, shape - shape.mean(axis=0)])
        bands = mel - mel.mean()
        return np.concatenate(
            [
                _segment_means(timed, self.segments).ravel(),
                bands.mean(axis=0),
                bands.std(axis=0),
                [np.log(len(mel))],
            ]
        )

    def _check_parameters(self) -> None:
        for name in ("n_mfcc", "n_mels", "segments"):
            require_int(name, getattr(self, name), minimum=1)
        for name in ("frame_s", "step_s", "silence_db"):
            require_positive(name, getattr(self, name))
        if self.n_mfcc > self.n_mels:
            raise ValueError(
                f"n_mfcc must be at most n_mels={self.n_mels}, got {self.n_mfcc}."
            )

    def _cells(self, X: Iterable[Any]) -> list[Any]:
        return _recordings(X)


def _recordings(X: Iterable[Any]) -> list[Any]:
    """Return the cells of one column; an array may be a stack of recordings."""
    if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "fiu":
        return list(X)
    return cells_of(X)


def _segment_means(frames: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return the means over `n` parts of equal length, between frames by lines.

    The integral of the polyline through the frames is taken exactly, so that a
    recording of fewer frames than parts is no exception.
    """
    if len(frames) == 1:
        return np.repeat(frames, n, axis=0)
    steps = (frames[1:] + frames[:-1]) / 2
    integral = np.vstack([np.zeros(frames.shape[1]), np.cumsum(steps, axis=0)])
    edges = np.linspace(0, len(frames) - 1, n + 1)
    left = np.minimum(edges.astype(int), len(frames) - 2)
    part = (edges - left)[:, None]
    slope = frames[left + 1] - frames[left]
    at_edges = integral[left] + part * frames[left] + part**2 / 2 * slope
    means: NDArray[np.float64] = np.diff(at_edges, axis=0) * (n / (len(frames) - 1))
    return means
