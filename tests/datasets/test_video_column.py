"""Which videos of a column can be used is found out when it is loaded."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmbench.columns import Column
from mmbench.datasets import kept_samples, read_table
from mmbench.datasets.references import Folders
from mmbench.datasets.samples import Samples
from mmbench.datasets.video_column import video_values
from mmbench.errors import DataError, RequirementError

FRAMES = [Image.new("RGB", (30, 20), (10 * i, 0, 0)) for i in range(9)]


def gif(frames=FRAMES) -> bytes:
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


BAD = {
    "neither an animation nor a video": b"hello",
    "truncated or damaged": gif()[:120],
    "too large": gif()[:6] + b"\xff\xff\xff\xff" + gif()[10:],
}


def folder_of_frames(folder: Path) -> Path:
    folder.mkdir()
    for i, frame in enumerate(FRAMES):
        frame.save(folder / f"{i}.png")
    return folder


@pytest.mark.parametrize("why", BAD)
def test_a_video_that_cannot_be_used_counts_as_missing_with_a_notice(
    tmp_path: Path, why: str
) -> None:
    (tmp_path / "good.gif").write_bytes(gif())
    (tmp_path / "bad.gif").write_bytes(BAD[why])
    folder_of_frames(tmp_path / "frames")
    cells = ["good.gif", "bad.gif", "frames", None]

    values, checksums, notices = video_values(
        Column("clip", cells, range(1, 5)), Folders(tmp_path)
    )

    root = tmp_path.resolve()
    assert values == [str(root / "good.gif"), None, str(root / "frames"), None]
    assert [bool(each) for each in checksums] == [True, False, True, False]
    assert notices[0] == (
        "column 'clip': 1 of 4 cells are empty and count as missing (the first in row "
        "4)."
    )
    assert notices[1] == (
        f"column 'clip': 1 of 4 videos can't be used and count as missing: 1 {why} "
        "(the first is 'bad.gif' in row 2)."
    )


def test_a_folder_with_a_damaged_frame_is_missing(tmp_path: Path) -> None:
    frames = folder_of_frames(tmp_path / "frames")
    (frames / "4.png").write_bytes(b"\x89PNG no")

    with pytest.raises(DataError, match="1 truncated or damaged"):
        video_values(Column("clip", ["frames"], [1]), Folders(tmp_path))


def test_neither_a_path_nor_a_frame_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"")
    root = tmp_path / "data"
    root.mkdir()
    frames = folder_of_frames(root / "frames")
    (frames / "3.png").unlink()
    (frames / "3.png").symlink_to(tmp_path / "secret.png")

    for cell in ("../secret.png", "frames"):
        with pytest.raises(DataError, match=r"row 1, column 'clip'.* leaves"):
            video_values(Column("clip", [cell], [1]), Folders(root))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gif")

    with pytest.raises(DataError, match="1 not a file"):
        video_values(Column("clip", ["pipe.gif"], [1]), Folders(tmp_path))


def test_without_pyav_the_row_of_a_video_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    monkeypatch.delitem(__import__("sys").modules, "av")
    monkeypatch.setattr("mmbench.clips.reading.find_spec", lambda name: None)
    (tmp_path / "a.mp4").write_bytes(b"any")

    with pytest.raises(RequirementError, match=r"row 1, column 'clip'.*mmbench\[video"):
        video_values(Column("clip", ["a.mp4"], [1]), Folders(tmp_path))


def test_what_a_video_holds_is_part_of_a_dataset_s_identity(tmp_path: Path) -> None:
    frames = folder_of_frames(tmp_path / "frames")
    table = tmp_path / "clips.csv"
    table.write_text("clip,kind\nframes,a\nframes,b\n")

    def checksum() -> str:
        return read_table(table, target="kind", video=["clip"]).checksum

    before = checksum()
    assert checksum() == before
    FRAMES[1].save(frames / "0.png")
    assert checksum() != before


def test_a_kept_sample_is_a_strip_of_three_frames() -> None:
    import base64

    import pandas as pd

    clip = np.zeros((9, 20, 30), np.uint8)
    clip[1], clip[4], clip[7] = 50, 120, 250
    X = pd.DataFrame({"clip": pd.Series([clip, None], dtype=object)})
    kept = kept_samples(Samples(X, np.array([0, 1])), {"clip": "video"})

    strip, missing = kept["columns"]["clip"]["cells"]
    picture = Image.open(io.BytesIO(base64.b64decode(strip))).convert("L")
    assert picture.size == (3 * 30 + 2, 20)
    seen = [picture.getpixel((15 + 31 * i, 10)) for i in range(3)]
    np.testing.assert_allclose(seen, [50, 120, 250], atol=4)
    assert missing is None
