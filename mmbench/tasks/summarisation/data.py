"""What the data of summarisation are: importance by several people, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns import Column
from mmbench.errors import DataError
from mmbench.tasks.base import Data, Options, Question, Target
from mmbench.tasks.summarisation.importance import importance_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SHOT_LENGTH", "SummarisationData"]

SHOT_LENGTH = 5
"""How many rows a shot has, where nothing is said about shots."""

_LARGEST = 1e30


class SummarisationData(Data):
    """Importance; the schema has its ``range``, how many people, and what shots are."""

    must_be_named = True
    groups_are_input = True
    kept_whole = "videos"

    def claims(self, column: Column, options: Options) -> str | None:
        """Claim nothing: numbers are regression's, so the task must be named."""
        return None

    def joined(self, columns: Sequence[Column]) -> Column | None:
        """Return a cell of several people's importance a row."""
        cells = list(zip(*(each.cells for each in columns), strict=True))
        names = ", ".join(each.name for each in columns)
        return Column(names, cells, columns[0].rows)

    def target(self, column: Column, options: Options) -> tuple[Target, Sequence[str]]:
        """Parse importance, and the column of shots behind it where there is one.

        Raises
        ------
        DataError
            Where a cell is not a number, or no list of numbers.
        """
        cells = column.cells
        shots = None
        if options.shot is not None:
            shots = np.array([str(cell[-1]) for cell in cells])
            cells = [each[:-1] if len(each) > 2 else each[0] for each in cells]
        people = importance_array(column._replace(cells=cells))
        length = options.shot_length or SHOT_LENGTH
        schema: dict[str, Any] = {
            "n_people": people.shape[1],
            "shots": f"{length} rows each" if shots is None else "a column",
        }
        y = np.nanmean(people, axis=1)
        if (y == y[0]).all():
            raise DataError(
                f"column {column.name!r}: importance is {y[0]:g} everywhere; there is "
                "nothing to learn."
            )
        numbers = np.arange(len(y)) if shots is None else _numbers(shots)
        truth = np.column_stack([np.full(len(y), np.nan), numbers, people])
        if shots is None:
            schema["shot_length"] = length
        return Target(y, schema, truth), ()

    def of_groups(self, target: Target, groups: NDArray[Any] | None) -> Target:
        """Give every row the numbers of its video and its shot.

        Raises
        ------
        DataError
            When there are no groups, a video's rows are apart, or a shot is of two.
        """
        y = np.asarray(target.y)
        truth = target.truth
        if truth is not None and not np.isnan(truth[:, 0]).any():
            return target
        if groups is None:
            raise DataError(
                "summarisation needs the video of each row; name its column (--group)."
            )
        schema = dict(target.schema)
        if truth is None:
            people = y.reshape(len(y), -1).astype(np.float64)
            schema = {"n_people": people.shape[1], "shot_length": SHOT_LENGTH} | schema
            schema.setdefault("shots", f"{schema['shot_length']} rows each")
            blank = np.full(len(y), np.nan)
            truth = np.column_stack([blank, np.arange(len(y)), people])
            y = np.nanmean(people, axis=1)
        videos = _numbers(np.asarray(groups))
        _check_together(videos, np.asarray(groups))
        truth = truth.copy()
        truth[:, 0] = videos
        truth[:, 1] = _shots(videos, truth[:, 1], schema.get("shot_length"))
        return target._replace(y=y, schema=schema, truth=truth)

    def completed(self, target: Target) -> Target:
        """Add the range of importance.

        Raises
        ------
        DataError
            When there is no truth, so that nobody knows which video a row is of.
        """
        truth = target.truth
        if truth is None or truth.ndim != 2 or truth.shape[1] < 3:
            raise DataError(
                "summarisation needs a truth of shape (n_rows, 2 + n_people): video, "
                "shot, and importance by each person."
            )
        people = truth[:, 2:]
        found = {
            "n_people": people.shape[1],
            "range": [float(np.nanmin(people)), float(np.nanmax(people))],
            "shots": "as given",
            "ordinal": False,
        }
        y = np.asarray(target.y, np.float64)
        return target._replace(y=y, schema=found | dict(target.schema))

    def verify(self, target: Target) -> None:
        """Check that importance is finite, and that the truth names videos.

        Raises
        ------
        DataError
            When they can't.
        """
        target = self.completed(target)
        assert target.truth is not None  # noqa: S101 - completed has looked
        people = target.truth[:, 2:]
        if (
            np.isnan(people).all(axis=1).any()
            or not (np.abs(people[~np.isnan(people)]) <= _LARGEST).all()
        ):
            raise DataError(f"importance must be finite and within ±{_LARGEST:g}.")

    def describe(self, target: Target) -> Mapping[str, Any]:
        """Return how many videos and people there are, and what shots are."""
        return {
            "n_videos": _n_videos(target),
            "n_people": target.schema["n_people"],
            "shots": target.schema["shots"],
        }

    def size_text(self, target: Target) -> str:
        """Say how many videos and people there are."""
        people = target.schema["n_people"]
        who = f"{people} people" if people != 1 else "1 person"
        return f"{_n_videos(target):,} videos, importance by {who}"

    def check(
        self, target: Target, *, groups: NDArray[Any] | None, n_folds: int
    ) -> None:
        """Check that every fold can have a video, and training importance that varies.

        Raises
        ------
        DataError
            When there are too few.
        """
        self.verify(target)
        n_videos = _n_videos(target)
        if n_videos < n_folds:
            raise DataError(
                f"there are fewer videos ({n_videos}) than folds ({n_folds}); choose "
                "fewer folds (--folds)."
            )

    def check_split(self, target: Target, train: Any, test: Any) -> None:
        """Check that no video lies on both sides of an official split.

        Raises
        ------
        DataError
            When one does.
        """
        videos = np.asarray(target.scored)[:, 0]
        both = np.intersect1d(videos[train], videos[test])
        if len(both):
            rows = [
                int(np.flatnonzero((videos == both[0]) & s)[0]) for s in (train, test)
            ]
            raise DataError(
                f"rows {rows[0] + 1} (train) and {rows[1] + 1} (test) are of one "
                "video; keep each on one side of the split, or use folds "
                "(--ignore-split)."
            )

    def questions(self, target: Target) -> Iterator[Question]:
        """Ask for the quarter of importance that a row is in."""
        edges = np.quantile(target.y, [0.25, 0.5, 0.75])
        y = np.unique(np.searchsorted(edges, target.y), return_inverse=True)[1]
        if y.any():
            guess = "naming the most frequent quarter of it"
            yield Question("importance", guess, y, np.asarray(target.y, np.float64))


