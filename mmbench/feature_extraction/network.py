"""A network that turns pictures into features, and what it computes in."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import MissingDependencyError

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor, nn

    from mmbench.feature_extraction.images import ImageMode

__all__ = ["Network", "bfloat16_is_close", "has_bfloat16", "require_torch"]

_N_PROBES = 8
_MIN_COSINE = 0.9995


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network ready to compute features.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode; from a batch of prepared images to features.
    prepare : callable
        From an image in `mode` to the network's input.
    mode : {"RGB", "L"}
        What `prepare` takes.
    n_features : int
        Length of a feature vector.
    precision : {"float32", "bfloat16"}, default="float32"
        What the network computes in.
    """

    module: nn.Module
    prepare: Callable[[Image], Tensor]
    mode: ImageMode
    n_features: int
    precision: str = "float32"

    def features(self, inputs: Sequence[Tensor]) -> NDArray[np.float32]:
        """Return the features of prepared images, a row each."""
        import torch

        batch = torch.stack(list(inputs)).to(
            getattr(torch, self.precision), memory_format=torch.channels_last
        )
        with torch.inference_mode():
            features: NDArray[np.float32] = (
                self.module(batch).flatten(1).float().numpy()
            )
        return features

    def in_bfloat16(self) -> Network:
        """Return the same network computing in bfloat16."""
        import torch

        module = copy.deepcopy(self.module).to(torch.bfloat16)
        return Network(**{**vars(self), "module": module, "precision": "bfloat16"})


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


def has_bfloat16() -> bool:
    """Tell whether the CPU computes in bfloat16 by its own instructions."""
    import torch

    # torch tells it in private functions alone, which not every version has.
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    told = [getattr(torch.cpu, name)() for name in names if hasattr(torch.cpu, name)]
    onednn: Any = torch.backends.mkldnn
    return any(told) and bool(onednn.is_available())


def bfloat16_is_close(network: Network) -> bool:
    """Tell whether a network's features in bfloat16 point where those in float32 do.

    It is tried on pictures made for it, so the answer is the same for every dataset.
    Rounding errors differ by weights: a network whose channels have very different
    scales can lose more than another of the same architecture.
    """
    from PIL import Image

    rng = np.random.default_rng(0)
    inputs = []
    for side in np.geomspace(2, 64, _N_PROBES).astype(int):  # from blurred to detailed
        grid = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
        inputs.append(network.prepare(Image.fromarray(grid).resize((256, 256))))
    exact = network.features(inputs)
    rounded = network.in_bfloat16().features(inputs)
    norms = np.linalg.norm(exact, axis=1) * np.linalg.norm(rounded, axis=1)
    cosines = (exact * rounded).sum(axis=1) / np.maximum(norms, 1e-12)
    return bool((cosines >= _MIN_COSINE).all())
