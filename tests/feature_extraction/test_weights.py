"""Weights files are read as data, fit or say why not, and downloads never hang."""

import contextlib
import hashlib
import pickle
import socket
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")

from mmbench.errors import MissingWeightsError  # noqa: E402
from mmbench.feature_extraction import weights  # noqa: E402
from mmbench.feature_extraction.weights import (  # noqa: E402
    checksum,
    download_weights,
    load_weights,
    read_state_dict,
)

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2)}


def same(state, expected):
    return state.keys() == expected.keys() and all(
        torch.equal(state[name], expected[name]) for name in expected
    )


@pytest.mark.parametrize("name", ["w.pth", "w.pt", "w.bin"])
@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_of_torch_gives_its_tensors(name, zipped, tmp_path):
    torch.save(STATE, tmp_path / name, _use_new_zipfile_serialization=zipped)
    assert same(read_state_dict(tmp_path / name), STATE)


def test_a_safetensors_file_gives_its_tensors(tmp_path):
    safetensors.save_file(STATE, tmp_path / "w.safetensors")
    assert same(read_state_dict(str(tmp_path / "w.safetensors")), STATE)


@pytest.mark.parametrize("key", ["state_dict", "model"])
def test_a_checkpoint_gives_the_weights_in_it(key, tmp_path):
    torch.save({key: STATE, "epoch": 3}, tmp_path / "w.pth")
    assert same(read_state_dict(tmp_path / "w.pth"), STATE)


def test_the_prefix_of_parallel_training_is_left_out(tmp_path):
    torch.save({f"module.{n}": t for n, t in STATE.items()}, tmp_path / "w.pth")
    assert same(read_state_dict(tmp_path / "w.pth"), STATE)


class Trap:
    """Touches a file when it is unpickled by a careless reader."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


@pytest.mark.parametrize(
    "save", [torch.save, lambda thing, path: path.write_bytes(pickle.dumps(thing))]
)
def test_a_pickle_that_runs_code_is_refused_and_runs_nothing(save, tmp_path):
    touched = tmp_path / "touched"
    save({"a.weight": Trap(touched)}, tmp_path / "w.pth")
    with pytest.raises(ValueError, match=r"w\.pth was refused.*could run code"):
        read_state_dict(tmp_path / "w.pth")
    assert not touched.exists()
    # The trap is one: a careless reader would have run it.
    with contextlib.suppress(RuntimeError):  # a bare pickle is not a torch file
        torch.load(tmp_path / "w.pth", weights_only=False)
    assert touched.exists()


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
@pytest.mark.parametrize("content", [b"", b"no weights", b"PK\3\4 no weights"])
def test_a_file_of_something_else_is_told(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=r"was refused|is not a"):
        read_state_dict(tmp_path / name)


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
def test_a_file_cut_short_is_told(name, tmp_path):
    safe = name.endswith("safetensors")
    (safetensors.save_file if safe else torch.save)(STATE, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"is not a|was refused"):
        read_state_dict(tmp_path / name)


@pytest.mark.parametrize("content", [[torch.ones(2)], {}, torch.ones(2)])
def test_what_is_no_state_dict_is_told(content, tmp_path):
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(ValueError, match="must hold a state dict"):
        read_state_dict(tmp_path / "w.pth")


def test_what_is_no_tensor_is_named(tmp_path):
    torch.save(STATE | {"epoch": 3}, tmp_path / "w.pth")
    with pytest.raises(ValueError, match="'epoch': int"):
        read_state_dict(tmp_path / "w.pth")


@pytest.mark.parametrize("read", [read_state_dict, checksum])
def test_no_such_file_is_missing_weights(read, tmp_path):
    with pytest.raises(MissingWeightsError, match=r"no weights file '.*none\.pth'"):
        read(tmp_path / "none.pth")


def two_layers():
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))


def test_weights_are_copied_into_the_network():
    state = {n: torch.rand(t.shape) for n, t in two_layers().state_dict().items()}
    state["1.num_batches_tracked"] = torch.tensor(7)
    network = two_layers()
    load_weights(network, state)
    assert same(network.state_dict(), state)


def test_batch_counters_may_lack():
    state = two_layers().state_dict()
    del state["1.num_batches_tracked"]
    load_weights(two_layers(), dict(state))


def test_names_that_differ_are_listed_the_first_ones():
    state = {f"other.{n}": t for n, t in two_layers().state_dict().items()}
    with pytest.raises(ValueError, match=r"lacking 0\.weight, 0\.bias") as told:
        load_weights(two_layers(), state)
    assert "unknown other.0.weight, other.0.bias" in str(told.value)
    assert "and 3 more" in str(told.value)


def test_shapes_that_differ_are_told():
    state = two_layers().state_dict() | {"0.weight": torch.ones(5, 3)}
    with pytest.raises(ValueError, match=r"0\.weight.*\[5, 3\].*\[2, 3\]"):
        load_weights(two_layers(), state)


def test_tensors_of_auxiliary_classifiers_are_left_out():
    state = two_layers().state_dict() | {"aux1.fc.weight": torch.ones(2)}
    load_weights(two_layers(), state)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "torch" / "hub" / "checkpoints"


def published(folder, content=b"weights"):
    name = f"net-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    (folder / name).write_bytes(content)
    return (folder / name).as_uri()


def test_a_download_lands_in_torchs_cache_and_is_not_repeated(hub, tmp_path):
    url = published(tmp_path)
    path = download_weights(url)
    assert path.parent == hub
    assert path.read_bytes() == b"weights"
    (tmp_path / path.name).unlink()
    assert download_weights(url) == path


def test_a_damaged_download_is_missing_weights(hub, tmp_path):
    path = download_weights(published(tmp_path))
    path.write_bytes(b"weight5")
    with pytest.raises(MissingWeightsError, match=r"damaged.*delete it"):
        download_weights(published(tmp_path))


def test_a_download_that_fails_is_missing_weights(hub, tmp_path):
    with pytest.raises(MissingWeightsError, match="can't be downloaded"):
        download_weights((tmp_path / "none-01234567.pth").as_uri())
    assert not list(hub.glob("*"))


def test_a_server_that_says_nothing_is_left(hub, monkeypatch):
    monkeypatch.setattr(weights, "_TIMEOUT_S", 0.2)
    before = socket.getdefaulttimeout()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/net-01234567.pth"
        start = time.monotonic()
        with pytest.raises(MissingWeightsError, match="timed out"):
            download_weights(url)
    assert time.monotonic() - start < 5
    assert socket.getdefaulttimeout() == before
