"""Frames of videos are those that were written, whatever holds them."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmbench.clips import frame_files, read_frames, sampled, trouble_of
from mmbench.clips.limits import MAX_FRAMES, check_length
from mmbench.errors import DataError, MissingDependencyError

av = pytest.importorskip("av")

SHADES = [12 * i for i in range(20)]
FRAMES = [Image.fromarray(np.full((48, 64, 3), shade, np.uint8)) for shade in SHADES]


def animation(kind: str) -> bytes:
    buffer = io.BytesIO()
    exact = {"lossless": True} if kind == "WEBP" else {}
    FRAMES[0].save(buffer, kind, save_all=True, append_images=FRAMES[1:], **exact)
    return buffer.getvalue()


def video(codec: str, container: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.gop_size = 5
        for frame in FRAMES:
            file.mux(stream.encode(av.VideoFrame.from_image(frame)))
        file.mux(stream.encode())
    return buffer.getvalue()


MADE = {
    "gif": (animation("GIF"), 0),
    "webp": (animation("WEBP"), 0),
    "png": (animation("PNG"), 0),
    "mp4": (video("mpeg4", "mp4"), 4),
    "avi": (video("mpeg4", "avi"), 4),
    "webm": (video("libvpx", "webm"), 6),
}


def shades(frames: list) -> list[int]:
    return [frame.convert("L").getpixel((30, 30)) for frame in frames]


@pytest.mark.parametrize("how", MADE)
@pytest.mark.parametrize("positions", [[0, 19], [2, 3, 9, 9, 18], list(range(20))])
def test_frames_are_those_that_were_written(how: str, positions: list[int]) -> None:
    content, tolerance = MADE[how]

    found = shades(read_frames(content, lambda _: positions))

    wanted = [SHADES[position] for position in positions]
    np.testing.assert_allclose(found, wanted, atol=tolerance)


def test_frames_in_a_folder_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for i in (0, 2, 10, 9):
        FRAMES[i].save(tmp_path / f"frame{i}.png")
    (tmp_path / "notes.txt").write_text("no frame")

    names = [file.name for file in frame_files(tmp_path)]

    assert names == ["frame0.png", "frame2.png", "frame9.png", "frame10.png"]
    assert shades(read_frames(str(tmp_path), range)) == [0, 24, 108, 120]


@pytest.mark.parametrize("how", ["gif", "webp", "mp4"])
def test_a_video_that_ends_too_early_is_told(how: str) -> None:
    content, _ = MADE[how]

    assert trouble_of(content) == ""
    assert trouble_of(content[: len(content) // 3]) != ""


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nquit\n",
        b"",
    ],
    ids=["playlist", "list of files", "program", "nothing"],
)
def test_what_names_other_files_or_is_a_program_is_refused(content: bytes) -> None:
    assert trouble_of(content) != ""
    with pytest.raises(DataError, match="Where there is no video, give None"):
        read_frames(content, range)


def test_a_frame_or_a_video_beyond_the_limits_is_not_decoded() -> None:
    # A GIF of 65,535 x 65,535 pixels, in 40 bytes.
    head = animation("GIF")
    bomb = head[:6] + b"\xff\xff\xff\xff" + head[10:]

    assert trouble_of(bomb) == "too large"
    with pytest.raises(ValueError, match="over the limit of 500,000"):
        check_length(MAX_FRAMES + 1)
    with pytest.raises(ValueError, match="for an animation"):
        check_length(1000, 64_000_000)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gif")

    with pytest.raises(DataError, match="not a regular file"):
        read_frames(tmp_path / "pipe.gif", range)


def test_without_pyav_a_video_asks_for_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.mp4").write_bytes(MADE["mp4"][0])
    monkeypatch.delitem(__import__("sys").modules, "av")
    monkeypatch.setattr("mmbench.clips.reading.find_spec", lambda name: None)

    with pytest.raises(MissingDependencyError, match=r"mmbench\[video\]"):
        read_frames(tmp_path / "a.mp4", range)
    assert shades(read_frames(MADE["gif"][0], lambda n: [n - 1])) == [228]


def test_sampled_frames_are_spread_evenly() -> None:
    # By hand: parts [0,3) [3,6) [6,9) have their middles at 1, 4 and 7.
    assert sampled(9, 3) == [1, 4, 7]
    assert sampled(9, 3, "ends") == [0, 4, 8]
    assert sampled(9, 3, "start") == [0, 1, 2]
    assert sampled(1, 3, "ends") == [0, 0, 0]
