"""The most confident errors, the most disputed samples, and likely wrong labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mmbench.errors import UnknownNameError, UsageError
from mmbench.report.mistakes.out_of_fold import OutOfFold, out_of_fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.report.run import OnDataset, Run
    from mmbench.tasks import Mistakes

__all__ = ["KINDS", "MISTAKE_COLUMNS", "MistakeRow", "Only", "find_mistakes"]

ERROR, SUSPECT, DISPUTED = "confident error", "suspect label", "disputed sample"
BEST = "best answer"
KINDS = (ERROR, SUSPECT, DISPUTED, BEST)
"""What is listed, in this order."""

# Fewer voters than this say little about a dispute.
_FEWEST_VOTERS, _MOST_VOTERS = 3, 5


class MistakeRow(NamedTuple):
    """A sample that is worth looking at.

    The fields are the columns of the CSV file, in their order.

    Attributes
    ----------
    dataset, kind : str
        Where, and one of :data:`KINDS`.
    rank : int
        Its place among those of the kind, from 1.
    sample : str
        The sample's id.
    method : str
        What gives the answer.
    truth, answer : str
        The given label or number, and what was answered.
    score : float
        What it is ranked by: how sure a wrong answer is, how good one of the best is,
        the normalised margin of a suspect label, or how far methods disagree.
    rather : str
        What a suspect label probably should be.
    others : str
        What the best method of each modality alone says, or the next best methods, or
        the method compared with.
    """

    dataset: str
    kind: str
    rank: int
    sample: str
    method: str
    truth: str
    answer: str
    score: float
    rather: str
    others: str


MISTAKE_COLUMNS = MistakeRow._fields


@dataclass(frozen=True, kw_only=True)
class Only:
    """Which samples are looked at.

    Parameters
    ----------
    label : str, optional
        Those of this class, or with this label.
    slice : tuple of (str, str), optional
        Those of this column and value, of the slices that the run kept.
    versus : str, optional
        Those that this other method gets right.
    """

    label: str | None = None
    slice: tuple[str, str] | None = None
    versus: str | None = None


EVERY = Only()


def find_mistakes(
    run: Run,
    here: OnDataset,
    *,
    method: str | None = None,
    only: Only = EVERY,
    n_most: int = 20,
) -> list[MistakeRow]:
    """List what a method gets wrong on a dataset, the worst first.

    Parameters
    ----------
    run : Run
        What the results folder holds.
    here : OnDataset
        What was done on the dataset.
    method : str, optional
        By default the best that looks at something.
    only : Only, default=all
        Which samples are looked at.
    n_most : int, default=20
        How many samples of each kind are listed.

    Returns
    -------
    list of MistakeRow
        By kind; empty where the task has no errors of single rows, or predictions are
        not kept.

    Raises
    ------
    UnknownNameError
        When there is no such method, class, slice column or value.
    UsageError
        When the run kept no slices.
    """
    names = [row.method for row in here.rows]
    method = method and run.names.full(method)
    only = replace(only, versus=only.versus and run.names.full(only.versus))
    for name in (method, only.versus):
        if name is not None and name not in names:
            raise UnknownNameError("method", name, names)
    best = next((row.method for row in here.leaderboard.contenders), None)
    method = method or best
    if method is None:
        return []
    singles = _next_best(run, here) or _singles(here)
    voters = dict.fromkeys([*singles.values(), *_voters(here)])
    wanted = [method, *([only.versus] if only.versus else []), *voters]
    found = out_of_fold(here, [*dict.fromkeys(wanted)], run.predictions)
    if found is None or method not in found.answers:
        return []
    return [*_rows(_Asked(run, here, found, method, only, singles), voters, n_most)]


class _Asked(NamedTuple):
    """What was asked, and all that it takes to answer."""

    run: Run
    here: OnDataset
    found: OutOfFold
    method: str
    only: Only
    singles: Mapping[str, str]

    def mistakes(self, method: str) -> Mistakes | None:
        answers = self.found.answers
        if method not in answers:
            return None
        return self.here.shown.mistakes(self.found.target, answers[method])


def _rows(
    asked: _Asked, voters: Mapping[str, None], n_most: int
) -> Iterator[MistakeRow]:
    own = asked.mistakes(asked.method)
    if own is None:
        return
    kept, other = _kept(asked, own)
    say = _others(asked)
    for kind, score in (
        (ERROR, own.error),
        (SUSPECT, own.suspicion),
        (DISPUTED, _dispute(asked, voters)),
        (BEST, own.merit),
    ):
        if score is None or (kind in (DISPUTED, BEST) and other is not None):
            continue
        shown = np.where(kept, score, 0.0)
        if kind == ERROR and other is not None:
            shown = np.where(other.error == 0, shown, 0.0)
        order = np.argsort(-shown, kind="stable")[:n_most]
        for rank, row in enumerate(order[shown[order] > 0].tolist(), start=1):
            yield MistakeRow(
                dataset=asked.here.name,
                kind=kind,
                rank=rank,
                sample=str(asked.found.ids[row]),
                method=asked.method,
                truth=str(own.truth[row]),
                answer=str(own.answer[row]),
                score=float(score[row]),
                rather=str(own.rather[row]) if kind == SUSPECT else "",
                others="; ".join(f"{name}: {each[row]}" for name, each in say.items()),
            )


def _kept(asked: _Asked, own: Mistakes) -> tuple[NDArray[np.bool_], Mistakes | None]:
    """Return which rows are looked at, and the mistakes of the other method."""
    only, kept = asked.only, np.ones(len(asked.found.ids), np.bool_)
    if only.label is not None:
        words = [{text, *text.split(", ")} for text in map(str, own.truth)]
        kept &= [only.label in each for each in words]
        if not kept.any():
            raise UnknownNameError("class", only.label, set.union(*words))
    if only.slice is not None:
        kept &= _in_slice(asked, *only.slice)
    other = None if only.versus is None else asked.mistakes(only.versus)
    return kept, other


def _in_slice(asked: _Asked, column: str, value: str) -> NDArray[np.bool_]:
    slices = asked.run.slices.get(asked.here.name) or {}
    columns = slices.get("columns") or {}
    if not columns:
        raise UsageError(
            "the run kept no slices of samples; run it again with --slice COL."
        )
    if column not in columns:
        raise UnknownNameError("slice column", column, columns)
    names = columns[column]["names"]
    if value not in names:
        raise UnknownNameError("slice", value, names)
    codes = dict(zip(slices["ids"], columns[column]["codes"], strict=True))
    number = names.index(value)
    return np.array([codes.get(each) == number for each in asked.found.ids.tolist()])


def _others(asked: _Asked) -> dict[str, Sequence[str]]:
    """Return what the method compared with says, or other good methods."""
    only = asked.only.versus
    named = {only: only} if only else asked.singles
    found = {name: asked.mistakes(m) for name, m in named.items() if m != asked.method}
    return {name: each.answer for name, each in found.items() if each is not None}


def _dispute(asked: _Asked, voters: Mapping[str, None]) -> NDArray[np.float64] | None:
    answers = [asked.found.answers[v] for v in voters if v in asked.found.answers]
    if len(answers) < 2:
        return None
    return asked.here.shown.disagreement(asked.found.target, answers)


def _singles(here: OnDataset) -> dict[str, str]:
    """Return the best method of each modality alone, where there are several."""
    found: dict[str, str] = {}
    for row in here.leaderboard.contenders:
        if row.is_single:
            found.setdefault(row.modalities, row.method)
    return found if len(found) > 1 else {}


def _next_best(run: Run, here: OnDataset) -> dict[str, str]:
    """Return the methods next to the best whose answers a report of the task shows."""
    n = here.shown.n_compared
    names = [row.method for row in here.leaderboard.contenders[: n + 1 if n else 0]]
    return {run.names(name): name for name in names}


def _voters(here: OnDataset) -> list[str]:
    """Return the best method of each choice of modalities, or the best of all."""
    found: dict[str, Any] = {}
    for row in here.leaderboard.contenders:
        found.setdefault(row.modalities, row.method)
    best = [row.method for row in here.leaderboard.contenders[:_MOST_VOTERS]]
    return [*found.values()] if len(found) >= _FEWEST_VOTERS else best
