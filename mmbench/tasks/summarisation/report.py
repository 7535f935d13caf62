"""What only reports of summarisation show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.presentation.numbers import number_text
from mmbench.tasks.shown import Note, Shown, Table
from mmbench.tasks.summarisation.agreement import (
    COLUMNS,
    HumanAgreement,
    human_agreement,
    videos_of,
)

if TYPE_CHECKING:
    from mmbench.presentation.sentences import Sentence
    from mmbench.tasks.base import Target
    from mmbench.tasks.pooled import PooledPredictions

__all__ = ["SummarisationShown", "human_scores"]


class SummarisationShown(Shown):
    """Agreement with people, and of people with each other."""

    answer = "importance"
    table = COLUMNS
    beside = ("f1_mean",)
    floor = "finds all frames alike, or orders them at random"
    notes = (
        Note(
            "Kendall's tau and Spearman's rho compare the order of a video's frames "
            "with each person's, and are averaged over people and then over videos: 0 "
            "is chance, and what people reach with each other is said beside the "
            "scores. F1 and coverage are about the frames of a summary of 15 % of the "
            "video, made of whole shots by knapsack; they depend on how videos are cut "
            "into shots more than on anything else (Otani 2019). Shots that a method "
            "finds equally important are spread evenly, so that the floor 'uniform' is "
            "the uniform summary. Videos are resampled as wholes."
        ),
    )

    def fact(self, name: str, text: str) -> tuple[str, str]:
        """Say what the numbers count."""
        words = {"n_videos": "videos", "n_people": "people", "shots": "shots"}
        return words.get(name, name), text

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
            f"others with a person to tau {number_text(round(other, 3))}: methods are "
            "to be read beside that."
        )
        yield (said,)

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
