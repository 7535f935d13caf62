"""Pretrained files that a model reads: put beside it, and found again there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmbench.export.graph import parts_of

__all__ = ["bundle", "unbundle"]

FOLDER = "pretrained"
_BESIDE = "beside the model: "
# What torch saves is a pickle; the numbers in it are kept without one.
_OF_TORCH = (".pth", ".pt", ".bin")


def bundle(model: Any, folder: Path) -> None:
    """Copy the files that a fitted model reads, and let it name the copies.

    What comes with mmbench or another package stays there.

    Parameters
    ----------
    model : estimator
        Fitted; its parameters that name files are changed.
    folder : Path
        The model's folder.
    """
    kept: dict[Path, str] = {}
    for part in parts_of(model):
        for parameter, path in list(_own_files(part)):
            if path not in kept:
                name = f"{FOLDER}/{len(kept)}-{path.name}"
                kept[path] = _copied(path, folder, name)
            setattr(part, parameter, _BESIDE + kept[path])


def unbundle(model: Any, folder: Path) -> None:
    """Let a loaded model find the files that lie beside it.

    Parameters
    ----------
    model : estimator
        As it was saved after `bundle`; its parameters are changed.
    folder : Path
        The model's folder, whose files have been checked.
    """
    for part in parts_of(model):
        if not hasattr(part, "files_read"):
            continue
        for parameter, value in part.get_params(deep=False).items():
            if isinstance(value, str) and value.startswith(_BESIDE):
                name = value.removeprefix(_BESIDE)
                setattr(
                    part, parameter, str(folder.resolve() / FOLDER / Path(name).name)
                )


def _own_files(part: Any) -> Iterator[tuple[str, Path]]:
    """Yield the parameters of an extractor that name files, and the files."""
    if not hasattr(part, "files_read") or not hasattr(part, "get_params"):
        return
    read = [Path(each).resolve() for each in part.files_read()]
    for parameter, value in part.get_params(deep=False).items():
        if parameter == "weights" and value == "default" and read:
            yield parameter, read[0]
        elif isinstance(value, str | os.PathLike):
            path = Path(value).resolve()
            if path in read or any(path in each.parents for each in read):
                yield parameter, path


def _copied(path: Path, folder: Path, name: str) -> str:
    """Copy a file or folder into the model's; return the copy's name there."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, folder / name, symlinks=False)
        return name
    if path.suffix not in _OF_TORCH:
        shutil.copyfile(path, folder / name)
        return name
    from safetensors.torch import save_file

    from mmbench.feature_extraction.weights import read_state_dict

    name = f"{name.removesuffix(path.suffix)}.safetensors"
    state = read_state_dict(path)
    save_file(
        {n: t.detach().clone().contiguous() for n, t in state.items()}, folder / name
    )
    return name
