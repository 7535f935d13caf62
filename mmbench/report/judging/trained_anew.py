"""How much training adds to the variance of scores, from retrained methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.report.judging.oof_predictions import read_part, read_pooled
from mmbench.report.judging.scoring import Scores
from mmbench.stats import (
    Estimates,
    excess_covariance,
    is_degenerate,
    retraining_covariance,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mmbench.report.judging.further_fits import FurtherFits
    from mmbench.report.run import OnDataset
    from mmbench.results import Predictions

__all__ = ["TrainedAnew", "trained_anew"]


@dataclass(frozen=True)
class TrainedAnew:
    """The variance that training adds to the scores of some methods.

    Parameters
    ----------
    methods : tuple of str
        Those that were retrained.
    covariance : ndarray of shape (n_methods, n_methods)
        Of their scores, in the same order.
    df : int
        Its degrees of freedom.
    n_fits : int
        Fits of each method.
    degenerate : frozenset of str
        Methods that answered alike for all rows in over a tenth of these fits, so that
        their variance is not known.
    kind : {"parts", "bootstrap"}
        What they were trained on.
    """

    methods: tuple[str, ...]
    covariance: NDArray[np.float64]
    df: int
    n_fits: int
    degenerate: frozenset[str]
    kind: str

    def known(self, *methods: str) -> bool:
        """Return whether claims about retrained methods can be made.

        Parameters
        ----------
        *methods : str
            Their names.

        Returns
        -------
        bool
            Whether all were retrained and none is degenerate.
        """
        return set(methods) <= {*self.methods} - self.degenerate

    def estimates(self, names: Sequence[str], fitted: Estimates) -> Estimates:
        """Return estimates of retrained methods.

        Parameters
        ----------
        names : sequence of str
            The methods, in the order of the estimates.
        fitted : Estimates
            About the fitted models.

        Returns
        -------
        Estimates
            A method that was not retrained is taken to vary, independently of all
            others, as the others do on average: that is enough to correct for how many
            methods there are, but no claim names it.
        """
        mean = max(0.0, float(np.diag(self.covariance).mean()))
        excess = mean * np.eye(len(names))
        ours = [i for i, name in enumerate(self.methods) if name in names]
        at = [names.index(self.methods[i]) for i in ours]
        excess[np.ix_(at, at)] = self.covariance[np.ix_(ours, ours)]
        return fitted.trained_anew(excess, self.df)


def trained_anew(
    found: FurtherFits, here: OnDataset, plan: Mapping[str, Any]
) -> TrainedAnew | None:
    """Return how much training adds to the variance of scores on a dataset.

    Parameters
    ----------
    found : FurtherFits
        Those of the run.
    here : OnDataset
        What the run did on the dataset.
    plan : mapping
        The run's plan.

    Returns
    -------
    TrainedAnew or None
        None where fewer than two methods were retrained.
    """
    design = found.plan.get("designs", {}).get(here.name)
    if not design or found.predictions is None:
        return None
    trials = found.trials(here.name, plan)
    read = cache(found.predictions)
    draws = _by_draw(here, trials, read)
    methods = [m for m in trials if draws and all(m in each[0] for each in draws)]
    if len(methods) < 2:
        return None
    taken = [own.take([of.index(m) for m in methods]) for of, own in draws]
    if design["kind"] == "bootstrap":
        covariance, df = retraining_covariance(
            [each.scores for each in taken], [each.influence for each in taken]
        )
    else:
        n_parts = design["n_parts"]
        parts = [taken[i : i + n_parts] for i in range(0, len(taken), n_parts)]
        covariance, df = excess_covariance(
            [[each.scores for each in split] for split in parts],
            [[each.covariance for each in split] for split in parts],
        )
    return TrainedAnew(
        methods=tuple(methods),
        covariance=covariance,
        df=df,
        n_fits=len(trials[methods[0]]),
        degenerate=frozenset(
            m for m in methods if _is_degenerate(here, trials[m], read)
        ),
        kind=str(design["kind"]),
    )


def _by_draw(
    here: OnDataset,
    trials: Mapping[str, Sequence[Mapping[str, Any]]],
    read: Callable[[str], Predictions],
) -> list[tuple[list[str], Estimates]]:
    """Return the estimates on every part of the data, or of every retraining."""
    metric = here.compared_by
    seeds = sorted({trial["seed"] for own in trials.values() for trial in own})
    found = []
    for seed in seeds:
        ours = [t for own in trials.values() for t in own if t["seed"] == seed]
        pooled = read_pooled(here.task, ours, trials, read, here.metrics)
        if pooled is not None and metric is not None:
            found.append(Scores(pooled, metric, (), here.test_share).estimates())
    return found


def _is_degenerate(
    here: OnDataset,
    trials: Sequence[Mapping[str, Any]],
    read: Callable[[str], Predictions],
) -> bool:
    parts = (read_part(here.task, read(trial["key"])) for trial in trials)
    n_alike = sum(here.task.answers.is_constant(part.prediction) for part in parts)
    return is_degenerate(n_alike, len(trials))
