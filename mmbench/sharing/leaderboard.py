"""Methods over the datasets of many runs: ranks, win rates, improvability, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmbench.presentation.numbers import count_text
from mmbench.report.run import OnDataset, Run
from mmbench.report.tables.columns import ScoreColumn
from mmbench.results import Record, ResultStore
from mmbench.sharing.common_names import common_names
from mmbench.stats import FEWEST_DATASETS, OverDatasets, averages_over_datasets

__all__ = ["Board", "Place", "Scored", "board_of"]

_Pair = tuple[str, Any]


class Scored(NamedTuple):
    """What the methods of all runs scored on one dataset.

    Attributes
    ----------
    name : str
        The dataset's; numbered where runs have different ones of one name.
    column : ScoreColumn
        What ranks methods on it.
    scores : mapping of str to float
        The means of the methods with all their trials.
    trials : mapping of str to list of Record
        Their trials.
    """

    name: str
    column: ScoreColumn
    scores: dict[str, float]
    trials: dict[str, list[Record]]

    def error(self, score: float) -> float:
        """Return a score as an error.

        Parameters
        ----------
        score : float
            By the dataset's metric.

        Returns
        -------
        float
            The less, the better: 1 less the score, where more of it is better.
        """
        return 1 - score if self.column.greater_is_better else score


class Place(NamedTuple):
    """A method's place.

    Attributes
    ----------
    method : str
        Its name.
    scores : mapping of str to float
        By dataset, where it has all its trials.
    """

    method: str
    scores: dict[str, float]


@dataclass(frozen=True)
class Board:
    """A leaderboard over datasets.

    Parameters
    ----------
    datasets : tuple of Scored
        By name.
    places : tuple of Place
        The methods, the best first; those that lack a dataset come last.
    averages : OverDatasets or None
        Of the first places, as many as there are methods on all datasets; None for
        fewer than two of them.
    has_improvability : bool
        Whether errors have a best value of 0 on all datasets.
    notes : tuple of str
        What to know before believing it.
    """

    datasets: tuple[Scored, ...]
    places: tuple[Place, ...]
    averages: OverDatasets | None
    has_improvability: bool
    notes: tuple[str, ...]

    @property
    def n_ranked(self) -> int:
        """How many methods are ranked."""
        return 0 if self.averages is None else len(self.averages.mean_rank.estimate)

    def coverage(self, place: Place) -> str:
        """Say on how many of the datasets a method has all its trials.

        Parameters
        ----------
        place : Place
            One of the places.

        Returns
        -------
        str
            Such as ``"3 of 5"``.
        """
        return f"{len(place.scores)} of {len(self.datasets)}"


def board_of(runs: Mapping[str, ResultStore]) -> Board:
    """Rank the methods of several runs over all their datasets.

    Parameters
    ----------
    runs : mapping of str to ResultStore
        The results folders by what messages call them.

    Returns
    -------
    Board
        Only methods with all their trials on every dataset are ranked: no rank is
        taken over unequal sets. A method that several runs tried on the same dataset
        counts as the first of them has it.

    Raises
    ------
    StoreError
        When a folder is not a results folder or can't be read.
    """
    notes: list[str] = []
    datasets = tuple(_gathered(runs, notes))
    methods = list(dict.fromkeys(m for each in datasets for m in each.scores))
    places = [
        Place(m, {d.name: d.scores[m] for d in datasets if m in d.scores})
        for m in methods
    ]
    shared = [place for place in places if len(place.scores) == len(datasets)]
    others = [place for place in places if len(place.scores) < len(datasets)]
    others.sort(key=lambda place: (-len(place.scores), place.method))
    if len(shared) < 2:
        notes.append(_nothing_shared(datasets))
        return Board(datasets, (*shared, *others), None, False, tuple(notes))
    errors = np.array([[d.error(p.scores[d.name]) for p in shared] for d in datasets])
    is_error = bool((errors >= 0).all())
    averages = averages_over_datasets(errors if is_error else _from_best(errors))
    order = np.argsort(averages.mean_rank.estimate, kind="stable")
    ordered = OverDatasets(*(type(a)(*(v[order] for v in a)) for a in averages))
    if others:
        n = count_text(len(others), "method")
        notes.append(f"{n} without all datasets are not ranked, and are listed below.")
    if len(datasets) < FEWEST_DATASETS:
        n = count_text(len(datasets), "dataset")
        notes.append(f"{n}: too few to conclude anything about others.")
    ranked = [shared[i] for i in order]
    return Board(datasets, (*ranked, *others), ordered, is_error, tuple(notes))


def _from_best(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return errors whose order is right, and nothing else about them."""
    least: NDArray[np.float64] = errors - errors.min(axis=1, keepdims=True)
    return least


def _nothing_shared(datasets: Sequence[Scored]) -> str:
    counts = Counter(method for each in datasets for method in each.scores)
    most = max(counts.values(), default=0)
    return (
        "Fewer than two methods have all their trials on every dataset, so none is "
        f"ranked (at most {most} of {len(datasets)} datasets have one in common); run "
        "the same suite on all of them, or give fewer folders."
    )


def _gathered(runs: Mapping[str, ResultStore], notes: list[str]) -> Iterator[Scored]:
    """Yield the datasets of all runs; what is the same dataset is joined."""
    found: dict[_Pair, list[tuple[str, OnDataset, Mapping[str, Record]]]] = {}
    for name, store in runs.items():
        plan, records = store.plan(), store.records()
        run = Run(
            plan=plan,
            records=records,
            predictions=store.predictions,
            environment={},
            measured={},
            probes={},
        )
        for dataset, here in run.datasets.items():
            found.setdefault(_identity(plan, here, dataset), []).append(
                (name, here, records)
            )
    seen: Counter[str] = Counter()
    for (dataset, _), parts in sorted(found.items(), key=lambda item: item[0][0]):
        seen[dataset] += 1
        number = seen[dataset]
        if number == 2:
            notes.append(
                f"Runs have different data, splits or metrics under the name "
                f"{dataset!r}; each counts as a dataset of its own."
            )
        yield _joined(dataset if number == 1 else f"{dataset} ({number})", parts, notes)


def _identity(plan: Mapping[str, Any], here: OnDataset, name: str) -> _Pair:
    """Return what has to be equal for scores to be of the same thing."""
    same = [here.entry.get(field) for field in ("version", "checksum", "task")]
    places = sorted({(t["seed"], t["fold"]) for t in here.trials})
    # Runs from before datasets said it have one sentence for all.
    splits = here.entry.get("splits", plan.get("cv"))
    return name, repr((same, splits, places, here.leaderboard.leading.field))


def _joined(
    name: str,
    parts: Sequence[tuple[str, OnDataset, Mapping[str, Record]]],
    notes: list[str],
) -> Scored:
    column = parts[0][1].leaderboard.leading
    scored = Scored(name, column, {}, {})
    n_other = 0
    for _, here, records in parts:
        names = common_names([row.method for row in here.rows], here.entry)
        trials: dict[str, list[Record]] = {}
        for trial in here.trials:
            if (record := records.get(trial["key"])) is not None:
                trials.setdefault(trial["method"], []).append(record)
        for row in here.leaderboard.rows:
            method, score = names[row.method], column.value(row)
            n_other += scored.scores.get(method, score) != score
            if method not in scored.scores:
                scored.scores[method] = score
                scored.trials[method] = trials[row.method]
    if n_other:
        notes.append(
            f"{count_text(n_other, 'method')} of {name} scored differently in several "
            f"runs; the first run counts."
        )
    return scored
