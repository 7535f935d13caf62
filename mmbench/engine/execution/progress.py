"""What a run says of its phases while it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

__all__ = ["SILENT", "Progress"]


class Progress(Protocol):
    """Is notified of the phases of a run, and of every unit that is done in them.

    The phases are ``"trials"``, ``"retraining"`` and ``"learning curve"`` (one unit per
    fit), ``"throughput"`` (one unit per method and dataset) and ``"ablation"`` (one
    unit per trial), in this order; one that has no units is left out.
    """

    def expect(self, units: Mapping[str, int]) -> None:
        """Take in how many units the phases ahead will about have.

        Parameters
        ----------
        units : mapping of str to int
            The number of units by phase.
        """

    def enter(self, phase: str, n_units: int, *, n_idle: int = 0) -> None:
        """Begin a phase, of whose units some are known to need no work.

        Parameters
        ----------
        phase : str
            The phase's name.
        n_units : int
            How many units it has.
        n_idle : int, default=0
            How many of them are known to need no work.
        """

    def advance(self, *, worked: bool = True) -> None:
        """Count a unit as done; `worked` is False for one that took no work.

        Parameters
        ----------
        worked : bool, default=True
            Whether the unit needed work.
        """


class _Silent:
    """Is notified, and shows nothing."""

    def expect(self, units: Mapping[str, int]) -> None:
        pass

    def enter(self, phase: str, n_units: int, *, n_idle: int = 0) -> None:
        pass

    def advance(self, *, worked: bool = True) -> None:
        pass


SILENT: Progress = _Silent()
