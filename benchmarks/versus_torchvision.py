"""Files on disk to features: our extractor and the loop that torchvision teaches.

- *documented*: what torchvision's and torch's documentation show: the weights' own
  transforms on PIL images, a ``DataLoader`` with two workers, the network without its
  last layer in ``eval`` and ``inference_mode``, float32;
- *ours*: ``CNNExtractor(arch, weights).transform(files)``, in float32 and in the
  precision that it chooses.

They take turns on the same files with the same weights, and each may use all cores;
loading the network is not timed. A ratio is the median of those of the rounds; that of
processor time says more on a busy machine. ``--growth`` tells how time per item and
memory grow with the column.

    python benchmarks/versus_torchvision.py --arch mobilenet_v2 --weights w.safetensors
    python benchmarks/versus_torchvision.py --arch resnet50 --images photos/
    python benchmarks/versus_torchvision.py --growth
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import models

from mmbench.feature_extraction import CNNExtractor
from mmbench.feature_extraction.precision import cosines
from mmbench.feature_extraction.weights import load_weights, read_state_dict

ARCHS = ("mobilenet_v2", "resnet50")
BATCH_SIZE, LOADERS = 32, 2
SIZES = 1_000, 10_000
SEED = 0

Features = NDArray[np.float32]


class Timed(NamedTuple):
    """One run: seconds from files to features, of processors too, and the features."""

    seconds: float
    cpu_s: float
    features: Features


class Pictures(Dataset[torch.Tensor]):
    """Picture files, prepared as the weights say."""

    def __init__(self, files: Sequence[str], transforms: Callable[..., Any]) -> None:
        self.files, self.transforms = files, transforms

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self.files)

    def __getitem__(self, index: int) -> torch.Tensor:
        """Return one prepared picture."""
        prepared: torch.Tensor = self.transforms(
            Image.open(self.files[index]).convert("RGB")
        )
        return prepared


def documented(arch: str, weights: Path, files: Sequence[str]) -> Timed:
    """Compute features as the documentation does it."""
    network = built(arch)
    load_weights(network, read_state_dict(weights))
    without_head(network)
    pictures = Pictures(files, models.get_model_weights(arch).DEFAULT.transforms())
    loader = DataLoader(pictures, BATCH_SIZE, num_workers=LOADERS)

    def compute() -> Features:
        with torch.inference_mode():
            blocks = [network(batch).flatten(1).numpy() for batch in loader]
        return np.concatenate(blocks)

    return timed(compute)


def ours(precision: str) -> Callable[[str, Path, Sequence[str]], Timed]:
    """Return what computes features by our extractor."""

    def compute(arch: str, weights: Path, files: Sequence[str]) -> Timed:
        extractor = CNNExtractor(arch, weights, precision=precision, device="cpu")
        extractor.transform(files[:1])  # loads the network
        return timed(lambda: extractor.transform(files))

    return compute


def timed(compute: Callable[[], Features]) -> Timed:
    """Measure what computes features."""
    cpu_s, start = total_cpu_s(), time.perf_counter()
    features = compute()
    return Timed(time.perf_counter() - start, total_cpu_s() - cpu_s, features)


def total_cpu_s() -> float:
    """Return the processor time of this process and of its children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


WAYS = {
    "documented": documented,
    "ours, float32": ours("float32"),
    "ours": ours("auto"),
}


def built(arch: str) -> nn.Module:
    """Return a network of torchvision's as it comes, in evaluation mode."""
    options = {"init_weights": False} if arch in ("googlenet", "inception_v3") else {}
    return models.get_model(arch, weights=None, **options).eval()


def without_head(network: nn.Module) -> None:
    """Put identity in place of the last layer."""
    names = [name for name, layer in network.named_modules() if not [*layer.children()]]
    kinds = (nn.Linear, nn.Conv2d)
    last = [n for n in names if isinstance(network.get_submodule(n), kinds)][-1]
    parent, _, child = last.rpartition(".")
    setattr(network.get_submodule(parent), child, nn.Identity())


