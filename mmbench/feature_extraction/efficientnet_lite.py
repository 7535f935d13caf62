"""EfficientNet-Lite0: a small network for pictures.

This module needs torch, so it is imported where it is used.

References
----------
M. Tan, Q. V. Le. *EfficientNet: rethinking model scaling for convolutional neural
networks.* ICML 2019. The Lite variants leave out squeeze-and-excitation and use ReLU6.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from mmbench.feature_extraction.framing import Frame, Framing
from mmbench.feature_extraction.layers import cut_at
from mmbench.feature_extraction.network import Network, Pool
from mmbench.feature_extraction.weights import load_weights, read_state_dict

__all__ = ["lite_network"]

_SIDE, _RESIZE = 224, 256
_MEAN, _STD = 127 / 255, 128 / 255
_HEAD = "_fc."
# Blocks in a row, side of the kernel, first stride, expansion, channels.
_STAGES = (
    *((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80)),
    *((3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320)),
)
_N_STEM, _N_FEATURES = 32, 1280


def lite_network(
    path: Path | None,
    *,
    seed: int = 0,
    framing: Framing = "crop",
    layer: str | None = None,
    pool: Pool = "mean",
) -> Network:
    """Build EfficientNet-Lite0 up to a layer.

    Parameters
    ----------
    path : Path or None
        The file of its weights; None for random ones.
    seed : int, default=0
        Of the random weights.
    framing : {"crop", "pad", "stretch"}, default="crop"
        How an image becomes the network's square.
    layer : str, optional
        The last layer to compute; by default all but the one that predicts classes.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How a map becomes a vector.

    Returns
    -------
    Network
        Pixels p become (p - 127) / 128, as in the network's training.

    Raises
    ------
    ValueError
        When the file's weights are not this network's, or it has no such layer.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _EfficientNetLite0()
    if path is not None:
        state = read_state_dict(path).items()
        load_weights(module, {n: t for n, t in state if not n.startswith(_HEAD)})
    frame = Frame(
        crop=(_SIDE, _SIDE), resize=_RESIZE, framing=framing, interpolation="BICUBIC"
    )
    return Network(
        module=cut_at(module.eval(), layer),
        frame=frame,
        mode="RGB",
        mean=(_MEAN,) * 3,
        std=(_STD,) * 3,
        least_side=frame.least_side,
        pool=pool,
    )


class _EfficientNetLite0(nn.Module):
    """The network but for its last layer; the names are those of the weights' file."""

    def __init__(self) -> None:
        super().__init__()
        self._pad = _padding(3, 2)
        self._conv_stem = nn.Conv2d(3, _N_STEM, 3, stride=2, bias=False)
        self._bn0 = _norm(_N_STEM)
        self._blocks = nn.Sequential(*_blocks())
        self._conv_head = nn.Conv2d(_STAGES[-1][-1], _N_FEATURES, 1, bias=False)
        self._bn1 = _norm(_N_FEATURES)
        self._relu = nn.ReLU6(inplace=True)
        self._pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, batch: Tensor) -> Tensor:
        maps = self._relu(self._bn0(self._conv_stem(self._pad(batch))))
        maps = self._relu(self._bn1(self._conv_head(self._blocks(maps))))
        features: Tensor = self._pool(maps)
        return features


class _Block(nn.Module):
    """An inverted residual: expand, filter each channel by itself, project."""

    def __init__(
        self, n_in: int, n_out: int, *, side: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        n_wide = n_in * expansion
        self._relu = nn.ReLU6(inplace=True)
        if expansion > 1:
            self._expand_conv = nn.Conv2d(n_in, n_wide, 1, bias=False)
            self._bn0 = _norm(n_wide)
        self._pad = _padding(side, stride)
        self._depthwise_conv = nn.Conv2d(
            n_wide, n_wide, side, stride=stride, groups=n_wide, bias=False
        )
        self._bn1 = _norm(n_wide)
        self._project_conv = nn.Conv2d(n_wide, n_out, 1, bias=False)
        self._bn2 = _norm(n_out)
        self._expands = expansion > 1
        self._adds = stride == 1 and n_in == n_out

    def forward(self, maps: Tensor) -> Tensor:
        wide = maps
        if self._expands:
            wide = self._relu(self._bn0(self._expand_conv(maps)))
        wide = self._relu(self._bn1(self._depthwise_conv(self._pad(wide))))
        projected: Tensor = self._bn2(self._project_conv(wide))
        return projected + maps if self._adds else projected


def _blocks() -> Iterator[_Block]:
    n_in = _N_STEM
    for n_blocks, side, stride, expansion, n_out in _STAGES:
        for i in range(n_blocks):
            first = stride if i == 0 else 1
            yield _Block(n_in, n_out, side=side, stride=first, expansion=expansion)
            n_in = n_out


def _norm(n_channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(n_channels, eps=1e-3)


def _padding(side: int, stride: int) -> nn.ZeroPad2d:
    """Pad maps of even height and width as TensorFlow does: more behind than before."""
    before = (side - stride) // 2
    behind = side - stride - before
    return nn.ZeroPad2d((before, behind, before, behind))