def _n_videos(target: Target) -> int:
    return len(np.unique(np.asarray(target.scored)[:, 0]))


def _numbers(names: NDArray[Any]) -> NDArray[np.float64]:
    """Return a number for each name, in the order in which they first appear."""
    _, first, place = np.unique(names, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[place].astype(np.float64)


def _check_together(videos: NDArray[np.float64], groups: NDArray[Any]) -> None:
    """Check that the rows of each video follow each other, in the order of its time."""
    starts = np.flatnonzero(np.append(True, videos[1:] != videos[:-1]))
    seen: set[float] = set()
    for start in starts.tolist():
        if videos[start] in seen:
            raise DataError(
                f"row {start + 1}: the rows of video {str(groups[start])!r} are not "
                f"contiguous; "
                "sort the table by video and time."
            )
        seen.add(videos[start])


def _shots(
    videos: NDArray[np.float64], given: NDArray[np.float64], length: int | None
) -> NDArray[np.float64]:
    """Return the number of each row's shot, ascending over all videos."""
    begins = np.append(True, videos[1:] != videos[:-1])
    if length is None:
        begins |= np.append(True, given[1:] != given[:-1])
        return np.cumsum(begins) - 1.0
    starts = np.maximum.accumulate(np.where(begins, np.arange(len(videos)), 0))
    begins |= (np.arange(len(videos)) - starts) % length == 0
    return np.cumsum(begins) - 1.0
