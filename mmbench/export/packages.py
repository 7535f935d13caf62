"""The packages that a model needs, with the versions that it was fitted with."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from typing import Any

from mmbench.export.graph import parts_of
from mmbench.neural import NeedsTorch

__all__ = ["versions_needed"]

_ALWAYS = ("mmbench", "scikit-learn", "numpy", "scipy", "pandas", "skops")
_OF_IMAGES = ("pillow", "scikit-image")
_OF_NETWORKS = ("torch", "safetensors")
_OF_LANGUAGE_MODELS = (*_OF_NETWORKS, "transformers")
_BY_MODULE = {
    "catboost": ("catboost",),
    "gensim": ("gensim",),
    "lightgbm": ("lightgbm",),
    "mmbench.feature_extraction.cnn": (*_OF_NETWORKS, "torchvision"),
    "mmbench.feature_extraction.timm_networks": (*_OF_NETWORKS, "timm"),
    "mmbench.feature_extraction.transformer": _OF_LANGUAGE_MODELS,
    "xgboost": ("xgboost",),
}


def versions_needed(model: Any, modalities: Iterable[str]) -> dict[str, str]:
    """Return what has to be installed for a model to be asked as it was fitted.

    Parameters
    ----------
    model : estimator
        Fitted.
    modalities : iterable of str
        Those of its columns.

    Returns
    -------
    dict of str to str
        Versions by package, of those that are installed.
    """
    names = [*_ALWAYS, *(_OF_IMAGES if "image" in modalities else ())]
    for part in parts_of(model):
        module = type(part).__module__
        names += _BY_MODULE.get(module, _BY_MODULE.get(module.partition(".")[0], ()))
        names += _OF_NETWORKS if isinstance(part, NeedsTorch) else ()
    found = {name: _version(name) for name in dict.fromkeys(names)}
    return {name: version for name, version in found.items() if version}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        import mmbench

        return mmbench.__version__ if package == "mmbench" else ""
