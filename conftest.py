"""How the tests use the machine: a core each, one thread in each process.

What they compute is small, and threads that wait for each other cost more than they
bring: on a busy machine, a hundred times more. So the threads are set before anything
that reads these variables is imported.
"""

import os
from pathlib import Path

import pytest

for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "VECLIB_MAXIMUM"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

_MOST_PROCESSES = 4  # each imports torch, which takes memory


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread folders of tests over processes; a file, or what is timed, runs in one."""
    if config.getoption("benchmark_only", False):
        return 0
    if not any(Path(argument).is_dir() for argument in config.args):
        return 0
    n_cores = (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )
    return min(n_cores, _MOST_PROCESSES)
