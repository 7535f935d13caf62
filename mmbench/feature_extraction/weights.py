"""Read and fetch the weights of networks. Weights are data: nothing in them runs."""

from __future__ import annotations

import functools
import hashlib
import pickle
import re
import socket
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.errors import MissingDependencyError, MissingWeightsError

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "cached_weights",
    "checksum",
    "download_weights",
    "load_weights",
    "read_state_dict",
]

_TIMEOUT_S = 10.0
_N_NAMED = 3
_WRAPPERS = ("state_dict", "model")

# Networks saved by old versions of torchvision: what it renames when it loads them.
_OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.\w+)$")


def read_state_dict(path: str | Path) -> dict[str, Tensor]:
    """Read the named tensors of a weights file.

    Parameters
    ----------
    path : str or Path
        A ``.safetensors`` file, or a file that :func:`torch.save` wrote a state dict
        to (``.pth``, ``.pt``), by itself or under the key ``"state_dict"`` or
        ``"model"``.

    Returns
    -------
    dict of str to Tensor

    Raises
    ------
    MissingWeightsError
        When there is no such file.
    ValueError
        When it holds something other than named tensors. A pickle that asks for code
        to be run is refused, and nothing of it is run.
    MissingDependencyError
        When the file is ``.safetensors`` and safetensors is not installed.
    """
    path = _existing(path)
    safe = path.suffix == ".safetensors"
    content = _read_safetensors(path) if safe else _read_pickle(path)
    for key in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    _check_tensors(path, content)
    state = {name.removeprefix("module."): each for name, each in content.items()}
    return _with_metadata(state, getattr(content, "_metadata", None))


def checksum(path: str | Path) -> str:
    """Return the SHA-256 of a weights file; read once while the file is unchanged.

    Parameters
    ----------
    path : str or Path
        The file of weights.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    MissingWeightsError
        When there is no such file.
    """
    stat = _existing(path).stat()
    return _checksum(str(path), stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _checksum(path: str, _size: int, _mtime_ns: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_weights(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Copy named tensors into a network, which must have exactly these.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    state : mapping of str to Tensor
        Its weights. Batch counters of normalisation layers may lack, and tensors of
        auxiliary classifiers that the network was built without are left out.

    Raises
    ------
    ValueError
        When names or shapes differ; the message says the first ones.
    """
    kept = {_OLD_DENSENET.sub(r"\1\2", n): t for n, t in state.items() if _kept(n)}
    version = getattr(module, "_version", 1)
    metadata = getattr(state, "_metadata", None) or {"": {"version": version}}
    try:
        missing, extra = module.load_state_dict(
            _with_metadata(kept, metadata), strict=False
        )
    except RuntimeError as error:  # shapes that differ, one line each
        lines = [line.strip(" \t.") for line in str(error).splitlines()[1:]]
        raise ValueError(f"the weights don't fit: {_first(lines)}") from error
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    found = [f"lacking {_first(missing)}"] if missing else []
    found += [f"unknown {_first(extra)}"] if extra else []
    if found:
        raise ValueError(f"the weights are another network's: {'; '.join(found)}")


def cached_weights(url: str) -> Path | None:
    """Return the local copy of one of torchvision's weights files, if there is one.

    It lies in torch's own cache, where torchvision looks for it as well.

    Parameters
    ----------
    url : str
        The file's address. Its name ends in the first digits of its SHA-256.

    Returns
    -------
    Path or None
        The file, whose checksum is right.

    Raises
    ------
    MissingWeightsError
        When it is not the one that its name says.
    """
    path = _cached(url)
    if not path.is_file():
        return None
    expected = re.search(r"-([0-9a-f]{8,})\.", path.name)
    found = checksum(path)
    if expected and not found.startswith(expected[1]):
        raise MissingWeightsError(
            f"{path} is damaged: its SHA-256 is {found}, which should begin with "
            f"{expected[1]}; delete it."
        )
    return path


def download_weights(url: str) -> Path:
    """Return the local copy of one of torchvision's weights files, fetched if need be.

    Parameters
    ----------
    url : str
        As for :func:`cached_weights`.

    Returns
    -------
    Path

    Raises
    ------
    MissingWeightsError
        When the file can't be downloaded, or is not the one that its name says.
    """
    import torch

    path = _cached(url)
    try:
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            with _socket_timeout(_TIMEOUT_S):
                torch.hub.download_url_to_file(url, str(path), progress=False)
    except (OSError, HTTPException) as error:
        raise MissingWeightsError(f"{url} can't be downloaded ({error}).") from error
    return cached_weights(url) or path


def _cached(url: str) -> Path:
    import torch

    return Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise MissingWeightsError(f"there is no weights file {str(path)!r}.")
    return path


def _read_safetensors(path: Path) -> Any:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise MissingDependencyError("safetensors", extra="torch") from error
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise ValueError(f"{path} is not a safetensors file: {error}.") from error


def _read_pickle(path: Path) -> Any:
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old file formats
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"{path} was refused: it is damaged, or a pickle of more than tensors, "
            "which could run code. Save a state dict, or use safetensors."
        ) from error
    except (
        RuntimeError,
        OSError,
        EOFError,
        LookupError,
        ValueError,
        TypeError,
    ) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{path} is not a file of torch weights: {reason}") from error


def _check_tensors(path: Path, content: Any) -> None:
    import torch

    if not isinstance(content, Mapping) or not content:
        raise ValueError(
            f"{path} must hold a state dict (names and tensors), "
            f"got {type(content).__name__}."
        )
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, torch.Tensor):
            raise ValueError(
                f"{path} must hold names and tensors alone, got {name!r}: "
                f"{type(value).__name__}."
            )


class _StateDict(dict[str, Any]):
    """A state dict with the format versions of its modules, as torch keeps them."""

    _metadata: Mapping[str, Any] | None = None


def _with_metadata(
    state: Mapping[str, Tensor], metadata: Mapping[str, Any] | None
) -> _StateDict:
    with_metadata = _StateDict(state)
    with_metadata._metadata = metadata
    return with_metadata


def _kept(name: str) -> bool:
    return not name.startswith(("aux1.", "aux2.", "AuxLogits."))


def _first(names: list[str]) -> str:
    rest = len(names) - _N_NAMED
    listed = ", ".join(names[:_N_NAMED])
    return f"{listed} and {rest} more." if rest > 0 else f"{listed}."


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    # torch.hub has no parameter for it, and without one a dead connection never ends.
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
