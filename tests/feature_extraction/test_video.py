"""Features of videos against those of their frames, and known motion."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.base import clone

from mmbench.errors import DataError
from mmbench.feature_extraction import (
    ColorHistogramExtractor,
    FrameFeatures,
    HOGExtractor,
    MotionExtractor,
    PixelsExtractor,
    TfidfVectorizer,
    VideoExtractor,
    check_extractor,
)

RNG = np.random.default_rng(0)
CLIPS = [RNG.integers(0, 256, (n, 16, 20, 3), dtype=np.uint8) for n in (5, 9, 3)]


def moving(right: int, down: int) -> np.ndarray:
    clip = np.zeros((8, 32, 32), np.uint8)
    for step in range(8):
        y, x = 14 + down * (step - 4), 14 + right * (step - 4)
        clip[step, y : y + 4, x : x + 4] = 255
    return clip


@pytest.mark.parametrize(
    "extractor",
    [
        VideoExtractor(PixelsExtractor(size=4), n_frames=3, pool=("max", "all")),
        FrameFeatures(HOGExtractor(), n_frames=2),
        MotionExtractor(n_frames=4, size=8),
    ],
    ids=lambda each: type(each).__name__,
)
def test_it_is_an_extractor(extractor) -> None:
    check_extractor(extractor, CLIPS)


def test_pools_are_those_of_the_frames_features_by_hand() -> None:
    clip, frames = CLIPS[1], [0, 4, 8]
    each = ColorHistogramExtractor().transform([clip[i] for i in frames])
    steps = np.abs(each[1] - each[0]), np.abs(each[2] - each[1])

    def pooled(pool):
        made = VideoExtractor(
            ColorHistogramExtractor(), n_frames=3, sampling="ends", pool=pool
        )
        return made.fit_transform([clip])[0]

    np.testing.assert_allclose(pooled("mean"), each.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(pooled("max"), each.max(axis=0))
    np.testing.assert_allclose(pooled("difference"), sum(steps) / 2, atol=1e-6)
    np.testing.assert_allclose(pooled("change"), each[2] - each[0], atol=1e-6)
    both = np.concatenate([each[2] - each[0], each.max(axis=0)])
    np.testing.assert_allclose(pooled(("change", "max")), both, atol=1e-6)


def test_a_file_and_its_frames_give_the_same(tmp_path: Path) -> None:
    frames = [Image.fromarray(frame) for frame in CLIPS[0]]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=True
    )
    (tmp_path / "clip.webp").write_bytes(buffer.getvalue())
    (tmp_path / "frames").mkdir()
    for i, frame in enumerate(frames):
        frame.save(tmp_path / "frames" / f"{i}.png")
    cells = [str(tmp_path / "clip.webp"), str(tmp_path / "frames"), buffer.getvalue()]

    found = VideoExtractor(PixelsExtractor(size=8)).transform([CLIPS[0], *cells])

    np.testing.assert_array_equal(found[1:], np.repeat(found[:1], 3, axis=0))


@pytest.mark.parametrize(("right", "down"), [(3, 0), (-3, 0), (0, 3), (2, -2)])
def test_motion_is_seen_where_it_goes(right: int, down: int) -> None:
    found = MotionExtractor(n_frames=8).transform([moving(right, down)])[0]

    # Seven steps of so many of 32 pixels, by the centroid and by phase correlation.
    np.testing.assert_allclose(found[10:12], [7 * down / 32, 7 * right / 32], atol=0.01)
    np.testing.assert_allclose(found[12:14], [7 * down / 32, 7 * right / 32], atol=0.01)
    sector = round(np.arctan2(down, right) / (2 * np.pi) * 8) % 8
    assert found[14:22].argmax() == sector


def test_a_still_video_does_not_move() -> None:
    still = np.repeat(CLIPS[0][:1], 6, axis=0)

    found = MotionExtractor().transform([still])[0]

    np.testing.assert_allclose(found, 0, atol=1e-6)


def test_wrong_parameters_name_rule_and_value() -> None:
    for wrong, match in (
        (VideoExtractor(TfidfVectorizer()), "row_wise=True"),
        (VideoExtractor(pool="median"), "pool must be one of"),
        (VideoExtractor(pool=()), "pool must name at least one"),
        (VideoExtractor(sampling="random"), "sampling must be one of"),
        (MotionExtractor(n_frames=1), "n_frames must be an integer of at least 2"),
    ):
        with pytest.raises(ValueError, match=match):
            clone(wrong).fit(CLIPS)
    with pytest.raises(TypeError, match="a video must be the path"):
        MotionExtractor().transform([3])
    with pytest.raises(TypeError, match=r"shape \(n_frames, height, width"):
        MotionExtractor().transform([np.zeros((4, 4), np.uint8)])
    with pytest.raises(DataError, match="no such file"):
        MotionExtractor().transform(["nowhere.gif"])
