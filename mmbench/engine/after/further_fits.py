"""Fits after the trials, planned and recorded as trials are, but kept apart from them.

Nobody ranks them: they show how scores vary with training, or grow with samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mmbench.engine.description import SCHEMA, list_trials
from mmbench.engine.plan import Plan
from mmbench.spec import digest_of
from mmbench.suite import metric_name

if TYPE_CHECKING:
    from mmbench.engine.graph.values import Rows
    from mmbench.results import ResultStore
    from mmbench.suite import Trial

__all__ = ["FurtherFits", "key_of_fit", "left_of"]


@dataclass(frozen=True, kw_only=True)
class FurtherFits(Plan):
    """Further fits of some methods of a run.

    Parameters
    ----------
    suite : Suite
        What was run.
    samples : mapping of str to Samples
        The samples of each dataset, by the dataset's name.
    trials : mapping of str to Trial
        Key to fit.
    reasons : mapping of str to str
        Why there are none on a dataset.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what their ``plan.json`` holds."""
        methods = {trial.method for trial in self.trials.values()}
        return {
            "schema": SCHEMA,
            "reasons": dict(self.reasons),
            "datasets": {
                d.name: {"version": d.version, "checksum": d.checksum}
                for d in self.suite.datasets
            },
            "methods": {
                name: {"digest": digest_of(method)}
                for name, method in self.suite.methods.items()
                if name in methods
            },
            "trials": self._list_trials(),
        }

    def _list_trials(self) -> list[dict[str, Any]]:
        return list_trials(self)


def key_of_fit(plan: Plan, trial: Trial, fit: Rows) -> str:
    """Name a fit by all that it is.

    Parameters
    ----------
    plan : Plan
        What was run.
    trial : Trial
        The fit.
    fit : Rows
        Which rows it trains and answers on.

    Returns
    -------
    str
        A digest.
    """
    method = plan.suite.methods[trial.method]
    identity = plan.identities[trial.dataset]
    scoring = list(map(metric_name, plan.suite.scoring))
    return digest_of(identity, method, trial.method, scoring, fit.digest, trial.seed)


def left_of(found: FurtherFits, kept: ResultStore) -> list[str]:
    """Return the keys of the fits that a run has not finished yet.

    Parameters
    ----------
    found : FurtherFits
        What is planned.
    kept : ResultStore
        Their folder.

    Returns
    -------
    list of str
        In the order of the plan.
    """
    finished = kept.finished() if kept.exists() else set()
    return [key for key in found.trials if key not in finished]
