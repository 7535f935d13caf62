"""Archives that are damaged or hostile are refused, with one line that says why."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mmbench.datasets.archives import unpack
from mmbench.errors import DataError

Change = Callable[[tarfile.TarInfo], None]


def tar_of(path: Path, *members: tuple[str, bytes, Change | None]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content, change in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if change is not None:
                change(info)
            tar.addfile(info, io.BytesIO(content))
    return path


def link_to(target: str, kind: bytes = tarfile.SYMTYPE) -> Change:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = kind, target, 0

    return change


def refusal(archive: Path, into: Path) -> str:
    into.mkdir(exist_ok=True)
    with pytest.raises(DataError) as raised:
        unpack(archive, into)
    message = str(raised.value)
    assert message.startswith(str(archive))
    assert "\n" not in message
    return message


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_a_tar_of_any_packing_comes_out_as_it_went_in(
    tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "a.txt").write_text("one")
    archive = tmp_path / f"x.{suffix}"
    with tarfile.open(archive, f"w:{suffix.partition('.')[2]}") as tar:
        tar.add(tmp_path / "a.txt", "deep/er/a.txt")
    (tmp_path / "out").mkdir()
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out/deep/er/a.txt").read_text() == "one"


def test_a_zip_comes_out_as_it_went_in(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as container:
        container.writestr("deep/a.txt", "one")
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "x.zip", tmp_path / "out")
    assert (tmp_path / "out/deep/a.txt").read_text() == "one"


@pytest.mark.parametrize(
    "name", ["../escaped", "a/../../escaped", "/escaped", "C:\\escaped", "..\\escaped"]
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    tar = tar_of(tmp_path / "x.tar.gz", (name, b"evil", None))
    assert "leads out of the folder" in refusal(tar, tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as container:
        container.writestr(zipfile.ZipInfo(name), b"evil")
    assert "leads out of the folder" in refusal(tmp_path / "x.zip", tmp_path / "out2")
    assert not list(tmp_path.rglob("*escaped*"))


@pytest.mark.parametrize(
    "change",
    [
        link_to("/etc/passwd"),
        link_to("a.txt"),
        link_to("/etc/passwd", tarfile.LNKTYPE),
        link_to("", tarfile.CHRTYPE),
        link_to("", tarfile.FIFOTYPE),
    ],
    ids=["symlink out", "symlink in", "hard link", "device", "pipe"],
)
def test_what_is_no_file_is_refused(tmp_path: Path, change: Change) -> None:
    archive = tar_of(tmp_path / "x.tar.gz", ("a.txt", b"one", None), ("b", b"", change))
    assert "not a file" in refusal(archive, tmp_path / "out")
    assert not (tmp_path / "out/b").exists()


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as container:
        container.writestr(info, "/etc/passwd")
    assert "is a link" in refusal(tmp_path / "x.zip", tmp_path / "out")


def test_a_member_that_comes_twice_is_refused(tmp_path: Path) -> None:
    archive = tar_of(
        tmp_path / "x.tar.gz", ("a.txt", b"good", None), ("A.txt", b"evil", None)
    )
    assert "comes twice" in refusal(archive, tmp_path / "out")
    assert (tmp_path / "out/a.txt").read_bytes() == b"good"


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_a_bomb_is_stopped_while_it_swells(tmp_path: Path, kind: str) -> None:
    zeros = bytes(80 * 2**20)
    archive = tmp_path / f"x.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr("zeros", zeros)
    else:
        tar_of(archive, ("zeros", zeros, None))
    assert "a decompression bomb" in refusal(archive, tmp_path / "out")
    assert (tmp_path / "out/zeros").stat().st_size <= 64 * 2**20


def packed(tmp_path: Path, kind: str) -> Path:
    content = bytes(range(256)) * 400
    archive = tmp_path / f"x.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as container:
            container.writestr("a.bin", content)
        return archive
    return tar_of(archive, ("a.bin", content, None), ("b.bin", content, None))


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.99])
def test_an_archive_that_ends_too_early_is_refused(
    tmp_path: Path, kind: str, share: float
) -> None:
    archive = packed(tmp_path, kind)
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * share)])
    assert "is damaged or incomplete" in refusal(archive, tmp_path / "out")


@pytest.mark.parametrize("kind", ["tar.gz", "zip"])
def test_an_archive_with_a_flipped_byte_is_refused(tmp_path: Path, kind: str) -> None:
    archive = packed(tmp_path, kind)
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 0xFF
    archive.write_bytes(bytes(content))
    assert "is damaged or incomplete" in refusal(archive, tmp_path / "out")


def test_an_archive_of_nothing_is_refused(tmp_path: Path) -> None:
    assert "an empty archive" in refusal(
        tar_of(tmp_path / "x.tar.gz"), tmp_path / "out"
    )
