"""Tuning under equal times: how many candidates each method can afford."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean
from typing import TYPE_CHECKING, Any

import click

from mmbench.cli.quantities import Span
from mmbench.errors import UsageError

if TYPE_CHECKING:
    from mmbench.results import Record, ResultStore
    from mmbench.suite import Suite
    from mmbench.suites.tuning import Tuner

__all__ = ["Budget", "affordable", "tuned_in_time"]

_MOST = 200
# Three inner folds of two thirds of the rows each take as long as two fits.
_FITS_A_CANDIDATE = 2.0


class Budget(click.ParamType["int | float"]):
    """A number of candidates (20) or a time for each method and fold (10m)."""

    name = "N|TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | float:
        """Read a budget.

        Parameters
        ----------
        value : str
            What the user typed.
        param : Parameter or None
            The option, for the error message.
        ctx : Context or None
            click's context.

        Returns
        -------
        int or float
            Candidates, or seconds.
        """
        if isinstance(value, int | float):
            return value
        if not value.isdigit():
            return Span().convert(value, param, ctx)
        if int(value) < 2:
            self.fail(
                f"{value} candidates leave no choice; the first is the method as "
                f"given.",
                param,
                ctx,
            )
        return int(value)


def tuned_in_time(
    suite: Suite,
    store: ResultStore,
    budget: tuple[float, Tuner],
    how: Mapping[str, Any],
) -> Suite:
    """Return a suite whose methods are tuned in about equal times.

    What a method as it is took to fit says how many candidates it can afford, so the
    suite is run untuned first. What an earlier run settled stays, so that a run which
    was stopped goes on.

    Parameters
    ----------
    suite : Suite
        Untuned.
    store : ResultStore
        The results folder.
    budget : (float, str)
        Seconds for each method and fold, and how candidates are tried.
    how : mapping
        Options of :func:`mmbench.engine.run`.

    Returns
    -------
    Suite

    Raises
    ------
    UsageError
        When no method can afford two candidates.
    """
    from mmbench.engine import run
    from mmbench.suites.tuning import recorded_counts, tuned_suite

    budget_s, tuner = budget
    counts: Mapping[str, int] = {}
    if store.exists() and not how.get("fresh"):
        counts = recorded_counts(store.plan())
    if not counts:
        untimed = {"throughput": False, "probes": False, "retrain": "none"}
        for _ in run(suite, store, **{**how, **untimed}):
            pass
        counts = affordable(store.records(), budget_s, tuner)
    counts = {name: n for name, n in counts.items() if name in suite.methods}
    if not counts:
        raise UsageError(
            f"--tune: {budget_s:.0f} s are too few for any method to try another "
            f"candidate; give more time, or a number of candidates."
        )
    return tuned_suite(suite, counts, tuner)


def affordable(
    records: Mapping[str, Record], budget_s: float, tuner: Tuner = "random"
) -> dict[str, int]:
    """Return how many candidates each method can try in a time.

    Parameters
    ----------
    records : mapping of str to Record
        What the untuned methods took, by trial.
    budget_s : float
        Seconds for each trial.
    tuner : {"random", "halving", "optuna"}, default="random"
        How candidates are tried.

    Returns
    -------
    dict of str to int
        Without methods that can't afford two.

    Examples
    --------
    >>> from mmbench.results import Record
    >>> record = Record(key="0a", suite="s", dataset="d", method="m", fold=0, seed=0,
    ...                 status="ok", fit_time_s=1.0)
    >>> affordable({"0a": record}, 21.0), affordable({"0a": record}, 3.0)
    ({'m': 10}, {})
    >>> affordable({"0a": record}, 21.0, "halving")
    {'m': 30}
    """
    times = defaultdict(list)
    for record in records.values():
        if record.status == "ok" and record.fit_time_s:
            times[record.method].append(record.fit_time_s)
    found = {}
    for method, of_method in times.items():
        # The best candidate is fitted again at last.
        n_fits = budget_s / fmean(of_method) - 1
        n = max(
            (n for n in range(2, _MOST + 1) if _fits(n, tuner) <= n_fits), default=0
        )
        if n:
            found[method] = n
    return found


def _fits(n_candidates: int, tuner: Tuner) -> float:
    """Return how many fits to all training rows a search takes as long as."""
    if tuner != "halving":
        return n_candidates * _FITS_A_CANDIDATE
    # Each iteration tries a third of the candidates on three times the rows; of few
    # rows there are not many.
    n_iterations = 1 + (n_candidates >= 3) + (n_candidates >= 9)
    at_full_size = n_candidates / float(3 ** (n_iterations - 1))
    return n_iterations * at_full_size * _FITS_A_CANDIDATE
