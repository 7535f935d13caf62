"""The metrics of summarisation: found out for each video, then averaged over videos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = ["METRICS", "video_scores"]


def video_scores(target: Target, prediction: Prediction) -> Floats:
    """Return what each video adds to the sums, in its first row.

    Parameters
    ----------
    target : Target
        Of the scored rows, whole videos.
    prediction : Prediction
        Has ``number``.

    Returns
    -------
    ndarray of shape (n_rows, 6)
        One, and the scores of :func:`~mmbench.tasks.summarisation.agreement.agreement`;
        zeros in all rows that are not the first of a video.
    """
    from mmbench.tasks.summarisation.agreement import COLUMNS, agreement, videos_of

    found = np.zeros((len(prediction), 1 + len(COLUMNS)))
    for video in videos_of(target):
        numbers = np.asarray(prediction["number"], np.float64)[video.rows]
        found[video.rows[0]] = [1, *agreement(numbers, video)]
    return found


def _mean_of(place: int) -> Any:
    return _Mean(place)


class _Mean:
    """The mean of one score over videos; equal where the score is."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, sums: Any) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.asarray(sums[self.place] / sums[0], np.float64)
        return found


METRICS = (
    Metric(
        name="kendall_tau",
        label="Kendall's tau",
        description="agreement of the order of a video's frames with each person's, "
        "averaged over people and then over videos; 0 by chance",
        contributions=video_scores,
        value=_mean_of(1),
        shows_spread=True,
    ),
    Metric(
        name="spearman_rho",
        label="Spearman's rho",
        description="rank correlation with each person, averaged over people and then "
        "over videos; 0 by chance",
        contributions=video_scores,
        value=_mean_of(2),
        shows_spread=True,
    ),
    Metric(
        name="f1_mean",
        label="F1 (mean)",
        description="F1 of the frames in a summary of 15 % of the video, mean over "
        "people; it depends on how videos are cut into shots",
        contributions=video_scores,
        value=_mean_of(3),
    ),
    Metric(
        name="f1_max",
        label="F1 (best person)",
        description="the same, with the person whose summary is most alike",
        contributions=video_scores,
        value=_mean_of(4),
    ),
    Metric(
        name="coverage",
        label="coverage",
        description="importance that a summary of 15 % covers, as a share of what the "
        "best one covers",
        contributions=video_scores,
        value=_mean_of(5),
    ),
)
"""The metrics of summarisation, the one that ranks first."""
