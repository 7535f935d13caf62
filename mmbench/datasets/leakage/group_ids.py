"""Names of groups in texts, such as a patient's number, that folds don't know of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.checks import Finding
from mmbench.checks.catalogue import GROUP_IDS
from mmbench.datasets.leakage.association import chance_corrected, looked_up

if TYPE_CHECKING:
    from mmbench.datasets.leakage.evidence import Evidence

__all__ = ["group_ids"]

_MOST_ROWS = 2000
_ENDS = 1000
# The share of texts that hold a name of the same form, and of those names that stand in
# other texts, too.
_HAS_ONE, _REPEATED = 0.8, 0.8
_AGREEMENT = 0.5
_NAME = re.compile(r"[^\W\d_]*[\W_]?\d[\w-]*|[^\W_]+[#:_/-][\w-]+")
_AROUND = ".,;:!?()[]{}<>'\""


def group_ids(evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each text column that names what rows have in common.

    Parameters
    ----------
    evidence : Evidence
        The rows. Where they have groups already, nothing is looked for.

    Yields
    ------
    Finding
        Names the form of the names.

    Notes
    -----
    A group's name is a word with digits or punctuation in it, one of its form in nearly
    every text, that stands in few texts each, which mostly have the same target.
    """
    if evidence.samples.groups is not None:
        return
    for name in evidence.columns("text"):
        rows = evidence.rows(_MOST_ROWS, "names of groups in texts")
        cells = evidence.cells(name)
        texts = ["" if cells[row] is None else str(cells[row]) for row in rows]
        for form, names in _names(texts).items():
            codes = np.unique([each or "" for each in names], return_inverse=True)[1]
            has = np.array([each is not None for each in names])
            codes = np.where(has, codes, -1 - np.arange(len(codes)))
            for question in evidence.questions:
                y = question.y[rows]
                n_names, n_classes = len(np.unique(codes[has])), len(np.unique(y))
                if n_classes < 2 or n_names < 2 * n_classes:
                    continue
                agreement = chance_corrected(looked_up(codes, y)[has], y[has])
                if agreement >= _AGREEMENT:
                    yield GROUP_IDS.found(
                        f"column {name!r}: {int(has.sum()):,} of {len(rows):,} texts "
                        f"hold one of {n_names:,} names such as {form!r}, and texts "
                        f"with the same one mostly have the same target; folds can "
                        "part them."
                    )
                    return


def _names(texts: Sequence[str]) -> dict[str, list[str | None]]:
    """Return the names in texts by their form: an example, and each text's name."""
    by_form: defaultdict[str, list[str | None]] = defaultdict(
        lambda: [None] * len(texts)
    )
    n_texts: Counter[str] = Counter()
    for row, text in enumerate(texts):
        found = defaultdict(set)
        ends = text if len(text) <= 2 * _ENDS else f"{text[:_ENDS]} {text[-_ENDS:]}"
        for word in ends.lower().split():
            if not word.isalpha() and _NAME.fullmatch(word.strip(_AROUND)):
                found[_form(word.strip(_AROUND))].add(word.strip(_AROUND))
        for form, words in found.items():
            if len(words) == 1:
                by_form[form][row] = words.pop()
                n_texts[form] += 1
    kept = {}
    for form, n in n_texts.items():
        names = by_form[form]
        counts = Counter(each for each in names if each is not None)
        repeated = sum(count for count in counts.values() if count > 1)
        if n >= _HAS_ONE * len(texts) and repeated >= _REPEATED * n:
            kept[max(counts, key=lambda each: (counts[each], each))] = names
    return kept


def _form(word: str) -> str:
    """Return what names of one kind have in common: letters in front, and the rest."""
    start = re.match(r"[^\W\d_]*[\W_]?", word)
    assert start is not None  # noqa: S101 - it matches nothing, too
    rest = re.sub(r"[^\W_]+", "9", word[start.end() :])
    return start.group() + rest