def random_weights(arch: str, folder: Path) -> Path:
    """Write weights that follow from a seed, and that pass pictures on as trained do.

    Normalisation layers learn what goes through them from noise of many scales: without
    that, activations would vanish or grow from layer to layer.
    """
    torch.manual_seed(SEED)
    network = built(arch)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None  # the mean over all batches
            layer.train()
    with torch.no_grad():
        for side in (4, 16, 64):
            coarse = torch.randn(8, 3, side, side)
            network(nn.functional.interpolate(coarse, size=(224, 224), mode="bilinear"))
    path = folder / f"{arch}.pth"
    torch.save(network.eval().state_dict(), path)
    return path


def generated(folder: Path, n_files: int, size: tuple[int, int] = (256, 256)) -> None:
    """Write different JPEG files of the size of product photographs."""
    rng = np.random.default_rng(SEED)
    for number in range(n_files):
        coarse = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:05d}.jpg", quality=85)


def compare(arch: str, weights: Path, files: list[str], rounds: int) -> None:
    """Let the ways take turns and print what came of it."""
    print(f"\n{arch}, {len(files)} files, {torch.get_num_threads()} threads")
    runs: dict[str, list[Timed]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            runs[name].append(way(arch, weights, files))
    exact = runs["documented"][0].features
    print(
        f"{'way':<14} {'images/s':>8} {'ratio':>6} {'of CPU':>7} {'min cosine':>11} "
        f"{'median':>8}"
    )
    for name, found in runs.items():
        pairs = list(zip(runs["documented"], found, strict=True))
        ratio = median(base.seconds / run.seconds for base, run in pairs)
        of_cpu = median(base.cpu_s / run.cpu_s for base, run in pairs)
        speed = len(files) / median(run.seconds for run in found)
        near = cosines(found[0].features, exact)
        print(
            f"{name:<14} {speed:8.1f} {ratio:5.2f}x {of_cpu:6.2f}x {near.min():11.5f} "
            f"{np.median(near):8.5f}"
        )


def in_own_process(work: Callable[..., Any], *args: Any) -> Any:
    """Return what work gives in a process that has done nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *args).result()


def growth(arch: str, weights: Path, folder: Path) -> None:
    """Print the time per item and the memory beyond the output, at two sizes."""
    generated(folder, max(SIZES))
    files = sorted(str(path) for path in folder.glob("*.jpg"))
    print(
        f"\n{arch}, generated files\n{'items':>7} {'ms an item':>11} {'MB beyond':>10}"
    )
    for size in SIZES:
        seconds, beyond = in_own_process(measured, arch, weights, files[:size])
        print(f"{size:7,} {1000 * seconds / size:11.3f} {beyond / 1e6:10.1f}")


def measured(arch: str, weights: Path, files: list[str]) -> tuple[float, int]:
    """Return seconds, and by how many bytes memory grew at most, less the output."""
    extractor = CNNExtractor(arch, weights, device="cpu")
    extractor.transform(files[:64])
    process = psutil.Process()
    before = process.memory_info().rss
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    start = time.perf_counter()
    features = extractor.transform(files)
    seconds = time.perf_counter() - start
    return seconds, peak_bytes() - before - features.nbytes


def peak_bytes() -> int:
    """Return the most memory held since the process was asked to forget."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this system doesn't say what a process held at most.")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--arch", action="append", help=f"repeatable; by default {' and '.join(ARCHS)}")
    add("--weights", type=Path, help="of the one --arch; by default seeded random ones")
    add("--images", type=Path, help="a folder of JPEGs; by default they are generated")
    add("--n-files", type=int, default=256, help="how many of them; 256")
    add("--rounds", type=int, default=3, help="runs of each way; 3")
    add("--growth", action="store_true", help="time and memory at 1,000 and 10,000")
    return parser.parse_args()


def main() -> None:
    """Compare the ways on every network asked for."""
    options = arguments()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="versus-") as name:
        folder = Path(name)
        for arch in options.arch or ARCHS:
            weights = options.weights or random_weights(arch, folder)
            if options.growth:
                growth(arch, weights, folder)
                continue
            if options.images is None:
                generated(folder, options.n_files)
            files = sorted((options.images or folder).glob("*.jpg"))[: options.n_files]
            compare(arch, weights, [str(path) for path in files], options.rounds)


if __name__ == "__main__":
    main()
