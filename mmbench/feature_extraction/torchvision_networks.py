"""torchvision's networks for classification, without their last layer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.errors import (
    MissingDependencyError,
    MissingWeightsError,
    UnknownNameError,
)
from mmbench.feature_extraction.framing import Framing, frame_of
from mmbench.feature_extraction.layers import cut_at
from mmbench.feature_extraction.network import Network, Pool, require_torch
from mmbench.feature_extraction.weights import (
    cached_weights,
    load_weights,
    read_state_dict,
)

if TYPE_CHECKING:
    from torch import nn

__all__ = ["check_arch", "default_url", "default_weights", "torchvision_network"]

_N_CLASSES = 1000


def check_arch(arch: str) -> None:
    """Raise unless torchvision has a classification network of this name.

    Parameters
    ----------
    arch : str
        A network's name, such as ``"resnet18"``.

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

    Parameters
    ----------
    arch : str
        A network's name, such as ``"resnet18"``.

    Returns
    -------
    Path
        The file in torch's cache.

    Raises
    ------
    MissingWeightsError
        When it is not there; the message names the command that fetches it.
    """
    path = cached_weights(default_url(arch))
    if path is None:
        raise MissingWeightsError(
            f"the weights of {arch} are not on this machine. To download them, run: "
            f"mmbench weights fetch {arch}. Or give a local file: --weights "
            f"{arch}=PATH, or weights=PATH from Python."
        )
    return path


def default_url(arch: str) -> str:
    """Return the address of torchvision's default weights of a network.

    Parameters
    ----------
    arch : str
        A network's name, such as ``"resnet18"``.

    Returns
    -------
    str
        A URL.
    """
    return str(_default(arch).url)


def torchvision_network(
    arch: str,
    path: Path | None,
    *,
    seed: int = 0,
    framing: Framing = "crop",
    layer: str | None = None,
    pool: Pool = "mean",
) -> Network:
    """Build a network of torchvision's up to a layer.

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
    layer : str, optional
        The last layer to compute; by default all but the one that predicts classes.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How a map or a sequence becomes a vector.

    Returns
    -------
    Network
        Its images are prepared as torchvision's default weights of `arch` say.

    Raises
    ------
    ValueError
        When the file's weights are not this network's, or it has no such layer.
    """
    import torch

    default = _default(arch)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _torchvision_models().get_model(arch, **_options(arch, default))
    head = _remove_head(module)
    if path is not None:
        state = read_state_dict(path)
        kept = {n: t for n, t in state.items() if not n.startswith(f"{head}.")}
        load_weights(module, kept)
        if hasattr(module, "transform_input"):
            # The published weights were trained on other means and deviations.
            module.transform_input = True
    transforms = default.transforms()
    frame = frame_of(transforms, framing)
    return Network(
        module=cut_at(module.eval(), layer),
        frame=frame,
        mode="RGB",
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        least_side=frame.least_side,
        pool=pool,
        # Swin transformers alone keep the channels of their maps last.
        channels_first=not arch.startswith("swin"),
    )


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


def _remove_head(module: nn.Module) -> str:
    """Put identity in place of the layer that predicts classes, and return its name."""
    from torch import nn

    heads = [
        name
        for name, layer in module.named_modules()
        if (isinstance(layer, nn.Linear) and layer.out_features == _N_CLASSES)
        or (isinstance(layer, nn.Conv2d) and layer.out_channels == _N_CLASSES)
    ]
    parent, _, child = heads[-1].rpartition(".")
    setattr(module.get_submodule(parent), child, nn.Identity())
    return str(heads[-1])
