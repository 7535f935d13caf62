"""What ``mmbench doctor`` finds of software, processor, memory and data."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from mmbench.cli.finding import Finding, folder_size, install_command, size_text
from mmbench.errors import MmbenchError

# Vector units that the numerical libraries use where they can.
_CPU_FEATURES = (
    *("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"),
    "asimd",
)
_LITTLE_BYTES = 2 * 1024**3

# Optional packages: the extra that brings each, and what there isn't without.
_OPTIONAL = {
    "lightgbm": ("boosting", "its predictors are left out"),
    "catboost": ("boosting", "its predictors are left out"),
    "optuna": ("optuna", "--tuner optuna can't be used"),
    "sentence_transformers": ("transformers", "language models can't be read"),
}


def software() -> Iterator[Finding]:
    """Look at the interpreter and the packages that results depend on."""
    from mmbench.engine.environment import versions

    found = partial(Finding, topic="software")
    python = f"{platform.python_version()} at {sys.executable}"
    yield found(name="python", value=python)
    for package, version in versions().items():
        yield found(name=package, value=version)
    for package, (extra, lost) in _OPTIONAL.items():
        if find_spec(package) is None:
            yield found(
                name=package,
                value=f"not installed, so {lost}",
                level="note",
                fix=install_command(extra),
            )


def machine() -> Iterator[Finding]:
    """Look at the processor and the memory."""
    import psutil

    from mmbench.engine.environment import cpu_name, n_cores

    found = partial(Finding, topic="machine")
    yield found(name="platform", value=platform.platform())
    yield found(name="processor", value=cpu_name())
    yield found(name="features", value=_cpu_features())
    yield found(name="cores", value=f"{n_cores()} usable of {os.cpu_count()}")
    yield found(name="threads", value=_thread_pools())
    memory = psutil.virtual_memory()
    limit = _container_limit() or memory.total
    available, total = min(memory.available, limit), min(memory.total, limit)
    value = f"{size_text(available)} available of {size_text(total)}"
    if available > _LITTLE_BYTES:
        yield found(name="memory", value=value)
    else:
        fix = "mmbench run SUITE --jobs 1"
        yield found(name="memory", value=f"only {value}", level="note", fix=fix)


def embedded_data() -> Iterator[Finding]:
    """Load every embedded dataset, which checks what it is made from."""
    from mmbench.cli.datasets import verify
    from mmbench.datasets import EMBEDDED

    found = partial(Finding, topic="embedded data")
    for name, dataset in EMBEDDED.items():
        try:
            yield found(name=name, value=verify(dataset))
        except MmbenchError as error:
            yield found(
                name=name,
                value=str(error),
                level="problem",
                fix="pip install --force-reinstall mmbench",
            )


def cache() -> Iterator[Finding]:
    """Look at the folder that intermediate results are kept in."""
    from mmbench.engine.cache.place import cache_folder

    folder = cache_folder()
    found = partial(Finding, topic="cache", name="folder")
    if not folder.exists():
        yield found(value=f"{folder} (not there yet)")
    elif not os.access(folder, os.W_OK):
        fix = f"chmod -R u+w '{folder}'"
        yield found(value=f"{folder} can't be written", level="problem", fix=fix)
    else:
        n_files, n_bytes = folder_size(folder)
        yield found(value=f"{folder}: {size_text(n_bytes)} in {n_files:,} files")


def _cpu_features() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return "not known on this system"
    lines = info.read_text().splitlines()
    line = next((each for each in lines if each.startswith(("flags", "Features"))), "")
    flags = set(line.partition(":")[2].split())
    found = [feature for feature in _CPU_FEATURES if feature in flags]
    return " ".join(found) or f"none of {' '.join(_CPU_FEATURES)}"


def _thread_pools() -> str:
    import sklearn  # noqa: F401 - brings its thread pools into the process
    from threadpoolctl import threadpool_info

    pools = {f"{p['internal_api']} {p['num_threads']}" for p in threadpool_info()}
    return f"{', '.join(sorted(pools))} here; 1 in each worker process of a run"


def _container_limit() -> int | None:
    """Return the memory that a container may use, which the system does not tell."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        path = Path("/sys/fs/cgroup") / name
        if path.is_file() and (text := path.read_text().strip()).isdigit():
            return int(text)
    return None
