"""Which recordings of a column can be used is found out when it is loaded."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from mmbench.columns import Column
from mmbench.datasets.audio_column import audio_values
from mmbench.datasets.references import Folders
from mmbench.errors import DataError
from mmbench.feature_extraction import AudioExtractor

SAMPLES = (np.sin(np.arange(4000)) * 3000).astype(np.int16)


def wav(samples: np.ndarray, rate_hz: int = 8000) -> bytes:
    buffer = io.BytesIO()
    wavfile.write(buffer, rate_hz, samples)
    return buffer.getvalue()


BAD = {
    "no WAV file": b"RIFFnothing",
    "torn": wav(SAMPLES)[:30],
    "empty": b"",
    "no samples": wav(np.zeros(0, np.int16)),
    "NaN": wav(np.full(9, np.nan, np.float32)),
    "longer than an hour": wav(np.zeros(3601, np.int16), 1),
}


@pytest.mark.parametrize("how", BAD)
def test_a_recording_that_cannot_be_used_counts_as_missing_with_a_notice(
    tmp_path: Path, how: str
) -> None:
    (tmp_path / "good.wav").write_bytes(wav(SAMPLES))
    (tmp_path / "bad.wav").write_bytes(BAD[how])
    column = Column("sound", ["good.wav", "bad.wav", BAD[how]], range(1, 4))

    values, notices = audio_values(column, Folders(tmp_path))

    assert values == [str((tmp_path / "good.wav").resolve()), None, None]
    (notice,) = notices
    assert notice == (
        "column 'sound': 2 of 3 cells are empty, not found or not a readable WAV "
        "file, and count as missing (the first in row 2)."
    )
    assert np.isfinite(AudioExtractor().transform(values)[0]).all()


def test_samples_are_checked_too(tmp_path: Path) -> None:
    cells = [SAMPLES, np.full(9, np.nan), np.zeros(0)]

    values, _ = audio_values(Column("sound", cells, range(1, 4)), Folders(tmp_path))

    assert values[0] is SAMPLES
    assert values[1:] == [None, None]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")

    with pytest.raises(DataError, match="has no recording"):
        audio_values(Column("sound", ["pipe.wav"], [1]), Folders(tmp_path))
