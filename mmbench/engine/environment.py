"""What the results were made with."""

from __future__ import annotations

import datetime
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = (
    "mmbench",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "scikit-image",
    "xgboost",
    "gensim",
    "pillow",
    "matplotlib",
    "torch",
    "torchvision",
    "lightgbm",
    "catboost",
    "optuna",
)


def versions() -> dict[str, str]:
    """Return the versions of the installed packages that results depend on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    if "mmbench" not in found:
        import mmbench

        found["mmbench"] = mmbench.__version__
    return found


def cpu_name() -> str:
    """Return the processor's name as the system gives it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def n_cores() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_environment(
    *, jobs: int, seeds: Sequence[int], checksums: Mapping[str, str]
) -> dict[str, Any]:
    """Return the record of the machine, the software and the call.

    Parameters
    ----------
    jobs : int
        Worker processes.
    seeds : sequence of int
        The suite's seeds.
    checksums : mapping of str to str
        Dataset to checksum.

    Returns
    -------
    dict of str to object
        The content of ``environment.json``.
    """
    now = datetime.datetime.now(datetime.UTC)
    return {
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "started_at": now.isoformat(timespec="seconds"),
        "versions": versions(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "n_cores": n_cores(),
        "jobs": jobs,
        "threads_per_job": 1,
        "seeds": list(seeds),
        "datasets": dict(checksums),
    }
