"""Questions of a report: which methods are compared with which others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from mmbench.report.judging.ensembles import bases_of, is_ensemble
from mmbench.report.tables.methods import MethodRow

__all__ = [
    "ENSEMBLE",
    "FAMILIES",
    "FUSION",
    "KIND",
    "PAIR",
    "Ask",
    "asked",
    "families_of",
]

FUSION = "fusion over single"
KIND = "one kind of fusion over single"
ENSEMBLE = "ensemble over base"
PAIR = "one method over another"

FAMILIES = {FUSION: FUSION, KIND: FUSION, ENSEMBLE: ENSEMBLE, PAIR: PAIR}
"""Questions whose intervals and p-values are corrected together."""
# Of so many methods, every two are compared where nothing else is asked.
_FEW_METHODS = 5


class Ask(NamedTuple):
    """Whether the best of some methods is better than every one of some others.

    Attributes
    ----------
    question : str
        The kind of question.
    subject, reference : str
        The two sides in a word; the reference is empty where it is the best one's.
    firsts, seconds : list of str
        The methods of each side.
    """

    question: str
    subject: str
    reference: str
    firsts: list[str]
    seconds: list[str]

    @property
    def family(self) -> str:
        """What it is corrected together with."""
        return FAMILIES[self.question]


def asked(rows: Sequence[MethodRow], scores: Mapping[str, float]) -> list[Ask]:
    """Return what is asked of the methods that have scores.

    Parameters
    ----------
    rows : sequence of MethodRow
        The methods with all their trials ok.
    scores : mapping of str to float
        Scores by method, turned so that more is better.

    Returns
    -------
    list of Ask
        Questions about fusions and ensembles; without these, every pair of a few
        methods.
    """
    known = [row for row in rows if row.method in scores]
    asks = [*_of_fusions(known), *_of_ensembles(known)]
    names = [row.method for row in known if not row.is_floor]
    if asks or len(names) > _FEW_METHODS:
        return asks
    # The better one is named first.
    names.sort(key=lambda name: -scores[name])
    return [Ask(PAIR, one, "", [one], [other]) for one, other in combinations(names, 2)]


def _of_fusions(rows: Sequence[MethodRow]) -> Iterator[Ask]:
    fused = [row for row in rows if row.is_multimodal]
    names = [r.method for r in rows if r.is_single and r.modalities != "none"]
    if fused and names:
        kinds = list(dict.fromkeys(row.fusion for row in fused if row.fusion))
        what = f"{kinds[0]} fusion" if len(kinds) == 1 else "fusion"
        yield Ask(FUSION, what, "", [row.method for row in fused], names)
        for kind in kinds if len(kinds) > 1 else ():
            of_kind = [row.method for row in fused if row.fusion == kind]
            yield Ask(KIND, f"{kind} fusion", "", of_kind, names)


def _of_ensembles(rows: Sequence[MethodRow]) -> Iterator[Ask]:
    single = {row.method for row in rows if row.is_single}
    for row in rows:
        if not is_ensemble(row):
            continue
        bases = bases_of(row, rows)
        # What single modalities gain from each other is asked of fusions already.
        if bases and not (row.is_multimodal and single.issuperset(bases)):
            word = "its base" if len(bases) == 1 else "the best of its members"
            yield Ask(ENSEMBLE, row.method, word, [row.method], bases)


def families_of(rows: Sequence[MethodRow], scores: Mapping[str, float]) -> list[str]:
    """Return the families of questions that are asked on a dataset.

    Parameters
    ----------
    rows : sequence of MethodRow
        The methods with all their trials ok.
    scores : mapping of str to float
        The scores of those that have one.

    Returns
    -------
    list of str
        Each family once, in the order of the questions.
    """
    return list(dict.fromkeys(ask.family for ask in asked(rows, scores)))
