"""The networks for photos by name: torchvision's, and EfficientNet-Lite0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmbench.feature_extraction.network import Network, require_torch
from mmbench.feature_extraction.packaged import EFFICIENTNET_LITE0
from mmbench.feature_extraction.torchvision_networks import (
    check_arch,
    default_weights,
    torchvision_network,
)

__all__ = ["check_network", "photo_network", "published_weights"]


def check_network(arch: str) -> None:
    """Raise unless there is a network for photos of this name.

    Parameters
    ----------
    arch : str
        A network's name, such as ``"resnet18"``.

    Raises
    ------
    ValueError
        When there is none; the message names the nearest.
    MissingDependencyError
        When torchvision is not installed and could have it.
    """
    if arch != EFFICIENTNET_LITE0.name:
        check_arch(arch)


def published_weights(arch: str) -> Path:
    """Return the file of a network's default weights on this machine.

    Parameters
    ----------
    arch : str
        A network's name.

    Returns
    -------
    Path
        In torch's cache, or in the package that brings it.

    Raises
    ------
    MissingDependencyError
        When that package is not installed.
    MissingWeightsError
        When there is no such file, or it is damaged.
    """
    if arch == EFFICIENTNET_LITE0.name:
        return EFFICIENTNET_LITE0.path() / EFFICIENTNET_LITE0.weights
    return default_weights(arch)


def photo_network(arch: str, path: Path | None, **options: Any) -> Network:
    """Build a network up to a layer.

    Parameters
    ----------
    arch : str
        A network's name.
    path : Path or None
        The file of its weights; None for random ones.
    **options
        As :func:`~mmbench.feature_extraction.torchvision_networks.torchvision_network`
        takes them.

    Returns
    -------
    Network
        In float32, on the processor.
    """
    if arch != EFFICIENTNET_LITE0.name:
        return torchvision_network(arch, path, **options)
    require_torch()
    from mmbench.feature_extraction.efficientnet_lite import lite_network

    return lite_network(path, **options)
