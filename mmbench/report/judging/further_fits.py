"""Fits after the trials, of retrained methods or on less, as a run left them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmbench.results import Predictions, Record, ResultStore

__all__ = ["FurtherFits"]


@dataclass(frozen=True)
class FurtherFits:
    """What the further fits of a run left.

    Parameters
    ----------
    plan : mapping
        Their ``plan.json``; empty where there are none.
    records : mapping of str to Record
        The last record of each key.
    predictions : callable, optional
        Returns the predictions of a key.
    """

    plan: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    predictions: Callable[[str], Predictions] | None = None

    @classmethod
    def read(cls, kept: ResultStore) -> FurtherFits:
        """Read the further fits of a run.

        Parameters
        ----------
        kept : ResultStore
            Their folder inside that of the run.

        Returns
        -------
        FurtherFits
            Empty where there are none.

        Raises
        ------
        StoreError
            When what is there can't be read.
        """
        if not kept.exists():
            return cls()
        return cls(kept.plan(), kept.records(), kept.predictions)

    def reason(self, dataset: str) -> str:
        """Return why there are no fits on a dataset.

        Parameters
        ----------
        dataset : str
            Its name.

        Returns
        -------
        str
            Empty if nobody asked.
        """
        return str(self.plan.get("reasons", {}).get(dataset, ""))

    def trials(
        self, dataset: str, plan: Mapping[str, Any]
    ) -> dict[str, list[Mapping[str, Any]]]:
        """Return the fits on a dataset of the methods all of whose fits are ok.

        Parameters
        ----------
        dataset : str
            Its name.
        plan : mapping
            The run's; fits of another version of the dataset or method don't count.

        Returns
        -------
        dict of str to list of mapping
            By method.
        """
        if not _is_same(self.plan, plan, "datasets", dataset, ("version", "checksum")):
            return {}
        found: dict[str, list[Mapping[str, Any]]] = {}
        for trial in self.plan["trials"]:
            if trial["dataset"] == dataset:
                found.setdefault(trial["method"], []).append(trial)
        return {
            method: trials
            for method, trials in found.items()
            if _is_same(self.plan, plan, "methods", method, ("digest",))
            and all(
                (record := self.records.get(trial["key"])) and record.status == "ok"
                for trial in trials
            )
        }


def _is_same(
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    part: str,
    name: str,
    fields: Sequence[str],
) -> bool:
    one, other = (each.get(part, {}).get(name) for each in (ours, theirs))
    return bool(one and other) and all(one.get(f) == other.get(f) for f in fields)
