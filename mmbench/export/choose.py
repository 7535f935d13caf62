"""Which method of a run is exported."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mmbench.errors import UnknownNameError, UsageError
from mmbench.report.judging.floors import above_floor
from mmbench.report.judging.verdicts import Judgement
from mmbench.report.run import OnDataset, Run

__all__ = ["NO_NEEDS", "Needs", "best_method", "chosen_dataset", "named_method"]


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a method must meet to be chosen, as it was measured with nothing beside it.

    Parameters
    ----------
    max_latency_s : float, optional
        The most seconds in which it answers for one row, 95 times of 100.
    min_throughput : float, optional
        The fewest rows per second that it answers for.
    max_bytes : float, optional
        The largest size of what it learnt.
    """

    max_latency_s: float | None = None
    min_throughput: float | None = None
    max_bytes: float | None = None

    @property
    def any(self) -> bool:
        """Whether something is asked for."""
        return any(each is not None for each in vars(self).values())

    def met_by(self, measured: Mapping[str, Any]) -> bool:
        """Return whether a method's measurements meet the needs.

        Parameters
        ----------
        measured : mapping of str to object
            The method's part of ``throughput.json``; what is not measured is not met.

        Returns
        -------
        bool
        """
        return not any(self._missed(measured))

    def _missed(self, measured: Mapping[str, Any]) -> Iterator[bool]:
        for name, most in (
            ("latency_p95_s", self.max_latency_s),
            ("model_bytes", self.max_bytes),
        ):
            if most is not None:
                yield not float(measured.get(name, math.nan)) <= most
        if self.min_throughput is not None:
            found = float(measured.get("samples_per_s", math.nan))
            yield not found >= self.min_throughput


NO_NEEDS = Needs()


def chosen_dataset(run: Run, name: str | None) -> OnDataset:
    """Return what a run did on a dataset.

    Parameters
    ----------
    run : Run
        What the results folder holds.
    name : str or None
        The dataset; None for the only one.

    Returns
    -------
    OnDataset

    Raises
    ------
    UsageError
        When there are several and none is named, or none is called so.
    """
    if name is None:
        if len(run.datasets) != 1:
            raise UsageError(
                "the run is on several datasets; choose one with --dataset: "
                f"{', '.join(run.datasets)}."
            )
        return next(iter(run.datasets.values()))
    if name not in run.datasets:
        raise UnknownNameError("dataset", name, run.datasets)
    return run.datasets[name]


def named_method(here: OnDataset, name: str) -> str:
    """Return a method's name, if the run has it on the dataset.

    Parameters
    ----------
    here : OnDataset
        What was done on the dataset.
    name : str
        The method.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        When the run does not have it.
    """
    names = [row.method for row in here.rows]
    if name not in names:
        raise UnknownNameError("method", name, names)
    return name


def best_method(
    here: OnDataset, judgement: Judgement, measured: Mapping[str, Any], needs: Needs
) -> str:
    """Return the best of the methods that are better than the floor and meet needs.

    Parameters
    ----------
    here : OnDataset
        What was done on the dataset.
    judgement : Judgement
        What follows from it.
    measured : mapping
        What ``throughput.json`` says of each method on it.
    needs : Needs
        What is asked for.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        When no method is better than the floor, or none of those meets the needs.
    """
    above = above_floor(here.leaderboard, judgement.scores)
    able = [row.method for row in here.leaderboard.contenders if row.method in above]
    if not able:
        raise UsageError(
            f"no method is significantly better than the floor on {here.name!r}, so "
            "none is the best; name one with --method if you want it anyway."
        )
    if not needs.any:
        return able[0]
    if not measured:
        raise UsageError(
            "throughput was not measured in this run, so latency, speed and size are "
            "unknown: run it again without --no-throughput."
        )
    found = next((m for m in able if needs.met_by(measured.get(m, {}))), None)
    if found is None:
        raise UsageError(
            f"none of the {len(able)} methods that are better than the floor on "
            f"{here.name!r} meets these requirements; tables/throughput.csv has their "
            "latency (p95), throughput and size."
        )
    return found
