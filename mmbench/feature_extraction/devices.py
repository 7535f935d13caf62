"""Where networks compute."""

from __future__ import annotations

__all__ = ["chosen_device"]


def chosen_device(device: str) -> str:
    """Return the device that a parameter stands for.

    Parameters
    ----------
    device : str
        ``"auto"``: a GPU where torch can use one, the processor otherwise. Or what
        torch calls it: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``.

    Returns
    -------
    str
        What torch calls it.

    Raises
    ------
    TypeError
        When it is not a string.
    ValueError
        When torch knows no such device, or can't use it here.

    Examples
    --------
    >>> chosen_device("cpu")
    'cpu'
    """
    import torch

    if not isinstance(device, str):
        raise TypeError(f"device must be 'auto' or a device of torch, got {device!r}.")
    usable = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if device == "auto":
        return next(kind for kind, here in usable.items() if here)
    here = [kind for kind in usable if usable[kind]]
    try:
        kind, number = torch.device(device).type, torch.device(device).index or 0
    except RuntimeError:
        kind, number = "", 0
    if kind not in here or (kind == "cuda" and number >= torch.cuda.device_count()):
        raise ValueError(
            f"device must be 'auto' or one that torch can use here, {here}, "
            f"got {device!r}."
        )
    return device
