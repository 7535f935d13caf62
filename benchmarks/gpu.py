"""Features a second of networks on a GPU, against what its matrix products allow.

    python benchmarks/gpu.py [--rows 2048] [--device cuda]

ResNet-50 and ViT-B/16 (random weights: speed doesn't depend on them) and MiniLM (the
extra ``mmbench[pretrained]``) describe made-up pictures and texts in memory, decoding
and tokenising left in. The limit is the rate of large matrix products in the precision
that the network computes in, measured on the same device, over the operations that one
feature takes. Features on the device must be within a cosine of .999 of those on the
processor; else the exit code is 1. Without a GPU it says so, and is 2.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from mmbench.errors import RequirementError
from mmbench.feature_extraction import CNNExtractor, SentenceTransformerVectorizer
from mmbench.feature_extraction.packaged import MINILM

_LEAST_COSINE = 0.999
_N_COMPARED = 16


def pictures(n: int) -> list[bytes]:
    """Return JPEGs of smooth noise, 320 by 240 pixels."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(n):
        small = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        file = io.BytesIO()
        Image.fromarray(small).resize((320, 240)).save(file, "JPEG")
        found.append(file.getvalue())
    return found


def texts(n: int) -> list[str]:
    """Return texts of 20 words."""
    rng = np.random.default_rng(0)
    words = ["red", "round", "steel", "table", "of", "the", "with", "small", "clock"]
    return [" ".join(rng.choice(words, 20)) for _ in range(n)]


def products_per_s(device: str, precision: str) -> float:
    """Return the operations a second of large matrix products."""
    side = 8192 if device.startswith("cuda") else 1024
    dtype = getattr(torch, precision)
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    n_done, until = 0, 0.0
    torch.mm(a, b)
    synchronise(device)
    start = time.perf_counter()
    while until < 1.0:
        torch.mm(a, b)
        synchronise(device)
        n_done, until = n_done + 1, time.perf_counter() - start
    return 2 * side**3 * n_done / until


def synchronise(device: str) -> None:
    """Wait for the device."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def operations_of_photo(arch: str) -> int:
    """Return what a network of torchvision takes for one picture, counted by torch."""
    import torchvision

    network = torchvision.models.get_model(arch, weights=None).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 3, 224, 224))
    return int(counter.get_total_flops())


def operations_of_text(vectorizer: Any, rows: Sequence[str]) -> int:
    """Return what a language model takes for one text, counted by torch over some."""
    vectorizer.transform(rows)  # what loading it takes doesn't count
    with FlopCounterMode(display=False) as counter:
        vectorizer.transform(rows)
    return int(counter.get_total_flops() / len(rows))


def compare(
    name: str,
    make: Callable[[str], Any],
    cells: Sequence[Any],
    device: str,
    n_operations: int,
) -> bool:
    """Print how fast a network is; return whether its features are right."""
    there, here = make(device), make("cpu")
    few = cells[:_N_COMPARED]
    found, expected = (np.asarray(each.transform(few)) for each in (there, here))
    scale = np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    cosine = float(((found * expected).sum(1) / scale).min())
    start = time.perf_counter()
    there.transform(cells)
    rate = len(cells) / (time.perf_counter() - start)
    precision = there.precision_
    limit = products_per_s(device, precision) / n_operations
    print(
        f"{name:10}{precision:>10}{rate:12,.0f}/s of {limit:12,.0f}/s"
        f"{rate / limit:8.1%}   cosine {cosine:.5f}"
    )
    return cosine >= _LEAST_COSINE


def main() -> int:
    """Print a line for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2048)
    parser.add_argument("--device", default="cuda")
    asked = parser.parse_args()
    if asked.device.startswith("cuda") and not torch.cuda.is_available():
        print("torch finds no GPU here, so nothing was measured")
        return 2
    if asked.device.startswith("cuda"):
        print(torch.cuda.get_device_name())

    def network(arch: str) -> Callable[[str], Any]:
        return lambda device: CNNExtractor(
            arch, weights=None, precision="float32", device=device
        )

    def minilm(device: str) -> Any:
        return SentenceTransformerVectorizer(
            MINILM.path(), precision="float32", device=device
        )

    images, right = pictures(asked.rows), []
    for name, arch in (("ResNet-50", "resnet50"), ("ViT-B/16", "vit_b_16")):
        how = (asked.device, operations_of_photo(arch))
        right.append(compare(name, network(arch), images, *how))
    try:
        rows = texts(asked.rows)
        how = (asked.device, operations_of_text(minilm("cpu"), rows[:64]))
        right.append(compare("MiniLM", minilm, rows, *how))
    except RequirementError as error:
        print(f"MiniLM was left out: {error}")
    return 0 if all(right) else 1


if __name__ == "__main__":
    sys.exit(main())
