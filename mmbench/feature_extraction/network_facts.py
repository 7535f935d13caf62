"""What an extractor that holds a network says of it."""

from __future__ import annotations

from typing import Any

from mmbench.feature_extraction.bfloat16 import cpu_has_bfloat16
from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.network import require_torch


class NetworkFacts:
    """Mixin of extractors whose ``_network`` chooses its precision and its device."""

    precision: Any
    device: Any

    @property
    def precision_(self) -> str:
        """What the network computes in, ``"float32"`` or ``"bfloat16"``."""
        return str(self._network().precision)

    @property
    def device_(self) -> str:
        """Where the network computes, as torch calls it."""
        return str(self._network().device)

    def chosen_params(self) -> dict[str, str]:
        """Return what the parameters that are ``"auto"`` stand for on this machine.

        Returns
        -------
        dict of str to str
            A precision, where that is ``"auto"``, and a device, where that is and isn't
            the processor. With them, an engine names what is computed here: a value in
            bfloat16 must not be taken for one in float32.

        Raises
        ------
        RequirementError
            When torch, or what the network is made of, is not here.
        ValueError
            When a parameter is not what it must be.
        """
        require_torch()
        chosen = {}
        device = chosen_device(self.device)
        if self.device == "auto" and device != "cpu":
            chosen["device"] = device
        if self.precision == "auto":
            # Without bfloat16 there is nothing to choose, so nothing need be loaded.
            rounds = device != "cpu" or cpu_has_bfloat16()
            chosen["precision"] = self.precision_ if rounds else "float32"
        return chosen

    def computed_with(self) -> dict[str, str]:
        """Return what of the machine the features depend on, for the record.

        Returns
        -------
        dict of str to str
            ``"precision"`` and ``"device"``, as they were chosen here.
        """
        return {"precision": self.precision_, "device": self.device_}

    @property
    def _n_features_out(self) -> int:
        return int(self._network().n_features)

    def _network(self) -> Any:
        raise NotImplementedError
