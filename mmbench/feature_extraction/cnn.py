"""Features of images from convolutional and other pretrained networks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.glyph_cnn import glyph_network, glyph_weights
from mmbench.feature_extraction.image_column import ImageColumnExtractor, image_cells
from mmbench.feature_extraction.images import open_images
from mmbench.feature_extraction.network import (
    Network,
    bfloat16_is_close,
    has_bfloat16,
    require_torch,
)
from mmbench.feature_extraction.parameters import require_choice, require_int
from mmbench.feature_extraction.torchvision_networks import (
    check_arch,
    default_weights,
    torchvision_network,
)
from mmbench.feature_extraction.weights import checksum

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

__all__ = ["CNNExtractor"]

_DEFAULT_ARCH, _GLYPH_ARCH = "mobilenet_v2", "glyph_cnn"
_PRECISIONS = ("auto", "bfloat16", "float32")
_FRAMINGS = ("crop", "pad", "stretch")
_N_CACHED = 2


class CNNExtractor(ImageColumnExtractor):
    """What a network for image classification computes before its last layer.

    Parameters
    ----------
    arch : str, default="mobilenet_v2"
        The network: any of ``torchvision.models.list_models(module=
        torchvision.models)``, or ``"glyph_cnn"``, the small network for characters
        that comes with mmbench.
    weights : str, PathLike or None, default="default"
        Where its weights come from.

        - ``"default"``: torchvision's default weights, downloaded into torch's cache
          when they are not there, and checked against their checksum.
        - a path: a ``.safetensors`` file, or a state dict saved by torch.
        - ``"glyphs"``: the shipped weights of ``"glyph_cnn"``, which is then the
          network. No download is needed.
        - None: random ones.
    batch_size : int, default=16
        Number of images that go through the network together.
    precision : {"auto", "bfloat16", "float32"}, default="auto"
        What the network computes in. ``"auto"`` is bfloat16 where the CPU has it in
        hardware and the network's features stay within a cosine of 0.9995 of the exact
        ones on eight made-up pictures; otherwise, and for ``"glyph_cnn"``, float32.
    framing : {"crop", "pad", "stretch"}, default="crop"
        How an image becomes the square that a network of torchvision's takes: its
        centre, as in the network's training; the whole of it on white, which is better
        for long things on white ground, such as products; or the whole of it with its
        sides made equal, as it always is for ``"glyph_cnn"``.
    random_state : int, default=0
        Seed of random weights.

    Attributes
    ----------
    precision_ : {"bfloat16", "float32"}
        What the network computes in. Looking at it loads the network.

    Notes
    -----
    Nothing is learnt from ``X``, so ``transform`` needs no ``fit`` before it. Images
    are resized, cropped and normalised as torchvision's default weights of `arch` say,
    whatever the weights are. Of an image more than 16 times as long as wide, the ends
    are left out. Equal images in one call are computed once. The network
    is loaded when it is first used and kept by the process, not by the extractor, so
    that clones share it and pickles stay small. A missing or unreadable image is a row
    of NaN.

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
        batch_size: int = 16,
        precision: str = "auto",
        framing: str = "crop",
        random_state: int = 0,
    ) -> None:
        self.arch = arch
        self.weights = weights
        self.batch_size = batch_size
        self.precision = precision
        self.framing = framing
        self.random_state = random_state

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Compute the features of images.

        Parameters
        ----------
        X : iterable of image cells
            One column: paths, bytes, PIL images, arrays, or missing; see
            :func:`~mmbench.feature_extraction.open_image`.

        Returns
        -------
        ndarray of shape (n_images, n_features), dtype float32
            A row of NaN for an image that is missing.

        Raises
        ------
        MissingDependencyError
            When torch or torchvision is not installed.
        MissingWeightsError
            When the weights can't be had.
        ValueError
            When the weights are not this network's.

        Warns
        -----
        DataWarning
            When images can't be read; they count as missing.
        """
        self._check_parameters()
        cells, network = image_cells(X), self._network()
        row_of: dict[bytes, int] = {}  # of each distinct image
        rows: list[int] = []

        def distinct() -> Iterator[Tensor]:
            for image in open_images(cells, network.mode):
                if image is None:
                    rows.append(-1)
                    continue
                content = _content(image)
                if content not in row_of:
                    row_of[content] = len(row_of)
                    yield network.prepare(image)
                rows.append(row_of[content])

        blocks = [
            _features(network, batch, self.batch_size)
            for batch in _batches(distinct(), self.batch_size)
        ]
        missing = np.full((1, network.n_features), np.nan, np.float32)  # row -1
        return np.concatenate([*blocks, missing])[rows]

    def files_read(self) -> list[str]:
        """Return the weights file whose content is part of what this computes.

        Downloaded weights are not listed: their name says their content.
        """
        if self.weights in (None, "default") and self.arch != _GLYPH_ARCH:
            return []
        path = self._weights_file()
        return [] if path is None else [str(path)]

    @property
    def precision_(self) -> str:
        """What the network computes in, ``"float32"`` or ``"bfloat16"``."""
        return self._network().precision

    @property
    def _n_features_out(self) -> int:
        return self._network().n_features

    def _check_parameters(self) -> None:
        require_int("batch_size", self.batch_size, minimum=1)
        require_choice("precision", self.precision, _PRECISIONS)
        require_choice("framing", self.framing, _FRAMINGS)
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
        if self._arch() == _GLYPH_ARCH:
            require_torch()
        else:
            check_arch(self.arch)

    def _arch(self) -> str:
        return _GLYPH_ARCH if self.weights == "glyphs" else self.arch

    def _weights_file(self) -> Path | None:
        if self.weights is None:
            return None
        if self.weights in ("default", "glyphs"):
            arch = self._arch()
            return glyph_weights() if arch == _GLYPH_ARCH else default_weights(arch)
        return Path(self.weights)

    def _network(self) -> Network:
        file = self._weights_file()
        content, seed = ("", self.random_state) if file is None else (checksum(file), 0)
        return _load(self._arch(), file, content, seed, self.precision, self.framing)


@lru_cache(maxsize=_N_CACHED)
def _load(
    arch: str, path: Path | None, _: str, seed: int, precision: str, framing: str
) -> Network:
    """Load a network, once as long as its file stays the same."""
    if arch == _GLYPH_ARCH:
        network, automatic = glyph_network(path, seed), False
    else:
        network = torchvision_network(arch, path, seed=seed, framing=framing)
        automatic = (
            precision == "auto" and has_bfloat16() and bfloat16_is_close(network)
        )
    return network.in_bfloat16() if automatic or precision == "bfloat16" else network


def _content(image: Image) -> bytes:
    return hashlib.sha256(repr(image.size).encode() + image.tobytes()).digest()


def _batches(inputs: Iterable[Tensor], size: int) -> Iterator[list[Tensor]]:
    remaining = iter(inputs)
    while batch := list(islice(remaining, size)):
        yield batch


def _features(network: Network, batch: list[Tensor], size: int) -> NDArray[np.float32]:
    # A batch is filled up, because the routines that torch picks, and so the last
    # bits, depend on its size: an image's features must not depend on its neighbours.
    filled = batch + batch[-1:] * (size - len(batch))
    features = network.features(filled)[: len(batch)]
    if not np.isfinite(features).all():
        raise ValueError(
            "the network's features are not finite; are its weights sound?"
        )
    return features
