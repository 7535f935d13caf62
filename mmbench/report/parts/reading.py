"""How to read a report, and where the run took place."""

from __future__ import annotations

from collections.abc import Iterator

from mmbench.presentation.sentences import FileName, Sentence
from mmbench.report.content import Content
from mmbench.report.document import Block, Bullets, FactList, Fold, Part

__all__ = ["environment_part", "reading_part"]

_VERDICTS = (
    "A verdict compares the predictions of all folds on the same samples. The "
    "difference is that of the two named methods. Interval and two-sided p-value come "
    "from the same jackknife over samples (over groups where there are any). Both are "
    "corrected, by the joint distribution of the greatest difference, for choosing the "
    "best on either side and for all comparisons of the family: p is below .05 exactly "
    'where the 95 % interval excludes 0. "Equivalent" means an interval within a '
    "point, or what --rope says (of a loss, within that share of the floor's loss). "
    '"With retraining" also includes the variation from training, seen in scores on '
    "disjoint parts of the data, or in retrainings on bootstrap samples of an official "
    "split."
)
_SCORES = (
    "A score in a table is the mean over the test folds; ± is the sample standard "
    "deviation over folds, not a confidence interval of the mean. Verdicts score the "
    "predictions of all folds together; for scores that are not means over samples, "
    "such as macro-F1, the two values differ somewhat."
)
_MARKS = (
    "Bold marks the best ranked method of a column, to the digits shown; † marks "
    "methods that are not significantly worse (which does not prove equality). Scores "
    "that add up over samples are compared by multiple comparisons with the best "
    "(jackknife over samples or groups); other scores fold by fold, by the corrected "
    "resampled t-test with Holm's correction. The best method is chosen on the folds "
    "that its score is from, so its score is slightly optimistic."
)
_RANKS = (
    "Methods with equal scores share a rank. Only methods with all their planned "
    "trials ok are ranked."
)
_OVER = (
    "Over datasets, the win rate is the share of other methods that a method beats, "
    "and improvability the share of its error that the best method of a dataset "
    "avoids, both averaged over datasets."
)
_TIMES = (
    "Fit time and speed are those of the method on its own, as if nothing were cached. "
    "A method has one speed throughout the report: measured after the trials with the "
    "machine to itself, where that was done for all methods on a dataset, else that of "
    "its trials. "
    "Quartiles of throughput are of repeats within one run; two runs on one machine "
    "often differ by more than 10 %."
)


def reading_part(content: Content) -> Iterator[Part]:
    """Explain what the numbers are.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        Always.
    """
    sentences: list[Sentence] = [(_VERDICTS,), (_SCORES,), (_MARKS,)]
    for note in content.notes:
        table = (" ", _csv(note.table), ".") if note.table else ()
        sentences.append((note.text, *table))
    if content.names.note:
        sentences.append((content.names.note,))
    over = [] if content.ranks is None else [(_OVER,)]
    sentences += [(_RANKS,), *over, (_TIMES,), _files(content)]
    blocks = [Fold("Verdicts, scores, marks, times and files", [Bullets(sentences)])]
    yield Part(title="How to read this", slug="reading", blocks=blocks)


def environment_part(content: Content) -> Iterator[Part]:
    """Say where and how the run took place.

    Parameters
    ----------
    content : Content
        What the report says.

    Yields
    ------
    Part
        Always.
    """
    blocks: list[Block] = [FactList(content.environment)]
    if content.versions:
        blocks.append(Fold("Package versions", [FactList(content.versions)]))
    yield Part(title="Environment", slug="environment", blocks=blocks)


def _csv(name: str) -> FileName:
    return FileName(f"tables/{name}.csv")


def _files(content: Content) -> Sentence:
    more = [("", name) for name in content.unnoted_tables]
    if content.modalities:
        more.append(("a row per method and modality", "modalities"))
    listed = [*_FILES, *((name, about) for about, name in more)]
    words: list[str] = ["All numbers, unrounded: "]
    for name, about in listed:
        words += [_csv(name), f" ({about}), " if about else ", "]
    words[-1] = f"{words[-1].removesuffix(', ')}; for papers, "
    return (*words, FileName("tables"), " as LaTeX and ", FileName("figures"), ".")


_FILES = (
    ("methods", "a row per method"),
    ("costs", "a row per method"),
    ("trials", "a row per trial"),
    ("failures", "a row per trial that is not ok"),
    ("verdicts", "a row per comparison"),
)
