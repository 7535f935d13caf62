"""How scores grow with training samples, and what twice as many would give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.stats import (
    FEWEST_FOLDS,
    FEWEST_SIZES,
    Extrapolation,
    extrapolate,
    mean_std,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.report.judging.further_fits import FurtherFits
    from mmbench.report.run import OnDataset
    from mmbench.results import Record
    from mmbench.tasks import Metric

__all__ = ["CURVE_COLUMNS", "Curve", "CurvePoint", "learning_curves"]


class CurvePoint(NamedTuple):
    """The score of a method trained on a part of the training samples.

    The fields are the columns of ``tables/learning_curve.csv``, in their order.

    Attributes
    ----------
    dataset, method, metric : str
        Their names.
    train_size : float
        The share of the training samples; 1 stands for the trials.
    n_train : float
        Training samples, the mean over folds.
    n_folds : int
        Folds, over all seeds.
    score_mean, score_std : float
        Over folds; the test samples are the same for all sizes.
    """

    dataset: str
    method: str
    metric: str
    train_size: float
    n_train: float
    n_folds: int
    score_mean: float
    score_std: float


CURVE_COLUMNS = CurvePoint._fields


class Curve(NamedTuple):
    """The learning curve of a method.

    Attributes
    ----------
    method, fusion : str
        The method, and its kind of fusion.
    points : tuple of CurvePoint
        By size, ascending.
    doubled : Extrapolation or None
        The score that twice the training samples would give.
    reason : str
        Why that is not said.
    """

    method: str
    fusion: str
    points: tuple[CurvePoint, ...]
    doubled: Extrapolation | None
    reason: str = ""


# By size, the training samples and the score of each fold.
_BySize = dict[float, list[tuple[float, float]]]


def learning_curves(
    here: OnDataset,
    fits: FurtherFits,
    plan: Mapping[str, Any],
    records: Mapping[str, Record],
) -> list[Curve]:
    """Return the learning curves on a dataset.

    Parameters
    ----------
    here : OnDataset
        What the run did on the dataset.
    fits : FurtherFits
        Those on parts of the training samples.
    plan : mapping
        The run's plan.
    records : mapping of str to Record
        Those of its trials.

    Returns
    -------
    list of Curve
        Of the methods all of whose fits are ok, the best first.
    """
    metric, trials = here.leaderboard.leading.metric, fits.trials(here.name, plan)
    found = []
    for row in here.leaderboard.rows:
        if row.method not in trials:
            continue
        by_size: _BySize = defaultdict(list)
        for trial in sorted(trials[row.method], key=lambda t: (t["seed"], t["fold"])):
            _add(by_size, trial["train_size"], fits.records[trial["key"]], metric)
        own = (trial for trial in here.trials if trial["method"] == row.method)
        for trial in sorted(own, key=lambda t: (t["seed"], t["fold"])):
            _add(by_size, 1.0, records[trial["key"]], metric)
        # A size with folds that have no score says nothing.
        most = len(by_size[1.0])
        sizes = {size: folds for size, folds in by_size.items() if len(folds) == most}
        if len(sizes) > 1:
            found.append(_curve(here, row.method, row.fusion, metric, sizes))
    return found


def _add(by_size: _BySize, size: float, record: Record, metric: Metric) -> None:
    score = record.scores.get(metric.name)
    if score is not None and record.n_train:
        by_size[float(size)].append((record.n_train, score))


def _curve(
    here: OnDataset, method: str, fusion: str, metric: Metric, by_size: _BySize
) -> Curve:
    sizes = sorted(by_size)
    points = []
    for size in sizes:
        n_train, scores = (np.array(each) for each in zip(*by_size[size], strict=True))
        mean, std = mean_std(scores.tolist())
        points.append(
            CurvePoint(
                dataset=here.name,
                method=method,
                metric=metric.name,
                train_size=size,
                n_train=float(n_train.mean()),
                n_folds=len(scores),
                score_mean=mean,
                score_std=std,
            )
        )
    scores_by_fold = np.array(
        [[score for _, score in by_size[size]] for size in sizes], dtype=np.float64
    ).T
    doubled, reason = _doubled(points, scores_by_fold, metric, here.test_share)
    return Curve(method, fusion, tuple(points), doubled, reason)


def _doubled(
    points: Sequence[CurvePoint],
    scores: NDArray[np.float64],
    metric: Metric,
    test_share: float,
) -> tuple[Extrapolation | None, str]:
    """Return the score that twice the samples would give, or why that is not said."""
    n_folds, n_sizes = scores.shape
    if n_sizes < FEWEST_SIZES or n_folds < FEWEST_FOLDS:
        return None, (
            f"an extrapolation takes {FEWEST_SIZES} sizes and {FEWEST_FOLDS} folds, "
            f"and there are {n_sizes} and {n_folds}"
        )
    found = extrapolate(
        [point.n_train for point in points],
        _turned(scores, metric),
        test_share=test_share,
        is_bounded=metric.is_share or not metric.greater_is_better,
    )
    estimate, *ends = _turned(np.array(found[:3]), metric).tolist()
    low, high = sorted(ends)
    if high - low > abs(points[-1].score_mean - points[0].score_mean):
        return None, "scores vary too much from fold to fold to extrapolate them"
    return Extrapolation(estimate, low, high, found.exponent), ""


def _turned(values: NDArray[np.float64], metric: Metric) -> NDArray[np.float64]:
    """Return scores as errors, or errors as scores; a share's best has none."""
    if not metric.greater_is_better:
        return values
    return float(metric.is_share) - values
