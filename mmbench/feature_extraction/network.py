"""A network that turns pictures into features, and what it computes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import MissingDependencyError

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor, nn

    from mmbench.feature_extraction.images import ImageMode

__all__ = ["POOLS", "Network", "Pool", "require_torch"]

Pool: TypeAlias = Literal["cls", "flatten", "max", "mean"]
POOLS: tuple[Pool, ...] = get_args(Pool)


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network ready to compute features.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode; from pixels of shape (n, n_channels, height, width) to
        vectors, maps or sequences.
    frame : callable
        From an image in `mode` to pixels of shape (height, width, n_channels), uint8.
    mode : {"RGB", "L"}
        What `frame` takes.
    mean, std : sequence of float, default=(0.0,), (1.0,)
        Of each channel, from 0 to 1: what the pixels are normalised by.
    least_side : int, default=0
        Length of a picture's shorter side, in pixels, below which it loses detail
        that the network would see. 0: none may be lost.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How a map or a sequence becomes a vector.
    channels_first : bool, default=True
        Whether a map's second dimension is that of its channels, not its last.
    n_features : int, default=0
        Length of a feature vector.
    batch_size : int, default=16
        Number of images that go through together.
    precision : {"float32", "bfloat16"}, default="float32"
        What the network computes in.
    device : str, default="cpu"
        Where it does.
    rewritten : bool, default=False
        Whether the module rounds to `precision` by itself.
    """

    module: nn.Module
    frame: Callable[[Image], NDArray[np.uint8]]
    mode: ImageMode
    mean: Sequence[float] = (0.0,)
    std: Sequence[float] = (1.0,)
    least_side: int = 0
    pool: Pool = "mean"
    channels_first: bool = True
    n_features: int = 0
    batch_size: int = 16
    precision: str = "float32"
    device: str = "cpu"
    rewritten: bool = False

    def features(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the features of framed pictures, a row each.

        Parameters
        ----------
        pictures : sequence of ndarray
            At least one, at most `batch_size`, as from `frame`.

        Returns
        -------
        ndarray of shape (n_pictures, n_features), dtype float32

        Raises
        ------
        ValueError
            When they are not finite.
        """
        # A batch is filled up, because the routines that torch picks, and so the last
        # bits, depend on its size: features must not depend on a picture's neighbours.
        filled = [*pictures, *[pictures[-1]] * (self.batch_size - len(pictures))]
        features = self._computed(self.normalised(filled))[: len(pictures)]
        if not np.isfinite(features).all():
            raise ValueError(
                "the network's features are not finite; are its weights sound?"
            )
        return features

    def normalised(self, pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
        """Return framed pictures as the network's input, channels last in memory.

        Parameters
        ----------
        pictures : sequence of ndarray of uint8, shape (height, width, 3)
            Pictures of one size, as ``frame`` returns them.

        Returns
        -------
        Tensor of shape (n_pictures, 3, height, width), float32
            Pixels from 0 to 1, less the mean and over the deviation of each channel, on
            the network's device.
        """
        import torch

        pixels = torch.from_numpy(np.stack(pictures)).to(self.device)
        mean, std = (
            torch.tensor(each, device=self.device) for each in (self.mean, self.std)
        )
        unit = pixels.float().mul_(1 / (255 * std)).sub_(mean / std)
        return unit.permute(0, 3, 1, 2)

    def _rounding(self) -> AbstractContextManager[Any]:
        """Let torch round what isn't rewritten to compute in bfloat16 by itself."""
        import torch

        if self.precision == "float32" or self.rewritten:
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, torch.bfloat16)

    def _computed(self, batch: Tensor) -> NDArray[np.float32]:
        """Compute features; where memory doesn't suffice, of fewer pictures at once."""
        import torch

        try:
            with torch.inference_mode(), self._rounding():
                computed = self.module(batch)
                vectors = _pooled(computed, self.pool, self.channels_first)
                features: NDArray[np.float32] = vectors.float().cpu().numpy()
            return features
        except RuntimeError as error:
            if len(batch) == 1 or not _lacks_memory(error):
                raise
        half = len(batch) // 2
        return np.concatenate([*map(self._computed, (batch[:half], batch[half:]))])


def require_torch() -> None:
    """Raise unless torch can be imported.

    Raises
    ------
    MissingDependencyError
        When it isn't installed.
    """
    try:
        import torch  # noqa: F401 (only whether it can be)
    except ImportError as error:
        raise MissingDependencyError("torch", extra="torch") from error


def _lacks_memory(error: RuntimeError) -> bool:
    import torch

    # The allocator of the processor has no error of its own.
    on_gpu = isinstance(error, torch.cuda.OutOfMemoryError)
    return on_gpu or "allocate memory" in str(error)


def _pooled(computed: Any, pool: Pool, channels_first: bool) -> Tensor:
    """Return one vector for each picture."""
    if computed.ndim <= 2 or pool == "flatten":
        return computed.flatten(1)  # type: ignore[no-any-return]
    places: tuple[int, ...] = (1,)
    if computed.ndim == 4:
        places = (2, 3) if channels_first else (1, 2)
    if pool == "cls" and computed.ndim == 3:
        return computed[:, 0]  # type: ignore[no-any-return]
    if pool == "cls":
        raise ValueError(
            "pool must be one of ['flatten', 'max', 'mean'] for a layer that gives "
            "maps, got 'cls': only sequences of transformers have such a place."
        )
    # In single precision: a sum of many rounded numbers loses more than each of them.
    wide = computed.float()
    return wide.amax(places) if pool == "max" else wide.mean(places)  # type: ignore[no-any-return]
