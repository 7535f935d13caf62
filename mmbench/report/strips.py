"""Key frames of some videos, by the best method and by people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mmbench.errors import StoreError
from mmbench.report.judging.oof_predictions import read_part
from mmbench.results import Predictions

if TYPE_CHECKING:
    from mmbench.report.run import OnDataset

__all__ = ["StripRow", "find_strips"]


class StripRow(NamedTuple):
    """Key frames of a video.

    Attributes
    ----------
    method : str
        Whose key frames are shown beside those of people.
    chosen, by_people : sequence of str
        The samples that show them, in the order of time.
    about : str
        How good the choice is.
    """

    method: str
    chosen: Sequence[str]
    by_people: Sequence[str]
    about: str


def find_strips(here: OnDataset, read: Callable[[str], Predictions]) -> list[StripRow]:
    """Return key frames by the best method, in the first fold of the first seed.

    Parameters
    ----------
    here : OnDataset
        What was done on a dataset.
    read : callable
        Returns the predictions of a key.

    Returns
    -------
    list of StripRow
        Empty where the task has no key frames, or predictions are not kept.
    """
    best = here.leaderboard.best(lambda row: not row.is_floor)
    own = [t for t in here.trials if best is not None and t["method"] == best.method]
    if not own:
        return []
    first = min(own, key=lambda trial: (trial["seed"], trial["fold"]))
    try:
        part = read_part(here.task, read(first["key"]))
    except StoreError:
        return []
    ids = [str(each) for each in part.ids.tolist()]
    return [
        StripRow(
            first["method"],
            [ids[row] for row in strip.chosen],
            [ids[row] for row in strip.by_people],
            strip.about,
        )
        for strip in here.shown.strips(part.target, part.prediction)
    ]
