"""The rows of ``mmbench list``, one function a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mmbench.cli.encoders import encoders

if TYPE_CHECKING:
    from mmbench.predictors import Preset
    from mmbench.tasks import Metric

Rows = list[dict[str, Any]]

# The names of fusions as they stand in the names of methods.
_FUSIONS = {
    "early": "join the scaled features of all branches under one predictor",
    "late-mean": "one predictor per branch; mean of their probabilities or numbers",
    "late-product": "one classifier per branch; product of their probabilities",
    "late-max": "one classifier per branch; highest of their probabilities",
    "late-vote": "one classifier per branch; majority of their labels",
    "late-median": "one regressor per branch; median of their numbers",
    "late-weighted": "one predictor per branch; mean with weights learned out of fold",
    "hybrid": "late fusion in which an early fusion votes too",
    "stacked": "a model learns from what the branches predict out of fold",
    "similarity": "early, with features of how well each pair of branches fits",
    "interaction": "two branches, and the products of their features",
    "kernel": "a support vector machine on the mean of the views' kernels",
    "canonical": "multiview canonical correlation analysis under one predictor",
    "joint": "one network over all branches' features, joined side by side",
    "gated": "one network over all branches' features, weighted by gates",
    "attention": "one network, in which each branch's features attend to the others'",
}


def datasets() -> Rows:
    """Return the datasets that come with mmbench."""
    from mmbench.datasets import EMBEDDED, load_card

    cards = [load_card(name) for name in EMBEDDED]
    return [
        {
            "name": card.name,
            "columns": [f"{column} ({kind})" for column, kind in card.columns.items()],
            "samples": card.n_samples,
            "classes": card.n_classes,
            "licence": card.licence,
        }
        for card in cards
    ]


def extractors() -> Rows:
    """Return the extractors, with what each costs and needs."""
    return encoders()


def classifiers() -> Rows:
    """Return the presets of classifiers."""
    from mmbench.predictors import CLASSIFIERS

    return _presets(CLASSIFIERS)


def regressors() -> Rows:
    """Return the presets of regressors."""
    from mmbench.predictors import REGRESSORS

    return _presets(REGRESSORS)


def _presets(presets: Mapping[str, Preset]) -> Rows:
    return [
        {
            "name": name,
            "family": preset.family,
            "needs": preset.needs and _extra(preset.needs),
            "description": preset.description,
        }
        for name, preset in presets.items()
    ]


def fusions() -> Rows:
    """Return the fusions under the names that methods carry."""
    networks = ("joint", "gated", "attention")
    return [
        {
            "name": name,
            "needs": _extra("torch") if name in networks else None,
            "description": text,
        }
        for name, text in _FUSIONS.items()
    ]


def suites() -> Rows:
    """Return the built-in suites."""
    from mmbench.suites import SUITES, build_suite

    return [
        {
            "name": name,
            # Of a suite without data of its own, the columns are not known.
            "methods": len(build_suite(name).methods) if suite.datasets else None,
            "datasets": list(suite.datasets),
            "description": suite.description,
        }
        for name, suite in SUITES.items()
    ]


def metrics() -> Rows:
    """Return the metrics."""
    from mmbench.tasks import TASKS, all_metrics

    def of_tasks(name: str) -> dict[str, str]:
        """Return what a metric measures in each task that has it."""
        return {
            task.name: task.metrics_by_name[name].description
            for task in TASKS.values()
            if name in task.metrics_by_name
        }

    def described(metric: Metric) -> str:
        """Return its description, and those of tasks where it means something else."""
        others = of_tasks(metric.name).items()
        differing = [f"{task}: {d}" for task, d in others if d != metric.description]
        return "; ".join([metric.description, *differing])

    return [
        {
            "name": metric.name,
            "better": "higher" if metric.greater_is_better else "lower",
            "tasks": [*of_tasks(metric.name)],
            "description": described(metric),
        }
        for metric in all_metrics().values()
    ]


def checks() -> Rows:
    """Return the checks, whose warnings can be ignored by their codes."""
    from mmbench.checks import CHECKS

    return [
        {
            "name": check.code,
            "severity": check.severity,
            "docs": check.link,
            "title": check.title,
            "remedy": check.remedy,
        }
        for check in CHECKS.values()
    ]


def _extra(name: str) -> str:
    return f"mmbench[{name}]"


CATALOGUE: Mapping[str, Callable[[], Rows]] = {
    "datasets": datasets,
    "extractors": extractors,
    "classifiers": classifiers,
    "regressors": regressors,
    "fusions": fusions,
    "suites": suites,
    "metrics": metrics,
    "checks": checks,
}
