"""Whether a processor computes in bfloat16, which torch and its oneDNN say."""

from __future__ import annotations

from typing import Any

from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.network import require_torch
from mmbench.feature_extraction.parameters import require_choice

__all__ = [
    "PRECISIONS",
    "cpu_has_bfloat16",
    "cpu_runs_bfloat16",
    "require_precision",
]

PRECISIONS = ("auto", "bfloat16", "float32")


def cpu_runs_bfloat16() -> bool:
    """Return whether oneDNN computes in bfloat16 on this processor, if slowly.

    On x86 it needs AVX-512 or AVX-NE-CONVERT. The environment variable
    ``ONEDNN_MAX_CPU_ISA`` can withhold them.

    Returns
    -------
    bool
    """
    import torch

    here: Any = torch.backends.mkldnn
    # Private, so it may be missing from a torch to come, as from one without oneDNN.
    supported = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    return bool(here.is_available() and supported())


def cpu_has_bfloat16() -> bool:
    """Return whether this processor has instructions of its own for bfloat16.

    Returns
    -------
    bool
        False as well where oneDNN may not use them.
    """
    import torch

    # torch says so in private functions alone, which not every version has.
    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    answers = [getattr(torch.cpu, name)() for name in names if hasattr(torch.cpu, name)]
    return any(answers) and cpu_runs_bfloat16()


def require_precision(precision: Any, device: str) -> None:
    """Raise unless a parameter is a precision that networks can compute in here.

    Parameters
    ----------
    precision : {"auto", "bfloat16", "float32"}
        The parameter.
    device : str
        Where the network is to compute; ``"auto"`` as for :func:`chosen_device`.

    Raises
    ------
    MissingDependencyError
        When it is bfloat16, and torch isn't installed.
    ValueError
        When it is none of these, or bfloat16 on a processor that can't.
    """
    require_choice("precision", precision, PRECISIONS)
    if precision != "bfloat16":
        return
    require_torch()
    if chosen_device(device) == "cpu" and not cpu_runs_bfloat16():
        raise ValueError(
            "precision must be 'auto' or 'float32' on this processor, got 'bfloat16', "
            "which oneDNN can't compute in here: on x86 it needs AVX-512 or "
            "AVX-NE-CONVERT, which ONEDNN_MAX_CPU_ISA must not withhold. Use "
            "precision='auto', which is float32 here."
        )
