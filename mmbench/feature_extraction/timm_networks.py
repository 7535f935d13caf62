"""Features of images from the networks of timm."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from mmbench.errors import (
    MissingDependencyError,
    MissingWeightsError,
    UnknownNameError,
    require_installed,
)
from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.framing import FRAMINGS, Frame, Framing
from mmbench.feature_extraction.layers import cut_at
from mmbench.feature_extraction.network import Network, Pool
from mmbench.feature_extraction.network_extractor import BatchSize, NetworkExtractor
from mmbench.feature_extraction.parameters import require_choice, require_int
from mmbench.feature_extraction.precision import accelerated
from mmbench.feature_extraction.weights import (
    checksum,
    load_weights,
    read_state_dict,
)

__all__ = ["TimmExtractor"]

_FILE = "model.safetensors"
_N_CACHED = 2


class TimmExtractor(NetworkExtractor):
    """What a network of timm's computes before its last layer.

    Parameters
    ----------
    model : str, default="mobilenetv3_small_100"
        The network: any of ``timm.list_models()``, with or without the tag of its
        weights behind a dot.
    weights : str, PathLike or None, default="default"
        Where its weights come from: ``"default"`` is the copy of timm's own in the
        hub's local cache, a path a ``.safetensors`` file or a state dict saved by
        torch, None random ones. Nothing is ever downloaded by itself.
    batch_size : int or "auto", default="auto"
        As for :class:`~mmbench.feature_extraction.CNNExtractor`, like the following.
    precision : {"auto", "bfloat16", "float32"}, default="auto"
        What the network computes in.
    framing : {"crop", "pad", "stretch"}, default="crop"
        How an image becomes what the network takes.
    layer : str, optional
        The layer whose output is the features; by default all but the last.
    pool : {"cls", "flatten", "max", "mean"}, default="mean"
        How a map or a sequence becomes a vector.
    device : str, default="auto"
        Where the network computes.
    random_state : int, default=0
        Seed of random weights.

    Attributes
    ----------
    precision_ : {"bfloat16", "float32"}
        What the network computes in.
    device_ : str
        Where it does.

    Notes
    -----
    It needs the extra ``mmbench[timm]``. Images are scaled, cropped and normalised as
    timm says of the network. A missing image is a row of NaN.

    References
    ----------
    .. [1] R. Wightman, "PyTorch Image Models", 2019, doi:10.5281/zenodo.4414861.

    Examples
    --------
    >>> import pytest
    >>> _ = pytest.importorskip("timm")
    >>> import numpy as np
    >>> image = np.zeros((32, 32, 3), dtype=np.uint8)
    >>> extractor = TimmExtractor("mobilenetv3_small_050", weights=None, batch_size=1)
    >>> extractor.fit_transform([image, None]).shape
    (2, 1024)
    """

    def __init__(
        self,
        model: str = "mobilenetv3_small_100",
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
        self.model = model
        self.weights = weights
        self.batch_size = batch_size
        self.precision = precision
        self.framing = framing
        self.layer = layer
        self.pool = pool
        self.device = device
        self.random_state = random_state

    def files_read(self) -> list[str]:
        """Return the weights file whose content is part of what this computes."""
        return [] if self.weights in (None, "default") else [str(self.weights)]

    def check_requirements(self) -> None:
        """Look for timm and the weights, without loading the network."""
        super().check_requirements()
        require_installed("timm", extra="timm")
        self._weights_file()

    def _check_parameters(self) -> None:
        super()._check_parameters()
        require_choice("framing", self.framing, FRAMINGS)
        require_int("random_state", self.random_state, minimum=0)
        if not isinstance(self.weights, str | os.PathLike | None):
            raise TypeError(
                f"weights must be 'default', a path or None, got {self.weights!r}."
            )
        known = _timm().list_models()
        if self.model.partition(".")[0] not in known:
            near = [name for name in known if name[:3] == self.model[:3]]
            raise ValueError(str(UnknownNameError("timm network", self.model, near)))

    def _network(self) -> Network:
        file = self._weights_file()
        return _load(
            self.model,
            file,
            "" if file is None else checksum(file),
            self.random_state if file is None else 0,
            framing=self.framing,
            layer=self.layer,
            pool=self.pool,
            precision=self.precision,
            batch_size=self.batch_size,
            device=chosen_device(self.device),
        )

    def _weights_file(self) -> Path | None:
        if self.weights is None:
            return None
        return _cached(self.model) if self.weights == "default" else Path(self.weights)


def _timm() -> Any:
    try:
        import timm
    except ImportError as error:
        raise MissingDependencyError("timm", extra="timm") from error
    return timm


def _cached(model: str) -> Path:
    """Return timm's own weights in the hub's local cache."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    config = _timm().get_pretrained_cfg(model)
    name = getattr(config, "hf_hub_id", None)
    if not name:
        raise MissingWeightsError(
            f"timm has no weights of {model} on the hub; give weights=PATH."
        )
    try:
        return Path(hf_hub_download(name, _FILE, local_files_only=True))
    except LocalEntryNotFoundError as error:
        raise MissingWeightsError(
            f"the weights of {model} are not on this machine. To download them, run: "
            f"hf download {name} {_FILE}. Or give weights=PATH."
        ) from error


@lru_cache(maxsize=_N_CACHED)
def _load(
    model: str,
    path: Path | None,
    _: str,
    seed: int,
    *,
    framing: Framing,
    layer: str | None,
    pool: Pool,
    precision: str,
    batch_size: BatchSize,
    device: str,
) -> Network:
    """Load a network, once as long as its file stays the same."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _timm().create_model(model, pretrained=False, num_classes=0).eval()
    if path is not None:
        head = module.pretrained_cfg.get("classifier") or ()
        heads = tuple(f"{h}." for h in ([head] if isinstance(head, str) else head))
        state = read_state_dict(path).items()
        load_weights(module, {n: t for n, t in state if not n.startswith(heads)})
    network = replace(_described(module, framing), pool=pool, device=device)
    network = replace(network, module=cut_at(module, layer))
    return accelerated(network, precision=precision, batch_size=batch_size)


def _described(module: Any, framing: Framing) -> Network:
    """Return a network that takes images as timm says of it."""
    config = _timm().data.resolve_model_data_config(module)
    height, width = config["input_size"][1:]
    frame = Frame(
        crop=(height, width),
        resize=int(max(height, width) / config["crop_pct"]),
        framing=framing,
        interpolation=config["interpolation"].upper(),
    )
    return Network(
        module=module,
        frame=frame,
        mode="RGB",
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        least_side=frame.least_side,
    )
