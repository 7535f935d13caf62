"""Features of images from someone's own network."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.framing import (
    FRAMINGS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Frame,
    Framing,
)
from mmbench.feature_extraction.image_column import Size, height_and_width
from mmbench.feature_extraction.layers import cut_at
from mmbench.feature_extraction.network import Network, Pool
from mmbench.feature_extraction.network_extractor import BatchSize, NetworkExtractor
from mmbench.feature_extraction.parameters import require_choice
from mmbench.feature_extraction.precision import accelerated

if TYPE_CHECKING:
    from torch import nn

    from mmbench.feature_extraction.images import ImageMode

__all__ = ["TorchModuleExtractor"]

_MODES = ("L", "RGB")

# Made ready once for each module, as long as its weights stay the same.
_ready: WeakKeyDictionary[Any, tuple[Any, Network]] = WeakKeyDictionary()


class TorchModuleExtractor(NetworkExtractor):
    """What a network of your own computes of an image.

    Parameters
    ----------
    module : torch.nn.Module
        Maps a batch of shape (n, n_channels, height, width), float32, to vectors, maps
        or sequences, a row each. A copy of it is used, in evaluation mode.
    size : int or (int, int), default=224
        Side of a square, or (height, width), in pixels, that images are scaled to.
    mode : {"L", "RGB"}, default="RGB"
        Grey or colour: whether `module` takes one channel or three.
    mean, std : sequence of float, default=those of ImageNet
        Of each channel, from 0 to 1: pixels are normalised by them.
    framing : {"crop", "pad", "stretch"}, default="crop"
        How an image gets that size: the largest part of its centre; the whole of it on
        white; or the whole of it with its sides' ratio changed.
    batch_size : int or "auto", default="auto"
        As for :class:`~mmbench.feature_extraction.CNNExtractor`, like the following.
    precision : {"auto", "bfloat16", "float32"}, default="auto"
        What the network computes in.
    layer : str, optional
        The layer whose output is the features; by default that of all the network.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How a map or a sequence becomes a vector.
    device : str, default="auto"
        Where the network computes.

    Attributes
    ----------
    precision_ : {"bfloat16", "float32"}
        What the network computes in.
    device_ : str
        Where it does.

    Notes
    -----
    Nothing is learnt from ``X``. Where :mod:`torch.fx` can read the network, and what
    it reads gives the same on a made-up image, batch normalisation is folded and
    convolutions are fused as in :class:`~mmbench.feature_extraction.CNNExtractor`; else
    it runs as it is, and in bfloat16 only when that is asked for, by
    :class:`torch.autocast`. A missing image is a row of NaN.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> network = torch.nn.AvgPool2d(2)
    >>> image = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    >>> plain = {"mode": "L", "mean": [0.0], "std": [1.0]}
    >>> TorchModuleExtractor(network, size=2, **plain).fit_transform([image])
    array([[0.4]], dtype=float32)
    """

    def __init__(
        self,
        module: nn.Module,
        *,
        size: Size = 224,
        mode: ImageMode = "RGB",
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        framing: Framing = "crop",
        batch_size: BatchSize = "auto",
        precision: str = "auto",
        layer: str | None = None,
        pool: Pool = "mean",
        device: str = "auto",
    ) -> None:
        self.module = module
        self.size = size
        self.mode = mode
        self.mean = mean
        self.std = std
        self.framing = framing
        self.batch_size = batch_size
        self.precision = precision
        self.layer = layer
        self.pool = pool
        self.device = device

    def _check_parameters(self) -> None:
        super()._check_parameters()
        from torch import nn

        if not isinstance(self.module, nn.Module):
            raise TypeError(f"module must be a torch.nn.Module, got {self.module!r}.")
        require_choice("mode", self.mode, _MODES)
        require_choice("framing", self.framing, FRAMINGS)
        height_and_width("size", self.size)
        for name, numbers in (("mean", self.mean), ("std", self.std)):
            if len(numbers) != len(self.mode):
                raise ValueError(
                    f"{name} must have a number for each of the {len(self.mode)} "
                    f"channels of mode={self.mode!r}, got {numbers!r}."
                )
        if min(self.std) <= 0:
            raise ValueError(f"std must be above 0, got {self.std!r}.")

    def _network(self) -> Network:
        device = chosen_device(self.device)
        others = {**self.get_params(deep=False), "module": None, "device": device}
        key = (repr(sorted(others.items())), _content(self.module))
        before, network = _ready.get(self.module, (None, None))
        if network is None or before != key:
            network = accelerated(
                self._plain(device),
                precision=self.precision,
                batch_size=self.batch_size,
            )
            _ready[self.module] = key, network
        return network

    def _plain(self, device: str) -> Network:
        """Return the network as it is, at work on a device."""
        crop = height_and_width("size", self.size)
        frame = Frame(crop=crop, resize=max(crop), framing=self.framing)
        return Network(
            module=cut_at(copy.deepcopy(self.module).eval(), self.layer),
            frame=frame,
            mode=self.mode,
            mean=tuple(map(float, self.mean)),
            std=tuple(map(float, self.std)),
            least_side=frame.least_side,
            pool=self.pool,
            device=device,
        )


def _content(module: nn.Module) -> bytes:
    """Return a digest of a module's weights, which training may change in place."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        digest.update(f"{name}{tensor.dtype}{tuple(tensor.shape)}".encode())
        flat = tensor.detach().cpu().contiguous().flatten()
        digest.update(flat.view(torch.uint8).numpy().data)
    return digest.digest()
