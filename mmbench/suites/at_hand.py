"""The pretrained models that built-in suites use unless others are given."""

from __future__ import annotations

from importlib.util import find_spec

from mmbench.feature_extraction.packaged import EFFICIENTNET_LITE0, MINILM
from mmbench.feature_extraction.weight_store import other_weights

__all__ = ["NETWORKS", "TEXT_MODELS", "networks_at_hand", "text_models_at_hand"]

NETWORKS = {EFFICIENTNET_LITE0.name: "default"}
"""What the extra ``pretrained`` brings for pictures, and for texts."""
TEXT_MODELS = {MINILM.name: MINILM.source}


def networks_at_hand() -> dict[str, str]:
    """Return the network for photos on this machine: name to weights.

    Returns
    -------
    dict of str to str
        EfficientNet-Lite0 where it is installed, or else torchvision's MobileNetV2
        where its weights are here; empty where neither is, or torch is not.
    """
    if find_spec("torch") is None:
        return {}
    if EFFICIENTNET_LITE0.find() is not None:
        return NETWORKS
    fetched = {each.name for each in other_weights()}
    return {"mobilenet_v2": "default"} if "mobilenet_v2" in fetched else {}


def text_models_at_hand() -> dict[str, str]:
    """Return the sentence encoder on this machine: name to what it is loaded by.

    Returns
    -------
    dict of str to str
        MiniLM where it and sentence-transformers are installed, else empty.
    """
    installed = MINILM.find() is not None
    return TEXT_MODELS if installed and find_spec("sentence_transformers") else {}
