"""What a thing is, as JSON and as a digest.

An estimator's spec is its public import path and its parameters, so two estimators
that do the same have the same spec, in every process, on every machine and after any
file was moved. A digest of the spec is what names work: trials, nodes, cache entries.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import numpy as np

from mmbench.errors import UsageError

__all__ = ["digest_of", "file_checksum", "public_path", "spec_of"]

_BLOCK_BYTES = 1 << 20

# Classes that have moved since, and the paths that name them in digests for good.
_FORMERLY = {
    f"mmbench.predictors.{name}": f"mmbench.classifiers.{name}"
    for name in (
        "CatBoostClassifier",
        "DenseReducer",
        "LightGBMClassifier",
        "SignSplitter",
        "XGBoostClassifier",
    )
}


def public_path(thing: Any) -> str:
    """Return the shortest import path at which a class or function is public.

    Parameters
    ----------
    thing : class or function
        Something defined at the top level of a module.

    Returns
    -------
    str
        ``"package.module.name"``; packages that re-export the thing are preferred. What
        was moved keeps the path that it had.

    Raises
    ------
    UsageError
        When the thing has no import path: a lambda or something defined in a function.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> LogisticRegression.__module__
    'sklearn.linear_model._logistic'
    >>> public_path(LogisticRegression)
    'sklearn.linear_model.LogisticRegression'
    """
    module, name = thing.__module__, thing.__qualname__
    if "<" in name:
        raise UsageError(
            f"{name} in {module} has no import path, so it can't be cached or shared; "
            f"define it at the top level of a module."
        )
    parts = module.split(".")
    for end in range(1, len(parts)):
        package = sys.modules.get(".".join(parts[:end]))
        if package is not None and getattr(package, name, None) is thing:
            path = ".".join([*parts[:end], name])
            return _FORMERLY.get(path, path)
    return f"{module}.{name}"


def spec_of(value: Any) -> Any:  # noqa: PLR0911 - one return a kind of value
    """Return what a value is as plain JSON data.

    Parameters
    ----------
    value : object
        An estimator (anything with ``get_params``), a splitter, an array, a function
        or class with an import path, a path, or a plain Python value. Lists and tuples
        are one kind, as scikit-learn treats them.

    Returns
    -------
    JSON data
        Equal for values that do the same work. Files that an estimator reads (it lists
        them in a method ``files_read``) count by their content, not by their name.

    Raises
    ------
    UsageError
        When a value has no public name, such as a lambda.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> spec_of(DummyClassifier())["class"]
    'sklearn.dummy.DummyClassifier'
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        return {"bytes": hashlib.sha256(value).hexdigest()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {"mapping": [[spec_of(k), spec_of(v)] for k, v in value.items()]}
    if isinstance(value, Set):
        return {"set": sorted((spec_of(v) for v in value), key=_canonical)}
    if isinstance(value, list | tuple | range):
        return [spec_of(item) for item in value]
    if isinstance(value, np.ndarray):
        return _spec_of_array(value)
    if isinstance(value, np.random.RandomState | np.random.Generator):
        return {"random_state": repr(_state_of(value))}
    if isinstance(value, type) or inspect.isroutine(value):
        return {"object": public_path(value)}
    return _spec_of_object(value)


def digest_of(*values: Any) -> str:
    """Return 32 hexadecimal digits that name the values.

    Parameters
    ----------
    *values : object
        Anything that :func:`spec_of` describes.

    Returns
    -------
    str
        The same in every process and on every machine for equal values.

    Examples
    --------
    >>> digest_of("a", 1) == digest_of("a", 1)
    True
    >>> digest_of("a", 1) == digest_of("a", 1.5)
    False
    """
    text = _canonical([spec_of(value) for value in values])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def file_checksum(path: Path | str) -> str:
    """Return the SHA-256 of a file's content; read once while the file is unchanged.

    Parameters
    ----------
    path : Path or str
        A file that exists.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    OSError
        When the file can't be read.
    """
    stat = Path(path).stat()
    return _file_checksum(str(path), stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _file_checksum(path: str, _size: int, _mtime_ns: int) -> str:
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))


def _spec_of_array(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    if array.dtype.hasobject:
        return {"array": [spec_of(item) for item in array.ravel().tolist()]}
    data = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return {"array": data, "dtype": array.dtype.str, "shape": list(array.shape)}


def _state_of(generator: np.random.RandomState | np.random.Generator) -> Any:
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    return [np.asarray(part).tolist() for part in generator.get_state(legacy=True)]


def _spec_of_network(module: Any) -> dict[str, Any]:
    """Return a torch module's layers and the digest of its weights."""
    torch = sys.modules["torch"]
    digest = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        digest.update(f"{name}{tensor.dtype}{tuple(tensor.shape)}".encode())
        flat = tensor.detach().cpu().contiguous().flatten()
        digest.update(flat.view(torch.uint8).numpy().data)
    layers = repr(module)
    path = public_path(type(module))
    return {"class": path, "layers": layers, "weights": digest.hexdigest()}


def _spec_of_distribution(frozen: Any) -> dict[str, Any]:
    """Return a distribution of scipy's, or of one's own, with its parameters."""
    dist = frozen.dist
    is_known = type(dist).__module__.startswith("scipy.")
    name = f"scipy.stats.{dist.name}" if is_known else public_path(type(dist))
    return {"class": name, "params": [spec_of(frozen.args), spec_of(frozen.kwds)]}


def _spec_of_object(value: Any) -> dict[str, Any]:
    scipy_stats = sys.modules.get("scipy.stats")
    if scipy_stats is not None and isinstance(
        value, scipy_stats.distributions.rv_frozen
    ):
        return _spec_of_distribution(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.nn.Module):
        return _spec_of_network(value)
    params = _params_of(value)
    spec: dict[str, Any] = {
        "class": public_path(type(value)),
        "params": {name: spec_of(params[name]) for name in sorted(params)},
    }
    if hasattr(value, "files_read"):
        named = sorted(str(path) for path in value.files_read())
        checksums = [file_checksum(path) for path in named]
        spec = _without_paths(spec, named) | {"files": checksums}
    return spec


def _params_of(value: Any) -> Mapping[str, Any]:
    sklearn = sys.modules.get("sklearn.base")
    own = getattr(type(value), "get_params", None)
    if sklearn is not None and own is sklearn.BaseEstimator.get_params:
        return {name: getattr(value, name) for name in _param_names(value.__class__)}
    if hasattr(value, "get_params"):
        params: Mapping[str, Any] = value.get_params(deep=False)
        return params
    # Splitters and the like: their constructor's arguments are their attributes.
    return vars(value) if hasattr(value, "__dict__") else {}


@functools.cache
def _param_names(cls: Any) -> list[str]:
    """Return what scikit-learn reads off the constructor's signature each time."""
    names: list[str] = cls._get_param_names()
    return names


def _without_paths(spec: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    params = {n: None if v in paths else v for n, v in spec["params"].items()}
    return {**spec, "params": params}
