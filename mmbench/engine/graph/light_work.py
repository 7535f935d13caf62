"""What most kinds of work have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class LightWork:
    """Work that is light, looks at no labels, and needs all inputs for an answer."""

    light: bool = True
    uses_target: bool = False
    tolerant: bool = False

    @property
    def n_live(self) -> int | None:
        """How many of the inputs, the first ones, an answer needs; None for all."""
        return None

    def warm_up(self, inputs: Sequence[Any]) -> None:
        """Do what only the first call in a process has to, outside the timing.

        Parameters
        ----------
        inputs : sequence
            The values of the node's inputs.
        """
