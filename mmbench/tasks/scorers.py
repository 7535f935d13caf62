"""scikit-learn's scorers as metrics: scores in every fold, but no interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmbench.errors import UsageError
from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from mmbench.tasks.base import Prediction, Target, Task

__all__ = ["metric_of_scorer"]


def metric_of_scorer(scorer: Any, task: Task) -> Metric:
    """Return a scikit-learn scorer as a metric.

    Parameters
    ----------
    scorer : callable
        What :func:`sklearn.metrics.make_scorer` or ``get_scorer`` returned.
    task : Task
        Shows its predictions to the scorer as a fitted estimator.

    Returns
    -------
    Metric
        Named after the scorer's function; greater is better, as scorers have it. It
        has no interval, since scorers are not functions of sums.

    Raises
    ------
    UsageError
        When it is not a scorer of scikit-learn's making.

    Examples
    --------
    >>> from sklearn.metrics import get_scorer
    >>> from mmbench.tasks import get_task
    >>> metric_of_scorer(get_scorer("jaccard_macro"), get_task("classification")).name
    'jaccard_score'
    """
    function = getattr(scorer, "_score_func", None)
    if not callable(scorer) or function is None:
        raise UsageError(
            "scoring takes names, mmbench.tasks.Metric objects and scorers made by "
            f"sklearn.metrics.make_scorer, got {scorer!r}."
        )

    def compute(target: Target, prediction: Prediction) -> float:
        model = task.answers.as_estimator(target, prediction)
        return float(scorer(model, None, target.y))

    return Metric(
        name=function.__name__,
        label=function.__name__.removesuffix("_score").replace("_", " "),
        description=f"sklearn.metrics.{function.__name__}",
        compute=compute,
        is_share=False,
    )
