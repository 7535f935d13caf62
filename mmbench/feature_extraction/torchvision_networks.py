"""torchvision's networks for classification, without their last layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.errors import (
    MissingDependencyError,
    MissingWeightsError,
    UnknownNameError,
)
from mmbench.feature_extraction.network import Network, require_torch
from mmbench.feature_extraction.weights import (
    download_weights,
    load_weights,
    read_state_dict,
)

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor, nn

__all__ = ["check_arch", "default_weights", "torchvision_network"]

_N_CLASSES = 1000
_MAX_ASPECT = 16


def check_arch(arch: str) -> None:
    """Raise unless torchvision has a classification network of this name.

    Raises
    ------
    ValueError
        When it has none; the message names the nearest.
    MissingDependencyError
        When torchvision is not installed.
    """
    models = _torchvision_models()
    known = models.list_models(module=models)
    if arch not in known:
        raise ValueError(str(UnknownNameError("network", arch, known)))


def default_weights(arch: str) -> Path:
    """Return the local copy of torchvision's default weights of a network.

    Raises
    ------
    MissingWeightsError
        When they can't be downloaded; the message says what else can be done.
    """
    try:
        return download_weights(_default(arch).url)
    except MissingWeightsError as error:
        raise MissingWeightsError(
            f"the default weights of {arch} can't be had: {error} Give a local file "
            f"with --weights {arch}=PATH, or weights=PATH from Python."
        ) from error


def torchvision_network(
    arch: str, path: Path | None, *, seed: int = 0, framing: str = "crop"
) -> Network:
    """Build a network of torchvision's without its last layer.

    Parameters
    ----------
    arch : str
        One of ``torchvision.models.list_models(module=torchvision.models)``.
    path : Path or None
        The file of its weights, for any number of classes; None for random ones.
    seed : int, default=0
        Of the random weights.
    framing : {"crop", "pad", "stretch"}, default="crop"
        How an image becomes the network's square.

    Returns
    -------
    Network
        Its images are prepared as torchvision's default weights of `arch` say.

    Raises
    ------
    ValueError
        When the file's weights are not this network's.
    """
    import torch

    default = _default(arch)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _torchvision_models().get_model(arch, **_options(arch, default))
    head, n_features = _remove_head(module)
    if path is not None:
        state = read_state_dict(path)
        kept = {n: t for n, t in state.items() if not n.startswith(f"{head}.")}
        load_weights(module, kept)
        if hasattr(module, "transform_input"):
            # The published weights were trained on other means and deviations.
            module.transform_input = True
    module = module.eval().to(memory_format=torch.channels_last)
    prepare = _prepare(default.transforms(), framing)
    return Network(module=module, prepare=prepare, mode="RGB", n_features=n_features)


def _torchvision_models() -> Any:
    require_torch()
    try:
        from torchvision import models
    except (ImportError, RuntimeError) as error:  # RuntimeError: another torch's build
        raise MissingDependencyError("torchvision", extra="torch") from error
    return models


def _default(arch: str) -> Any:
    return _torchvision_models().get_model_weights(arch).DEFAULT


def _options(arch: str, default: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"weights": None, "num_classes": _N_CLASSES}
    if arch in {"googlenet", "inception_v3"}:
        options |= {"aux_logits": False, "init_weights": False}
    if arch.startswith("vit_"):
        options["image_size"] = default.meta["min_size"][0]
    return options


def _remove_head(module: nn.Module) -> tuple[str, int]:
    """Put identity in place of the layer that tells classes; return name and width."""
    from torch import nn

    heads = [
        name
        for name, layer in module.named_modules()
        if (isinstance(layer, nn.Linear) and layer.out_features == _N_CLASSES)
        or (isinstance(layer, nn.Conv2d) and layer.out_channels == _N_CLASSES)
    ]
    parent, _, child = heads[-1].rpartition(".")
    layer: Any = module.get_submodule(heads[-1])
    setattr(module.get_submodule(parent), child, nn.Identity())
    wide = layer.in_features if isinstance(layer, nn.Linear) else layer.in_channels
    return heads[-1], int(wide)


def _prepare(transforms: Any, framing: str) -> Callable[[Image], Tensor]:
    if framing != "crop":  # the square is then all of the picture
        transforms.resize_size = transforms.crop_size
    side = transforms.crop_size[0]

    def prepare(image: Image) -> Tensor:
        prepared: Tensor = transforms(_framed(_without_far_ends(image), framing, side))
        return prepared

    return prepare


def _framed(image: Image, framing: str, side: int) -> Image:
    from PIL.Image import Resampling
    from PIL.ImageOps import pad

    if framing == "pad":
        return pad(image, (side, side), Resampling.BILINEAR, color="white")
    if framing == "stretch":
        return image.resize((side, side), Resampling.BILINEAR)
    return image  # transforms crop it


def _without_far_ends(image: Image) -> Image:
    """Cut the ends of a sliver, which would be huge when its width is scaled up."""
    short, (width, height) = min(image.size), image.size
    if max(width, height) <= short * _MAX_ASPECT:
        return image
    wide, high = min(width, short * _MAX_ASPECT), min(height, short * _MAX_ASPECT)
    left, top = (width - wide) // 2, (height - high) // 2
    return image.crop((left, top, left + wide, top + high))
