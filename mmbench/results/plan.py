"""The shape of ``plan.json``, which everything that reads a folder relies on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmbench.errors import StoreError
from mmbench.results.record import check_schema, is_key

__all__ = ["check_plan", "greater_is_better", "ranking_metric", "with_added"]

_TRIAL_TYPES = {"dataset": str, "method": str, "fold": int, "seed": int}


def check_plan(plan: Mapping[str, Any], name: str) -> None:
    """Raise unless the plan names its datasets, methods and trials coherently.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    name : str
        How the error calls it.

    Raises
    ------
    StoreError
        When a newer mmbench wrote it, or when it is not a plan; the message says where.
    """
    check_schema(plan, name)
    for part, kind in [("datasets", dict), ("methods", dict), ("trials", list)]:
        if not isinstance(plan.get(part), kind):
            raise StoreError(f"{name} is not a plan: it needs {part!r}.")
    for part in ("datasets", "methods"):
        for key, value in plan[part].items():
            if not isinstance(value, dict):
                raise StoreError(
                    f"{name} is not a plan: {part} {key!r} is not an object."
                )
    for position, trial in enumerate(plan["trials"]):
        if not _is_trial(trial, plan):
            raise StoreError(f"{name} is not a plan: trial {position} is malformed.")


def _is_trial(trial: Any, plan: Mapping[str, Any]) -> bool:
    return (
        isinstance(trial, dict)
        and is_key(trial.get("key"))
        and all(isinstance(trial.get(n), kind) for n, kind in _TRIAL_TYPES.items())
        and trial["dataset"] in plan["datasets"]
        and trial["method"] in plan["methods"]
    )


def ranking_metric(plan: Mapping[str, Any], dataset: str) -> str | None:
    """Return the name of the metric that ranks methods on a dataset.

    Parameters
    ----------
    plan : mapping
        What ``plan.json`` holds.
    dataset : str
        Its name.

    Returns
    -------
    str or None
        What the plan says; older ones don't, and were ranked by macro-F1 if it was
        scored, else by what was scored first. None where nothing was.
    """
    said = plan["datasets"][dataset].get("ranked_by")
    scoring = [str(name) for name in plan.get("scoring") or ()]
    first = "f1_macro" if "f1_macro" in scoring else next(iter(scoring), None)
    return first if said is None else str(said)


def greater_is_better(plan: Mapping[str, Any], metric: str) -> bool:
    """Return the direction of a metric, as far as ``plan.json`` says it.

    Parameters
    ----------
    plan : mapping
        The content of ``plan.json``.
    metric : str
        The metric's name.

    Returns
    -------
    bool
        Whether larger values are better. Plans of old versions don't say; there only
        ``log_loss`` is better when smaller.
    """
    said = (plan.get("metrics") or {}).get(metric) or {}
    return bool(said.get("greater_is_better", metric != "log_loss"))


def with_added(plan: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan with the methods that were added to an earlier one by hand.

    Parameters
    ----------
    plan : mapping
        What is to be run.
    earlier : mapping
        The ``plan.json`` that is there already; empty where there is none.

    Returns
    -------
    dict of str to object
        A copy. What was added stays where the plan has trials of the same data, folds
        and metrics: where it has every trial that the added one was scored beside.
    """
    kept, trials = {}, list(plan["trials"])
    planned = {trial["key"] for trial in trials}
    for trial in earlier.get("trials", ()):
        method = earlier["methods"][trial["method"]]
        is_new = trial["method"] not in plan["methods"]
        if is_new and method.get("added", {}).get(trial["key"]) in planned:
            kept[trial["method"]] = method
            trials.append(trial)
    return {**plan, "methods": {**plan["methods"], **kept}, "trials": trials}
