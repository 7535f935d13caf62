"""What ``mmbench doctor`` finds of torch, its device and pretrained weights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from mmbench.cli.finding import Finding, install_command, size_text


def torch_and_device() -> Iterator[Finding]:
    """Look at whether torch works, and what it would run on."""
    found = partial(Finding, topic="torch")
    if find_spec("torch") is None:
        yield found(
            name="torch",
            value="not installed, so methods with a CNN are skipped",
            level="note",
            fix=install_command("torch"),
        )
        return
    try:
        import torch
        import torchvision
    # A torchvision that was built for another torch fails with either.
    except (ImportError, RuntimeError) as error:
        yield found(
            name="torch",
            value=f"can't be imported: {error}",
            level="problem",
            fix="pip install --force-reinstall torch torchvision",
        )
        return
    yield found(name="torch", value=torch.__version__)
    yield found(name="torchvision", value=torchvision.__version__)
    device = f"cpu with {torch.get_num_threads()} threads"
    if torch.cuda.is_available():
        device = f"{torch.cuda.get_device_name()} (cuda {torch.version.cuda})"
    elif torch.backends.mps.is_available():
        device = "mps"
    yield found(name="device", value=device)


def weights() -> Iterator[Finding]:
    """Look for pretrained weights: the shipped network, and torch's downloads."""
    found = partial(Finding, topic="weights")
    folder = _hub_folder()
    files = sorted(folder.glob("*.pth")) if folder.is_dir() else []
    for path in files:
        yield found(name=path.name, value=size_text(path.stat().st_size))
    if not files:
        yield found(
            name="torchvision",
            value=f"none in {folder}; they are downloaded when first used, or can be "
            "given with --weights ARCH=PATH",
        )


def _hub_folder() -> Path:
    # As torch.hub finds it, but without torch.
    cache = os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")
    home = Path(os.environ.get("TORCH_HOME", Path(cache) / "torch"))
    return home / "hub" / "checkpoints"
