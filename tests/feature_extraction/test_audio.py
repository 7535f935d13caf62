"""Audio features against formulae, scipy and independent sums."""

from __future__ import annotations

import io
import os
import wave

import numpy as np
import pytest
from scipy.io import wavfile
from sklearn.base import clone

from mmbench.errors import DataError
from mmbench.feature_extraction import AudioExtractor, check_extractor
from mmbench.feature_extraction.audio import _segment_means
from mmbench.feature_extraction.recordings import open_recording
from mmbench.feature_extraction.spectra import (
    hz_to_mel,
    log_mel_spectrum,
    mel_filters,
    mel_to_hz,
    mfcc,
)

RATE = 8000


def tone(hz: float, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def noise(seed: int, n: int = 4000) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n)


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    buffer = io.BytesIO()
    wavfile.write(buffer, rate, samples)
    return buffer.getvalue()


def spectrum(samples, **changed):
    settings = {"n_mels": 26, "frame_s": 0.025, "step_s": 0.01, "silence_db": 30.0}
    return log_mel_spectrum(samples, RATE, **(settings | changed))


def test_the_mel_scale_is_o_shaughnessy_s():
    # 2595 log10(1 + 1000 / 700) = 999.99
    assert hz_to_mel(1000.0) == pytest.approx(999.9855, abs=1e-3)
    assert mel_to_hz(hz_to_mel(440.0)) == pytest.approx(440.0)


def test_filters_are_triangles_whose_slopes_meet():
    filters = mel_filters(10, 2048, RATE)
    bins = np.fft.rfftfreq(2048, 1 / RATE)
    edges = mel_to_hz(np.linspace(hz_to_mel(60.0), hz_to_mel(3800.0), 12))
    inside = (bins >= edges[1]) & (bins <= edges[-2])
    # Between the first and the last peak, what one loses the next one gains.
    np.testing.assert_allclose(filters[:, inside].sum(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose(
        filters[3], np.interp(bins, edges[3:6], [0, 1, 0]), atol=1e-12
    )


@pytest.mark.parametrize("hz", [300, 1000, 2500])
def test_a_tone_is_loudest_in_the_band_around_it(hz):
    edges = mel_to_hz(np.linspace(hz_to_mel(60.0), hz_to_mel(3800.0), 28))
    nearest = int(np.abs(edges[1:-1] - hz).argmin())
    assert set(spectrum(tone(hz)).argmax(axis=1)) == {nearest}


def test_mfccs_are_the_orthonormal_cosine_transform():
    log_mel = noise(0, 60).reshape(3, 20)
    k, n = np.arange(5)[:, None], np.arange(20)
    cosines = np.cos(np.pi * k * (2 * n + 1) / 40) * np.sqrt(2 / 20)
    cosines[0] /= np.sqrt(2)
    np.testing.assert_allclose(mfcc(log_mel, 5), log_mel @ cosines.T, atol=1e-12)


def test_a_frame_s_spectrum_is_the_sum_of_its_definition():
    samples = noise(1, 200)
    emphasised = np.r_[samples[0], samples[1:] - 0.97 * samples[:-1]]
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(200) / 199)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(257), np.arange(200)) / 512)
    power = np.abs(turns @ (emphasised * window)) ** 2
    expected = np.log(mel_filters(26, 512, RATE) @ power + 1e-8)
    np.testing.assert_allclose(spectrum(samples)[0], expected, rtol=1e-9)


def test_silence_at_both_ends_changes_nothing():
    heard = noise(2, 1600)
    quiet = np.zeros(800)
    padded = np.concatenate([quiet, heard, quiet])
    # Frames that reach from silence into sound are loud enough to count.
    assert len(spectrum(heard)) <= len(spectrum(padded)) <= len(spectrum(heard)) + 6


def test_loudness_changes_nothing():
    extractor = AudioExtractor()
    soft, loud = extractor.transform([noise(3) * 0.1, noise(3)])
    np.testing.assert_allclose(soft, loud, atol=1e-3)


def test_segment_means_are_integrals_of_the_line_through_the_frames():
    frames = noise(4, 14).reshape(7, 2)
    fine = np.linspace(0, 6, 60_001)
    lines = np.column_stack([np.interp(fine, range(7), column) for column in frames.T])
    expected = [part.mean(axis=0) for part in np.array_split(lines, 5)]
    np.testing.assert_allclose(_segment_means(frames, 5), expected, atol=1e-3)
    same = _segment_means(np.ones((1, 2)), 3)
    np.testing.assert_array_equal(same, np.ones((3, 2)))


def test_a_file_its_bytes_and_its_samples_give_the_same(tmp_path):
    samples = (noise(5) * 3000).astype(np.int16)
    (tmp_path / "a.wav").write_bytes(wav(samples))
    cells = [str(tmp_path / "a.wav"), wav(samples), samples, (samples, RATE)]
    rows = AudioExtractor().transform(cells)
    for row in rows[1:]:
        np.testing.assert_array_equal(row, rows[0])


def test_channels_are_averaged_and_integers_scaled():
    stereo = np.array([[0, 16384], [-32768, 0]], dtype=np.int16)
    np.testing.assert_array_equal(open_recording(stereo).samples, [0.25, -0.5])
    bytes_of_8_bits = np.array([128, 0, 192], dtype=np.uint8)
    np.testing.assert_array_equal(
        open_recording(wav(bytes_of_8_bits)).samples, [0, -1, 0.5]
    )


def test_the_rate_of_a_file_is_read_from_it():
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"\1\0" * 10)
    assert open_recording(buffer.getvalue()).rate_hz == 16000


@pytest.mark.parametrize("name", ["bad.wav", "none.wav", "pipe.wav"])
def test_an_unreadable_recording_is_an_error(tmp_path, name):
    (tmp_path / "bad.wav").write_bytes(b"RIFFnothing")
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(DataError, match=rf"{name}': not a readable WAV .* give None"):
        AudioExtractor().transform([None, str(tmp_path / name), noise(6)])


def test_silence_is_missing():
    assert np.isnan(AudioExtractor().transform([np.zeros(4000)])).all()


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6])
def test_a_truncated_file_is_an_error_of_its_data(share):
    content = wav((noise(7) * 3000).astype(np.int16))
    with pytest.raises(DataError, match="WAV file"):
        open_recording(content[: int(40 * share)])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_mfcc": 0}, "n_mfcc must be"),
        ({"n_mfcc": 30}, r"n_mfcc must be at most n_mels=26, got 30\."),
        ({"segments": 1.5}, "segments must be"),
        ({"frame_s": 0}, "frame_s must be"),
        ({"silence_db": -1}, "silence_db must be"),
    ],
)
def test_wrong_parameters_are_refused(params, message):
    with pytest.raises((TypeError, ValueError), match=message):
        clone(AudioExtractor(**params)).fit([noise(0)])


def test_what_is_no_recording_is_refused():
    with pytest.raises(TypeError, match="a recording must be a path"):
        AudioExtractor().transform([3])


def test_it_is_a_good_extractor():
    check_extractor(AudioExtractor(), [noise(i, 3000 + 500 * i) for i in range(4)])
