"""Downloads are checked, go on where they stopped, and leave nothing half done."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mmbench.datasets import Card, Download, read_card
from mmbench.datasets.fetching import download, fetch
from mmbench.errors import DataError

CONTENT = bytes(range(256)) * 2000


@dataclass
class Server:
    """A server on the loopback that breaks the line when it is told to."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int | None = None
    knows_ranges: bool = True
    asked: list[str | None] = field(default_factory=list)


def handler_of(server: Server) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            server.asked.append(wanted)
            content = server.files.get(self.path.lstrip("/"))
            if content is None:
                self.send_error(404)
                return
            start = 0
            if wanted and server.knows_ranges:
                start = int(wanted.removeprefix("bytes=").rstrip("-"))
                if start >= len(content):
                    self.send_error(416)
                    return
                self.send_response(206)
            else:
                self.send_response(200)
            rest = content[start:]
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            cut = server.breaks_after
            self.wfile.write(rest if cut is None else rest[:cut])

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(served))
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    served.url = f"http://127.0.0.1:{httpd.server_port}"
    yield served
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def source(server: Server, content: bytes = CONTENT) -> Download:
    server.files["data.bin"] = CONTENT
    digest = hashlib.sha256(content).hexdigest()
    return Download(url=f"{server.url}/data.bin", checksum=f"sha256:{digest}")


def test_a_file_is_downloaded_and_progress_is_told(
    server: Server, tmp_path: Path
) -> None:
    told: list[tuple[int, int | None]] = []
    path = download(source(server), tmp_path, lambda *now: told.append(now))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_an_interrupted_download_asks_for_the_rest_only(
    server: Server, tmp_path: Path
) -> None:
    wanted = source(server)
    server.breaks_after = 300_000
    with pytest.raises(DataError, match=r"bytes are kept.*Run the same command again"):
        download(wanted, tmp_path)
    kept = (tmp_path / "data.bin.part").stat().st_size
    assert 0 < kept <= 300_000
    server.breaks_after = None
    assert download(wanted, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={kept}-"]
    assert not (tmp_path / "data.bin.part").exists()


def test_a_server_that_knows_no_ranges_is_listened_to_from_the_start(
    server: Server, tmp_path: Path
) -> None:
    wanted = source(server)
    (tmp_path / "data.bin.part").write_bytes(CONTENT[:1000])
    server.knows_ranges = False
    assert download(wanted, tmp_path).read_bytes() == CONTENT


def test_a_part_that_is_longer_than_the_file_is_thrown_away(
    server: Server, tmp_path: Path
) -> None:
    wanted = source(server)
    (tmp_path / "data.bin.part").write_bytes(CONTENT + b"more")
    assert download(wanted, tmp_path).read_bytes() == CONTENT


def test_what_is_not_what_the_card_says_is_refused_and_not_kept(
    server: Server, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match="does not match its card"):
        download(source(server, b"other"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    missing = Download(url=f"{server.url}/nothing.bin")
    with pytest.raises(DataError, match=r"can't be downloaded \(HTTPError\)"):
        download(missing, tmp_path)


@pytest.fixture
def card(plants: Path, server: Server) -> Card:
    """The card of plants, with a download for each file."""
    server.files |= {
        "train.csv": (plants / "train.csv").read_bytes(),
        "plants.tar.gz": _tar_of_test(plants),
    }
    downloads = tuple(
        Download(url=f"{server.url}/{name}") for name in ("train.csv", "plants.tar.gz")
    )
    read = read_card(plants / "card.toml")
    return read.model_copy(update={"downloads": downloads})


def _tar_of_test(plants: Path) -> bytes:
    import io
    import tarfile

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.add(plants / "more/test.csv", "more/test.csv")
    return buffer.getvalue()


def test_fetch_installs_files_and_archives_together(card: Card, tmp_path: Path) -> None:
    root = fetch(card, tmp_path / "home")
    assert (root / "train.csv").is_file()
    assert (root / "more/test.csv").is_file()
    waiting = tmp_path / "home/.downloads/plants"
    assert not waiting.exists()


def test_fetch_goes_on_with_what_is_there_already(
    card: Card, server: Server, tmp_path: Path
) -> None:
    archive = server.files.pop("plants.tar.gz")
    with pytest.raises(DataError, match="can't be downloaded"):
        fetch(card, tmp_path / "home")
    assert not (tmp_path / "home/plants").exists()
    server.files["plants.tar.gz"] = archive
    server.asked.clear()
    fetch(card, tmp_path / "home")
    assert len(server.asked) == 1


def test_fetch_refuses_data_that_is_not_what_the_card_says(
    card: Card, server: Server, tmp_path: Path
) -> None:
    server.files["train.csv"] = b"name,kind\nrose,tree\noak,flower\n"
    with pytest.raises(DataError, match=r"train\.csv does not match its card"):
        fetch(card, tmp_path / "home")
    assert not (tmp_path / "home/plants").exists()


def test_a_dataset_that_can_t_be_downloaded_says_how_it_is_got(
    plants: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"Ask nobody\..*--from PATH"):
        fetch(read_card(plants / "card.toml"), tmp_path)
