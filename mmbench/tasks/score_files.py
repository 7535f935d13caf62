"""Answers and references in files of their own, scored without a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mmbench.errors import DataError

if TYPE_CHECKING:
    from mmbench.tasks.metric import Metric
    from mmbench.tasks.target import Prediction, Target

__all__ = ["ScoredFiles", "check_same_ids", "paired_lines", "scored_files", "text_of"]


class ScoredFiles(NamedTuple):
    """What files hold, counted.

    Attributes
    ----------
    unit : str
        What is counted and resampled, such as ``"text"``.
    n_units : int
        How many there are.
    counted : sequence of (Metric, object)
        Each metric with what units contribute to its sums; with its score where that is
        no function of sums.
    signatures : mapping of str to str, default={}
        How other programs name what is measured, by metric.
    """

    unit: str
    n_units: int
    counted: Sequence[tuple[Metric, Any]]
    signatures: Mapping[str, str] = {}


def scored_files(
    unit: str,
    metrics: Iterable[Metric],
    target: Target,
    prediction: Prediction,
    signatures: Mapping[str, str] | None = None,
) -> ScoredFiles:
    """Count what predictions contribute to metrics.

    Parameters
    ----------
    unit : str
        What is counted, such as ``"text"``.
    metrics : iterable of Metric
        Those that are not defined for the prediction are left out.
    target : Target
        What the references hold.
    prediction : Prediction
        What the answers are, of the same rows.
    signatures : mapping of str to str, optional
        How other programs name what is measured.

    Returns
    -------
    ScoredFiles
    """
    made: dict[Any, Any] = {}
    counted: list[tuple[Metric, Any]] = []
    for metric in metrics:
        if not metric.is_defined(target, prediction):
            continue
        count = metric.contributions
        if count is None:
            counted.append((metric, metric.score(target, prediction)))
            continue
        if count not in made:
            made[count] = count(target, prediction)
        counted.append((metric, made[count]))
    return ScoredFiles(unit, len(prediction), counted, signatures or {})


def paired_lines(
    references: Path, predictions: Path
) -> tuple[list[list[str]], list[str]]:
    """Read references and predictions, and put them into one order.

    Parameters
    ----------
    references : Path
        Lines ``{"id": ..., "references": [...]}``, one or more strings.
    predictions : Path
        Lines ``{"id": ..., "prediction": "..."}``, one for each id.

    Returns
    -------
    (list of list of str, list of str)
        In the order of the references.

    Raises
    ------
    DataError
        When a line is not so, or an id is missing, doubled or unknown.
    """
    wanted = dict(_by_id(references, "references"))
    given = dict(_by_id(predictions, "prediction"))
    check_same_ids(wanted, given, references, predictions)
    return list(wanted.values()), [given[key] for key in wanted]


def check_same_ids(
    wanted: Iterable[str], given: Iterable[str], references: Path, predictions: Path
) -> None:
    """Refuse ids that only one of two files has.

    Parameters
    ----------
    wanted, given : iterable of str
        The ids of references and of predictions.
    references, predictions : Path
        The files, for the message.

    Raises
    ------
    DataError
        Names the first such id.
    """
    wanted, given = dict.fromkeys(wanted), dict.fromkeys(given)
    for ids, others, what in (
        (wanted, given, f"{predictions.name} lacks a prediction for"),
        (given, wanted, f"{references.name} has no references for"),
    ):
        lacking = [key for key in ids if key not in others]
        if lacking:
            more = f" and {len(lacking) - 1:,} more" if len(lacking) > 1 else ""
            raise DataError(
                f"{what} the id {lacking[0]}{more}; both files must have the same ids."
            )


def _by_id(path: Path, field: str) -> Iterator[tuple[str, Any]]:
    """Yield ids, as JSON has them, and what stands beside them."""
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        where = f"{path.name}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataError(f"{where}: this is not JSON: {error}.") from error
        if not isinstance(row, dict) or "id" not in row or field not in row:
            raise DataError(f'{where}: it must be an object with "id" and "{field}".')
        key = json.dumps(row["id"])
        if key in seen:
            raise DataError(
                f"{where}: the id {key} is already in line {seen[key]}; each must "
                f"appear once."
            )
        seen[key] = number
        yield key, _checked(row[field], field, where)
    if not seen:
        raise DataError(f"{path.name} has no line.")


def _checked(value: Any, field: str, where: str) -> Any:
    if field == "prediction":
        if not isinstance(value, str):
            raise DataError(f"{where}: the prediction must be a string.")
        return value
    texts = [value] if isinstance(value, str) else value
    is_texts = isinstance(texts, list) and all(isinstance(t, str) for t in texts)
    if not is_texts or not any(texts):
        raise DataError(f"{where}: references must be a list of strings, not empty.")
    return [text for text in texts if text]


def text_of(path: Path) -> str:
    """Read a file.

    Parameters
    ----------
    path : Path
        In UTF-8, with a byte order mark or not.

    Returns
    -------
    str
        All of it.

    Raises
    ------
    DataError
        When it can't be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8.") from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_of(path).split("\n"), start=1):
        if line.strip():
            yield number, line
