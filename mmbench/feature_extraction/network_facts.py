"""What an extractor that holds a network says of it."""

from __future__ import annotations

from typing import Any


class NetworkFacts:
    """Mixin of extractors whose ``_network`` chooses its precision and its device."""

    @property
    def precision_(self) -> str:
        """What the network computes in, ``"float32"`` or ``"bfloat16"``."""
        return str(self._network().precision)

    @property
    def device_(self) -> str:
        """Where the network computes, as torch calls it."""
        return str(self._network().device)

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
