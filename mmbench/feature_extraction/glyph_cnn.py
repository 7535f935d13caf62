"""The small network for characters whose weights come with mmbench.

``benchmarks/train_glyph_cnn.py`` makes the weights again;
``datasets/glyph_cnn/weights.toml`` says how they were made and what they are worth.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.layers import cut_at
from mmbench.feature_extraction.network import Network, Pool, require_torch
from mmbench.feature_extraction.weights import load_weights, read_state_dict

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import nn

__all__ = ["glyph_network", "glyph_trunk", "glyph_weights"]

_SIDE = 32
_CHANNELS = (32, 64, 128)


def glyph_weights() -> Path:
    """Return the path of the shipped weights, in a wheel or in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "datasets" / "embedded"
    root = installed if installed.is_dir() else package.parent / "datasets"
    return root / "glyph_cnn" / "glyph_cnn.safetensors"


def glyph_network(
    path: Path | None, seed: int, *, layer: str | None = None, pool: Pool = "mean"
) -> Network:
    """Build the network for characters.

    Parameters
    ----------
    path : Path or None
        The file of its weights; None for random ones.
    seed : int
        Of the random weights.
    layer : str, optional
        The last layer to compute.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How a map becomes a vector.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        When the file's weights are not this network's, or it has no such layer.
    """
    require_torch()
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module: nn.Module = nn.Sequential(*glyph_trunk(), nn.AvgPool2d(2), nn.Flatten())
    if path is not None:
        load_weights(module, read_state_dict(path))
    module = cut_at(module.eval(), layer)
    return Network(module=module, frame=frame, mode="L", pool=pool)


def glyph_trunk() -> nn.Sequential:
    """Return the layers from (n, 1, 32, 32) pixels to a (n, 128, 4, 4) map."""
    from torch import nn

    first, *others = _CHANNELS
    layers: list[nn.Module] = [
        nn.Conv2d(1, first, 5, stride=2, padding=2, bias=False),
        nn.BatchNorm2d(first),
        nn.ReLU(inplace=True),
    ]
    for before, after in itertools.pairwise((first, *others)):
        layers += [
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        ]
    return nn.Sequential(*layers)


def frame(image: Image) -> NDArray[np.uint8]:
    """Scale a grey image to the network's size, its characters bright on dark.

    Parameters
    ----------
    image : PIL.Image.Image
        In mode ``"L"``, of any size; light paper is inverted.

    Returns
    -------
    ndarray of shape (32, 32, 1), dtype uint8
    """
    from PIL.Image import Resampling

    if image.size != (_SIDE, _SIDE):
        image = image.resize((_SIDE, _SIDE), Resampling.BILINEAR)
    pixels = np.asarray(image)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if np.median(border) > 127.5:  # light paper
        pixels = 255 - pixels
    return pixels[:, :, None]
