"""Features of images from convolutional and other pretrained networks."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.framing import FRAMINGS, Framing
from mmbench.feature_extraction.glyph_cnn import glyph_network, glyph_weights
from mmbench.feature_extraction.network import Network, Pool
from mmbench.feature_extraction.network_extractor import BatchSize, NetworkExtractor
from mmbench.feature_extraction.parameters import require_choice, require_int
from mmbench.feature_extraction.photo_networks import (
    check_network,
    photo_network,
    published_weights,
)
from mmbench.feature_extraction.precision import accelerated
from mmbench.feature_extraction.weight_store import added_weights
from mmbench.feature_extraction.weights import checksum

__all__ = ["CNNExtractor"]

_DEFAULT_ARCH, _GLYPH_ARCH = "mobilenet_v2", "glyph_cnn"
_N_CACHED, _N_CHOSEN = 2, 64


class CNNExtractor(NetworkExtractor):
    """What a network for image classification computes before its last layer.

    Parameters
    ----------
    arch : str, default="mobilenet_v2"
        The network: any of ``torchvision.models.list_models(module=
        torchvision.models)``; ``"efficientnet_lite0"``, whose weights come with the
        extra ``mmbench[pretrained]``; or ``"glyph_cnn"``, the small network for
        characters that comes with mmbench.
    weights : str, PathLike or None, default="default"
        Where its weights come from.

        - ``"default"``: those that ``mmbench weights add`` or ``mmbench weights fetch``
          put in place, torchvision's default ones where torch's cache holds them, or
          those of the extra. Nothing is ever downloaded by itself.
        - a path: a ``.safetensors`` file, or a state dict saved by torch.
        - ``"glyphs"``: the shipped weights of ``"glyph_cnn"``, which is then the
          network.
        - None: random ones.
    batch_size : int or "auto", default="auto"
        Number of images that go through the network together. ``"auto"`` depends on
        the network: as many, from 2 to 16, as keep its largest layer within 20 MiB,
        about what a processor's cache holds; 64 on a GPU. Where memory doesn't
        suffice, fewer are taken at once.
    precision : {"auto", "bfloat16", "float32"}, default="auto"
        What the network computes in. ``"auto"`` is bfloat16 where the CPU has it in
        hardware and the network's features stay within a cosine of 0.9995 of the exact
        ones on eight made-up pictures, if need be with some of its first layers in
        float32; otherwise, on a GPU, and for ``"glyph_cnn"``, float32. On a processor
        on which oneDNN can't compute in it, ``"bfloat16"`` is an error.
    framing : {"crop", "pad", "stretch"}, default="crop"
        How an image becomes the square that a network of torchvision's takes: its
        centre, as in the network's training; the whole of it on white, which is better
        for long things on white ground, such as products; or the whole of it with its
        sides made equal, as it always is for ``"glyph_cnn"``.
    layer : str, optional
        The layer whose output is the features, such as ``"layer3"`` of a ResNet: any
        submodule of the network, or node of its graph. By default, what goes into the
        layer that predicts classes.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How the map of an inner layer, or its sequence, becomes a vector: the mean or
        maximum over all places, all of it, or the first place of a sequence, where
        transformers keep the class. What is a vector already stays as it is.
    device : str, default="auto"
        Where the network computes: ``"auto"`` is a GPU where torch can use one; or
        what torch calls it, such as ``"cpu"`` or ``"cuda:1"``.
    random_state : int, default=0
        Seed of random weights.

    Attributes
    ----------
    precision_ : {"bfloat16", "float32"}
        What the network computes in. Looking at it loads the network.
    device_ : str
        Where it does.

    Notes
    -----
    Nothing is learnt from ``X``, so ``transform`` needs no ``fit`` before it. Images
    are resized, cropped and normalised as torchvision's default weights of `arch` say,
    whatever the weights are, and to the same pixels; for ``"efficientnet_lite0"`` they
    are scaled bicubically to 224 pixels, and a pixel p becomes (p - 127) / 128. Of an
    image more than 16 times as long as wide, the ends are left out. A JPEG whose
    shorter side is four or more times as long as what it is resized to is decoded at a
    smaller size, at least twice as long. Equal images in one call are computed once.

    On a processor, batch normalisation is folded into the convolutions, and images are
    read by the threads that compute, which are as many as torch may use. The features
    don't depend on their number. The network is loaded when it is first used and kept
    by the process, not by the extractor, so that clones share it and pickles stay
    small. A missing image is a row of NaN.

    References
    ----------
    .. [1] A. S. Razavian, H. Azizpour, J. Sullivan and S. Carlsson, "CNN features
       off-the-shelf: an astounding baseline for recognition", CVPR Workshops 2014.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.zeros((32, 32), dtype=np.uint8)
    >>> features = CNNExtractor(weights="glyphs").fit_transform([image, None])
    >>> np.isnan(features).all(axis=1)
    array([False,  True])
    """

    def __init__(
        self,
        arch: str = _DEFAULT_ARCH,
        weights: str | os.PathLike[str] | None = "default",
        *,
        batch_size: BatchSize = "auto",
        precision: str = "auto",
        framing: Framing = "crop",
        layer: str | None = None,
        pool: Pool = "mean",
        device: str = "auto",
        random_state: int = 0,
    ) -> None:
        self.arch = arch
        self.weights = weights
        self.batch_size = batch_size
        self.precision = precision
        self.framing = framing
        self.layer = layer
        self.pool = pool
        self.device = device
        self.random_state = random_state

    def files_read(self) -> list[str]:
        """Return the weights file whose content is part of what this computes.

        torchvision's and packages' own weights are not listed: they are always the
        same.
        """
        if self.weights == "default" and self._arch() != _GLYPH_ARCH:
            added = added_weights(self.arch)
            return [str(added.path)] if added else []
        path = self._weights_file()
        return [] if path is None else [str(path)]

    def check_requirements(self) -> None:
        """Look for torch and the weights, without loading the network."""
        super().check_requirements()
        self._weights_file()

    def _check_parameters(self) -> None:
        super()._check_parameters()
        require_choice("framing", self.framing, FRAMINGS)
        require_int("random_state", self.random_state, minimum=0)
        if not isinstance(self.weights, str | os.PathLike | None):
            raise TypeError(
                "weights must be 'default', 'glyphs', a path or None, "
                f"got {self.weights!r}."
            )
        if self.weights == "glyphs" and self.arch not in (_DEFAULT_ARCH, _GLYPH_ARCH):
            raise ValueError(
                f"arch must be 'glyph_cnn' for weights='glyphs', got {self.arch!r}."
            )
        if self._arch() != _GLYPH_ARCH:
            check_network(self.arch)

    def _arch(self) -> str:
        return _GLYPH_ARCH if self.weights == "glyphs" else self.arch

    def _weights_file(self) -> Path | None:
        if self.weights is None:
            return None
        if self._arch() == _GLYPH_ARCH and self.weights in ("default", "glyphs"):
            return glyph_weights()
        if self.weights == "default":
            added = added_weights(self.arch)
            return added.path if added else published_weights(self.arch)
        return Path(self.weights)

    @property
    def precision_(self) -> str:
        """What the network computes in, ``"float32"`` or ``"bfloat16"``."""
        return _precision(self._described())

    def _network(self) -> Network:
        return _load(self._described())

    def _described(self) -> _Described:
        file = self._weights_file()
        content, seed = ("", self.random_state) if file is None else (checksum(file), 0)
        return _Described(
            self._arch(),
            file,
            content,
            seed,
            framing=self.framing,
            layer=self.layer,
            pool=self.pool,
            precision=self.precision,
            batch_size=self.batch_size,
            device=chosen_device(self.device),
        )


class _Described(NamedTuple):
    """What network is loaded, and how; `content` is the checksum of its file."""

    arch: str
    path: Path | None
    content: str
    seed: int
    framing: Framing
    layer: str | None
    pool: Pool
    precision: str
    batch_size: BatchSize
    device: str


@lru_cache(maxsize=_N_CACHED)
def _load(wanted: _Described) -> Network:
    """Load a network, once as long as its file stays the same."""
    arch, path, _, seed, *_ = wanted
    precision = wanted.precision
    if arch == _GLYPH_ARCH:
        network = glyph_network(path, seed, layer=wanted.layer, pool=wanted.pool)
        precision = "float32" if precision == "auto" else precision
    else:
        network = photo_network(
            arch,
            path,
            seed=seed,
            framing=wanted.framing,
            layer=wanted.layer,
            pool=wanted.pool,
        )
    network = replace(network, device=wanted.device)
    return accelerated(network, precision=precision, batch_size=wanted.batch_size)


@lru_cache(maxsize=_N_CHOSEN)
def _precision(wanted: _Described) -> str:
    """Remember what was chosen for networks that are no longer held in memory.

    A suite asks for every method, in turn for one network and another.
    """
    return _load(wanted).precision
