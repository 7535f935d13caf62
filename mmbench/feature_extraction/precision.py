"""Make a network ready for a device, in single precision or in bfloat16.

bfloat16 has the range of single precision and eight bits of it. Which layers can't do
with that depends on the weights: mostly it is the first ones, whose errors all others
pass on. So the first convolutions stay in float32, as few of them as suffice.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.bfloat16 import cpu_has_bfloat16, require_precision
from mmbench.feature_extraction.inference import (
    convolutions,
    folded,
    has_onednn,
    rewritten,
)
from mmbench.feature_extraction.network import Network
from mmbench.feature_extraction.threads import one_thread

if TYPE_CHECKING:
    from torch import fx, nn

__all__ = ["accelerated", "cosines", "probes"]

_N_GRIDS = 6
_MIN_COSINE = 0.9995
_MAX_DIFFERENCE = 1e-3
_FEWEST, _MOST = 2, 16
_BATCH_BYTES = 20 * 2**20
_GPU_BATCH_SIZE = 64

# What tracing raises at flows that depend on the input, and at what it can't read.
_UNTRACEABLE = (
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)


def accelerated(
    network: Network,
    *,
    precision: str = "auto",
    batch_size: int | Literal["auto"] = "auto",
) -> Network:
    """Return the same network, computing faster.

    Parameters
    ----------
    network : Network
        On the processor, in float32. It is spent by it.
    precision : {"auto", "bfloat16", "float32"}, default="auto"
        ``"auto"`` is bfloat16 on a processor that has it in hardware, if with some of
        its first convolutions in float32 the network's features stay within a cosine
        of 0.9995 of the exact ones on :func:`probes`; float32 otherwise, and on a GPU.
    batch_size : int or "auto", default="auto"
        ``"auto"``: as many pictures, from 2 to 16, as keep the largest layer within
        20 MiB, about what a processor's cache holds; 64 on a GPU.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        When the precision is bfloat16, and the processor can't.
    """
    import torch

    require_precision(precision, network.device)
    module = network.module.eval().to(torch.device(network.device))
    module = module.to(memory_format=torch.channels_last)
    network = replace(network, module=module)
    on_cpu = network.device == "cpu" and has_onednn()
    with one_thread():  # what is chosen here must not depend on how many there are
        if batch_size == "auto":
            batch_size = _fitting(network) if on_cpu else _GPU_BATCH_SIZE
        network = replace(network, batch_size=batch_size)
        make = _rewritten if on_cpu else _left_to_torch
        return _sized(make(network, precision))


def _fitting(network: Network) -> int:
    """Return how many pictures go well together through a processor's cache."""
    _, largest_bytes = _observed(network, network.module)
    fitting = max(1, _BATCH_BYTES // largest_bytes)
    power = int(2 ** (fitting.bit_length() - 1))
    return min(_MOST, max(_FEWEST, power))


def _sized(network: Network) -> Network:
    n_features = network.features(probes(network)[:1]).shape[1]
    return replace(network, n_features=n_features)


def _left_to_torch(network: Network, precision: str) -> Network:
    low = precision == "bfloat16"
    return replace(network, precision="bfloat16" if low else "float32")


def _rewritten(network: Network, precision: str) -> Network:
    graph = _graph(network.module)
    if graph is None:
        return _left_to_torch(network, precision)
    shapes, _ = _observed(network, graph)
    shapes = {name: (network.batch_size, *s) for name, s in shapes.items()}
    pictures = probes(network)
    exact = replace(network, module=rewritten(graph, shapes), rewritten=True)
    if not _agree(exact, network, pictures[:1]):
        return _left_to_torch(network, precision)
    if precision == "float32" or (precision == "auto" and not cpu_has_bfloat16()):
        return exact
    expected, found = _all_features(exact, pictures), exact
    for kept in _first_ones(list(convolutions(graph))):
        module = rewritten(graph, shapes, bfloat16=True, exact=kept)
        found = replace(exact, module=module, precision="bfloat16")
        if cosines(_all_features(found, pictures), expected).min() >= _MIN_COSINE:
            return found
    return exact if precision == "auto" else found


def probes(network: Network) -> list[NDArray[np.uint8]]:
    """Return framed pictures that are made up: blurred to detailed, faint, and small.

    They are the same for every dataset, so what is decided by them is as well.

    Parameters
    ----------
    network : Network
        Its frame gives the pictures their size.

    Returns
    -------
    list of ndarray of uint8, shape (height, width, 3)
        Fixed pictures, the same in every process.
    """
    from PIL import Image

    rng = np.random.default_rng(0)
    grids = [
        rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
        for side in np.geomspace(2, 64, _N_GRIDS).astype(int)
    ]
    grids.append(118 + grids[2] // 16)  # where little differs, rounding tells most
    images = [Image.fromarray(grid).resize((256, 256)) for grid in grids]
    product = Image.new("RGB", (256, 256), "white")
    product.paste(images[3].resize((60, 90)), (100, 80))
    return [network.frame(each.convert(network.mode)) for each in (*images, product)]


def cosines(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the cosine between each row of one matrix and that of another.

    Parameters
    ----------
    first, second : ndarray of shape (n_rows, n_features)
        Features, row by row of the same pictures.

    Returns
    -------
    ndarray of shape (n_rows,), float64
        From -1 to 1; 0 where a row is all zeros.

    Examples
    --------
    >>> import numpy as np
    >>> cosines(np.array([[1.0, 0], [1, 1]]), np.array([[2.0, 0], [1, -1]]))
    array([1., 0.])
    """
    a, b = first.astype(np.float64), second.astype(np.float64)
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    dots: NDArray[np.float64] = np.einsum("ij,ij->i", a, b)
    found: NDArray[np.float64] = dots / np.maximum(norms, np.finfo(np.float64).tiny)
    return found


def _first_ones(names: list[str]) -> Iterator[list[str]]:
    """Yield no names, then the first 2, 4, 8 and so on of them, but never all."""
    yield []
    for power in itertools.count(1):
        if 2**power >= len(names):
            return
        yield names[: 2**power]


def _graph(module: nn.Module) -> fx.GraphModule | None:
    """Return a network's graph; None where there is none that holds for every input."""
    try:
        return folded(module)
    except _UNTRACEABLE:
        return None


def _observed(
    network: Network, module: nn.Module
) -> tuple[dict[str, tuple[int, ...]], int]:
    """Return what goes into every layer of a kind, and the size of the largest layer.

    Returns
    -------
    shapes : dict of str to tuple of int
        Layer to the shape of its input for one picture.
    largest_bytes : int
        What the largest output of a layer takes for one picture, in float32.
    """
    import torch

    shapes: dict[str, tuple[int, ...]] = {}
    sizes = [1]

    def look(name: str) -> Any:
        def hook(_: nn.Module, inputs: Sequence[Any], output: Any) -> None:
            if inputs and isinstance(inputs[0], torch.Tensor):
                shapes[name] = tuple(inputs[0].shape[1:])
            if isinstance(output, torch.Tensor):
                sizes.append(4 * output.numel())

        return hook

    hooks = [m.register_forward_hook(look(n)) for n, m in module.named_modules() if n]
    with torch.inference_mode():
        module(network.normalised(probes(network)[:1]))
    for hook in hooks:
        hook.remove()
    return shapes, max(sizes)


def _all_features(
    network: Network, pictures: list[NDArray[np.uint8]]
) -> NDArray[np.float32]:
    size = network.batch_size
    batches = (pictures[i : i + size] for i in range(0, len(pictures), size))
    return np.concatenate([network.features(batch) for batch in batches])


def _agree(first: Network, second: Network, pictures: list[NDArray[np.uint8]]) -> bool:
    a, b = (_all_features(network, pictures) for network in (first, second))
    return bool(np.abs(a - b).max() <= _MAX_DIFFERENCE * max(np.abs(b).max(), 1e-12))
