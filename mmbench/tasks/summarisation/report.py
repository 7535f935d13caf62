"""What only reports of summarisation show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.presentation.numbers import number_text
from mmbench.tasks.shown import Note, Shown, Strip, Table
from mmbench.tasks.summarisation.agreement import (
    COLUMNS,
    HumanAgreement,
    Video,
    agreement,
    human_agreement,
    videos_of,
)
from mmbench.tasks.summarisation.selection import selected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.presentation.sentences import Sentence
    from mmbench.tasks.base import Prediction, Target
    from mmbench.tasks.metric import Metric
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["SummarisationShown", "human_scores"]

_MOST_STRIPS = 4


class SummarisationShown(Shown):
    """Agreement with people, and of people with each other."""

    answer = "importance"
    table = COLUMNS
    beside = ("f1_mean",)
    floor = "scores all frames equally, or orders them at random"
    notes = (
        Note(
            "Kendall's tau and Spearman's rho compare the order of a video's frames "
            "with each person's, and are averaged over people and then over videos: 0 "
            "is chance, and the agreement between people is given next to the scores. "
            "F1 and coverage are about the frames of a summary of 15 % of the "
            "video, made of whole shots by knapsack; they depend on how videos are cut "
            "into shots more than on anything else (Otani 2019). Shots that a method "
            "finds equally important are spread evenly, so that the floor 'uniform' is "
            "the uniform summary. Whole videos are resampled."
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Explain what the numbers count."""
        words = {"n_videos": "videos", "n_people": "people", "shots": "shots"}
        return words.get(name, name), text

    def strips(self, target: Target, prediction: Prediction) -> Sequence[Strip]:
        """Return the middle frames of the shots in summaries of the first videos."""
        numbers = np.asarray(prediction["number"], np.float64)
        found = []
        for video in list(videos_of(target))[:_MOST_STRIPS]:
            own = numbers[video.rows]
            scores = agreement(own, video)
            mean = video.people.mean(axis=1)
            found.append(
                Strip(
                    _middles(video, own),
                    _middles(video, mean),
                    f"tau {scores[0]:.2f}, F1 {scores[2]:.2f}",
                )
            )
        return found

    def sentences(
        self, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Iterator[Sentence]:
        """Say how far people agree with each other."""
        found = human_scores(pooled.once)
        if found is None:
            return
        tau, rho = (found.pair[name] for name in COLUMNS[:2])
        other = found.others["kendall_tau"]
        said = (
            "A person agrees with each of the others to Kendall's tau "
            f"{number_text(round(tau, 3))} (rho {number_text(round(rho, 3))}, F1 "
            f"{number_text(round(found.pair['f1_mean'], 3))}), and the mean of all "
            f"others with a person to tau {number_text(round(other, 3))}: compare "
            f"methods with these figures."
        )
        yield (said,)

    def people(
        self, pooled: PooledPredictions, metrics: Sequence[Metric]
    ) -> Mapping[str, Sequence[Mapping[str, float | None]]]:
        """Return how far people agree in each fold, as methods agree with them."""
        rows = (np.flatnonzero(pooled.folds == f) for f in range(pooled.n_folds))
        found = [human_scores(pooled.target.take(each)) for each in rows]
        folds = [each for each in found if each is not None]
        if not folds:
            return {}
        return {
            "(a person, by each other)": [each.pair for each in folds],
            "(all others, by a person)": [each.others for each in folds],
        }

    def tables(
        self, dataset: str, pooled: PooledPredictions, methods: Sequence[str]
    ) -> Mapping[str, Table]:
        """Return how far people agree with each other, by each metric."""
        found = human_scores(pooled.once)
        if found is None:
            return {}
        rows = [
            (dataset, who, *(scores[name] for name in COLUMNS))
            for who, scores in (
                ("one person, against each other one", found.pair),
                ("the mean of all others, against one person", found.others),
            )
        ]
        return {"people": Table(("dataset", "who", *COLUMNS), rows)}


def _middles(video: Video, numbers: NDArray[np.float64]) -> list[int]:
    """Return the middle row of each shot that a summary holds."""
    chosen = selected(numbers, video.shots)
    shots = dict.fromkeys(video.shots[chosen].tolist())
    rows = [video.rows[video.shots == shot] for shot in shots]
    return [int(each[len(each) // 2]) for each in rows]


def human_scores(target: Target) -> HumanAgreement | None:
    """Return how far people agree, averaged over videos that two have seen.

    Parameters
    ----------
    target : Target
        Of all rows once.

    Returns
    -------
    HumanAgreement or None
        None where no video was seen by two people.
    """
    found = [
        human_agreement(video)
        for video in videos_of(target)
        if video.people.shape[1] > 1
    ]
    if not found:
        return None
    return HumanAgreement(
        *(
            {name: float(np.mean([part[name] for part in parts])) for name in COLUMNS}
            for parts in ([f.pair for f in found], [f.others for f in found])
        )
    )
