"""A network that turns texts into vectors, in batches of texts of one length.

A text's vector must not depend on the texts that come with it, to the last bit, and the
last bits depend on the shape of the batch. So a text is padded to a length that follows
from itself alone, all batches of that length have one size, and the last of them is
filled up. Batches of texts of like lengths also waste the least on padding.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.bfloat16 import cpu_has_bfloat16

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["TextNetwork", "bfloat16_is_close"]

# Lengths are rounded up to a multiple of it.
_STEP = 8
# Tokens in a batch. A processor is busy with this many, and more would be wasted on
# filling up; a graphics processor needs many more.
_CPU_TOKENS, _GPU_TOKENS = 256, 32_768
_N_PROBES, _MIN_COSINE = 16, 0.999


@dataclass(frozen=True, kw_only=True)
class TextNetwork:
    """A network ready to turn texts into vectors.

    Parameters
    ----------
    encoder : torch.nn.Module
        In evaluation mode.
    forward : callable
        From the encoder, token ids and mask, both of shape (n_texts, n_tokens), to
        vectors in float32.
    tokenize : callable
        Maps a text to its token ids, at least one and at most `max_tokens`.
    max_tokens : int
        The length of the longest text that the network takes.
    pad_id : int
        The token that fills up.
    n_tokens : int
        The number of tokens that the network knows.
    device : str, default="cpu"
        Where it computes.
    precision : {"float32", "bfloat16"}, default="float32"
        What the encoder computes in.
    """

    encoder: nn.Module
    forward: Callable[[Any, Tensor, Tensor], Tensor]
    tokenize: Callable[[str], Sequence[int]]
    max_tokens: int
    pad_id: int
    n_tokens: int
    device: str = "cpu"
    precision: str = "float32"

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts.

        Parameters
        ----------
        texts : sequence of str
            At least one.

        Returns
        -------
        ndarray of shape (n_texts, n_features), float32

        Raises
        ------
        ValueError
            When the network gives numbers that are not finite.
        """
        return self.vectors_of_ids(
            [np.asarray(self.tokenize(text), np.int32) for text in texts]
        )

    def vectors_of_ids(self, rows: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Return the vectors of texts, given as token ids.

        Parameters
        ----------
        rows : sequence of ndarray of int32, shape (n_tokens,)
            The token ids of each text, at least one text.

        Returns
        -------
        ndarray of shape (n_texts, n_features), float32
            One vector per text, in the order of the texts.

        Raises
        ------
        ValueError
            When a feature is NaN or infinite, or there are no texts.
        """
        vectors: NDArray[np.float32] | None = None
        for chosen, length, size in self._batches(rows):
            found = self._run([rows[i] for i in chosen], length, size)
            if vectors is None:
                vectors = np.empty((len(rows), found.shape[1]), np.float32)
            vectors[chosen] = found
        if vectors is None or not np.isfinite(vectors).all():
            raise ValueError(
                "the network's features are not finite; are its weights sound?"
            )
        return vectors

    @functools.cached_property
    def n_features(self) -> int:
        """Length of a vector."""
        return int(self.vectors_of_ids([np.zeros(1, np.int32)]).shape[1])

    def on(self, device: str) -> TextNetwork:
        """Return the network on a device of torch's.

        Parameters
        ----------
        device : str
            As torch names it, such as ``"cuda"``.

        Returns
        -------
        TextNetwork
            A copy; the encoder's weights themselves are moved.
        """
        return replace(self, encoder=self.encoder.to(device), device=device)

    def has_bfloat16(self) -> bool:
        """Return whether the device computes in bfloat16 by its own instructions."""
        import torch

        if self.device == "cpu":
            return cpu_has_bfloat16()
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))

    def in_bfloat16(self) -> TextNetwork:
        """Return the same network with its encoder computing in bfloat16."""
        import torch

        encoder = copy.deepcopy(self.encoder).to(torch.bfloat16)
        return replace(self, encoder=encoder, precision="bfloat16")

    def _batches(
        self, rows: Sequence[NDArray[np.int32]]
    ) -> Iterator[tuple[list[int], int, int]]:
        """Yield the texts of each batch, their length in tokens, and its full size."""
        budget = _CPU_TOKENS if self.device == "cpu" else _GPU_TOKENS

        def padded(i: int) -> int:
            return min(-(-len(rows[i]) // _STEP) * _STEP, self.max_tokens)

        # The longest first: if memory is too small for them, that is told at once.
        by_length = sorted(range(len(rows)), key=padded, reverse=True)
        for length, group in groupby(by_length, padded):
            size = max(1, budget // length)
            same = list(group)
            for start in range(0, len(same), size):
                yield same[start : start + size], length, size

    def _run(
        self, rows: Sequence[NDArray[np.int32]], length: int, size: int
    ) -> NDArray[np.float32]:
        import torch

        ids = np.full((size, length), self.pad_id, np.int64)
        mask = np.zeros((size, length), np.int64)
        for i, row in enumerate([*rows, *[rows[-1]] * (size - len(rows))]):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        with torch.inference_mode():
            tensors = [torch.from_numpy(each).to(self.device) for each in (ids, mask)]
            vectors = self.forward(self.encoder, *tensors)[: len(rows)].cpu()
        found: NDArray[np.float32] = vectors.numpy()
        return found


def bfloat16_is_close(network: TextNetwork) -> bool:
    """Return whether a network's vectors in bfloat16 point where those in float32 do.

    It is tried on made-up texts of random tokens, so that the answer is the same for
    every dataset.

    Parameters
    ----------
    network : TextNetwork
        In float32.

    Returns
    -------
    bool
        Whether every cosine is above a fixed limit.
    """
    rng = np.random.default_rng(0)
    probes = [
        rng.integers(network.n_tokens, size=length, dtype=np.int32)
        for length in np.geomspace(1, min(64, network.max_tokens), _N_PROBES).astype(
            int
        )
    ]
    exact = network.vectors_of_ids(probes)
    rounded = network.in_bfloat16().vectors_of_ids(probes)
    norms = np.linalg.norm(exact, axis=1) * np.linalg.norm(rounded, axis=1)
    cosines = (exact * rounded).sum(axis=1) / np.maximum(norms, 1e-12)
    return bool((cosines >= _MIN_COSINE).all())
