"""What a reader has to know before believing a number: the warnings of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mmbench.report.answers import Answers
from mmbench.report.drawing import without_glyph
from mmbench.report.facts import plain_text
from mmbench.report.numbers import count_text
from mmbench.report.sentences import Name, Sentence
from mmbench.report.tables import MethodRow
from mmbench.stats import label_counts, smallest_p

__all__ = ["dataset_cautions", "suite_cautions"]

# A class with fewer samples than this moves macro-F1 by luck more than by merit.
_RARE = 10
_FEW_SAMPLES = 50
_FEW_FOLDS = 5
_MOST_NAMED = 3


def dataset_cautions(
    entry: Mapping[str, Any], rows: Sequence[MethodRow], answers: Answers | None
) -> list[Sentence]:
    """Return the warnings about one dataset and what was run on it.

    Parameters
    ----------
    entry : mapping
        What ``plan.json`` says of the dataset; its notices come first.
    rows : sequence of MethodRow
        Every planned method on it.
    answers : Answers or None
        What the complete methods answered, None where no predictions are kept.

    Returns
    -------
    list of Sentence
    """
    return [
        *((plain_text(notice),) for notice in entry.get("notices") or ()),
        *_coverage(rows),
        *(_sizes(answers) if answers else _no_answers(rows)),
        *(_no_roc_auc(answers, rows) if answers else ()),
        *_no_glyphs([*(answers.classes if answers else ()), *(r.method for r in rows)]),
    ]


def suite_cautions(n_datasets: int) -> list[Sentence]:
    """Return the warnings about claims over datasets.

    Parameters
    ----------
    n_datasets : int
        Datasets that all compared methods were run on.
    """
    least = smallest_p(n_datasets)
    if n_datasets < 2 or least <= 0.05:
        return []
    text = (
        f"{n_datasets} datasets are too few for a claim over datasets: even if one "
        "method were best on all of them, Wilcoxon's signed ranks could not give a "
        f"p-value below {least:.2g}."
    )
    return [(text,)]


def _coverage(rows: Sequence[MethodRow]) -> Iterator[Sentence]:
    lacking = [row for row in rows if not row.is_complete]
    if not lacking:
        return
    named: list[str] = []
    for row in lacking[:_MOST_NAMED]:
        named += [Name(row.method), f" ({row.n_ok} of {row.n_planned})", ", "]
    more = len(lacking) - _MOST_NAMED
    named[-1] = f" and {more} more." if more > 0 else "."
    of = count_text(len(rows), "method")
    verb = "lacks" if len(lacking) == 1 else "lack"
    yield (f"{len(lacking)} of {of} {verb} trials and can't be compared: ", *named)


def _sizes(answers: Answers) -> Iterator[Sentence]:
    _, first_rows = np.unique(answers.units, return_index=True)
    y, n_samples = answers.y[first_rows], len(first_rows)
    of_class = label_counts(y, y, answers.n_classes).support
    sizes = dict(zip(answers.classes, of_class.tolist(), strict=True))
    yield from _rare_classes(sizes, "label" if answers.is_multilabel else "class")
    if answers.is_multilabel:
        yield from _unlabelled(int(np.sum(~y.any(axis=1))), n_samples)
    if n_samples < _FEW_SAMPLES:
        text = (
            f"Only {count_text(n_samples, 'sample')} are compared: one answer is "
            f"{100 / n_samples:.1f} points of "
            f"{'exact matches' if answers.is_multilabel else 'accuracy'}."
        )
        yield (text,)
    yield from _folds(answers.n_folds)
    for method, why in answers.left_out.items():
        yield (Name(method), f" can't be compared: {why}")


def _rare_classes(sizes: Mapping[str, int], noun: str) -> Iterator[Sentence]:
    rare = sorted((n, name) for name, n in sizes.items() if n < _RARE)
    if rare:
        n_least, least = rare[0]
        others = f", and {len(rare) - 1} more like it" if len(rare) > 1 else ""
        text = (
            f"{noun.capitalize()} {least!r} has {count_text(n_least, 'sample')} to "
            f"test on, fewer than {_RARE}{others}: macro-averages hang on single "
            "answers."
        )
        yield (text,)


def _unlabelled(n: int, n_samples: int) -> Iterator[Sentence]:
    if n:
        verb = "has" if n == 1 else "have"
        text = (
            f"{n:,} of {count_text(n_samples, 'sample')} {verb} no label: F1 averaged "
            "over samples counts each as 0, even where a method rightly names none."
        )
        yield (text,)


def _folds(n_folds: int) -> Iterator[Sentence]:
    if n_folds == 1:
        text = (
            "There is one split only: intervals know of the luck of the test rows, not "
            "of that of the training rows."
        )
        yield (text,)
    elif n_folds < _FEW_FOLDS:
        freedom = count_text(n_folds - 1, "degree")
        text = (
            f"{n_folds} folds say little of how scores vary with the training rows: a "
            f"t-test over them has {freedom} of freedom."
        )
        yield (text,)


def _no_roc_auc(answers: Answers, rows: Sequence[MethodRow]) -> Iterator[Sentence]:
    """Say why there is no ROC AUC, where folds lack a class."""
    if not all(np.isnan(row.roc_auc_ovr_mean) for row in rows if row.is_complete):
        return
    has = answers.y
    if has.ndim == 1:
        has = has[:, None] == np.arange(answers.n_classes)
    of_fold = [has[answers.folds == fold] for fold in range(answers.n_folds)]
    has_none = [~each.any(axis=0) for each in of_fold]
    lacking = [number for number, each in enumerate(has_none) if each.any()]
    if lacking:
        first = answers.classes[int(has_none[lacking[0]].argmax())]
        noun = "label" if answers.is_multilabel else "class"
        verb = "has" if len(lacking) == 1 else "have"
        text = (
            f"{len(lacking)} of {count_text(answers.n_folds, 'fold')} {verb} no test "
            f"row of some {noun} (the first: {first!r}), where ROC AUC is not defined; "
            "so none is shown."
        )
        yield (text,)


def _no_glyphs(names: Sequence[str]) -> Iterator[Sentence]:
    """Say which names the PNG files can't show."""
    if all(name.isascii() for name in names):
        return
    lacking = without_glyph(dict.fromkeys(names))
    if lacking:
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        text = (
            f"The figures as PNG lack characters of {plain_text(lacking[0])!r}{more}, "
            "and show boxes instead; use those as SVG."
        )
        yield (text,)


def _no_answers(rows: Sequence[MethodRow]) -> Iterator[Sentence]:
    if any(row.is_complete for row in rows):
        text = (
            "The predictions of this run are not in its folder, so nothing is compared "
            "sample by sample and there are no verdicts."
        )
        yield (text,)
