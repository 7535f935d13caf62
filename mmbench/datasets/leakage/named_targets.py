"""Target leakage through texts and file names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import TARGET_IN_FILE_NAMES, TARGET_IN_TEXT
from mmbench.datasets.leakage.association import chance_corrected
from mmbench.datasets.leakage.columns import percent
from mmbench.datasets.leakage.markers import Marker, markers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.datasets.leakage.evidence import Evidence
    from mmbench.tasks import Question

__all__ = ["target_in_file_names", "target_in_texts"]

_MOST_ROWS = 2000
_MOST_QUESTIONS = 20
# The start and the end of a text that are looked at, in characters.
_ENDS = 2000
_AGREEMENT = 0.75
_MANY_VALUES = 0.5


def target_in_texts(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each column whose texts or categories hold the target.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        Names the pieces of text.
    """
    for name in evidence.columns("text", "categorical"):
        cells = evidence.cells(name)
        is_text = evidence.modalities[name] == "text"
        if not is_text and len(set(cells)) < _MANY_VALUES * len(cells):
            continue  # its values are looked up
        rows = evidence.rows(_MOST_ROWS, "the target in texts")
        texts = [_text(cells[row]) for row in rows]
        yield from _marked(f"column {name!r}", texts, rows, evidence, TARGET_IN_TEXT)
        yield from _numbers(name, texts, rows, evidence)


def target_in_file_names(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each column whose files' names hold the target.

    Parameters
    ----------
    evidence : Evidence
        The rows.

    Yields
    ------
    Finding
        Names the pieces of the paths.
    """
    for name in evidence.columns("image", "audio", "video"):
        cells = evidence.cells(name)
        paths = [cell if isinstance(cell, str) else "" for cell in cells]
        if len(set(paths)) < 2:
            continue
        rows = evidence.rows(_MOST_ROWS, "the target in file names")
        shared = _shared_start([path for path in paths if path])
        texts = [f" {paths[row][shared:].lower()} " for row in rows]
        where = f"column {name!r}: what files are called"
        yield from _marked(where, texts, rows, evidence, TARGET_IN_FILE_NAMES)


def _shared_start(paths: Sequence[str]) -> int:
    """Return how many characters all paths begin with."""
    first, last = min(paths), max(paths)
    pairs = enumerate(zip(first, last, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))


def _text(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    if len(text) > 2 * _ENDS:
        text = f"{text[:_ENDS]} {text[-_ENDS:]}"
    return f" {' '.join(text.lower().split())} "


def _marked(
    where: str,
    texts: Sequence[str],
    rows: NDArray[np.intp],
    evidence: Evidence,
    check: Any,
) -> Iterator[Finding]:
    given: list[tuple[Question, list[Marker], float]] = []
    for question in evidence.questions[:_MOST_QUESTIONS]:
        y = question.y[rows]
        found = markers(texts, y)
        n_classes = len(np.unique(y))
        if not found or n_classes < 2 or len(found) < n_classes - 1:
            continue
        guess = _guess(found, y)
        if chance_corrected(guess, y) >= _AGREEMENT:
            given.append((question, found, float((guess == y).mean())))
    if given:
        question, found, right = given[0]
        more = f" (and {len(given) - 1} more)" if len(given) > 1 else ""
        pieces = ", ".join(repr(each.piece.strip()) for each in found[:3])
        yield check.found(
            f"{where} gives {question.about} away{more}: pieces of text such as "
            f"{pieces} are right about {percent(right)} of the rows."
        )


def _guess(found: Sequence[Marker], y: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the class whose marker stands in a text, without any the largest other."""
    table = np.column_stack([marker.found for marker in found])
    labels = np.array([marker.label for marker in found])
    counts = np.bincount(y)
    unmarked = np.setdiff1d(np.arange(len(counts)), labels)
    rest = unmarked if len(unmarked) else np.arange(len(counts))
    default = rest[counts[rest].argmax()]
    n_found = table.sum(axis=1)
    guess: NDArray[np.intp] = np.where(
        n_found == 1, labels[table.argmax(axis=1)], np.where(n_found == 0, default, -1)
    )
    return guess


def _numbers(
    name: str, texts: Sequence[str], rows: NDArray[np.intp], evidence: Evidence
) -> Iterator[Finding]:
    """Yield a finding where texts hold the number that is the target."""
    for question in evidence.questions:
        if question.values is None:
            continue
        y = question.values[rows]
        said = (_NUMBER.findall(text.replace(",", "")) for text in texts)
        numbers = [set(map(float, each)) for each in said]
        share = _share_of_texts(y, numbers)
        chance = _share_of_texts(np.roll(y, len(y) // 2), numbers)
        if share - chance >= _NUMBER_FOUND:
            yield TARGET_IN_TEXT.found(
                f"column {name!r} gives {question.about} away: its number stands in "
                f"{percent(share)} of the texts."
            )


def _share_of_texts(y: NDArray[np.float64], numbers: Sequence[set[float]]) -> float:
    return float(
        np.mean([value in each for value, each in zip(y, numbers, strict=True)])
    )


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBER_FOUND = 0.2
