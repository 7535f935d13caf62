"""What a reader has to know before believing a number: the warnings of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmbench.checks import Finding
from mmbench.checks.catalogue import (
    FEW_DATASETS,
    FEW_FOLDS,
    FEW_SAMPLES,
    MISSING_GLYPHS,
    MISSING_TRIALS,
    NO_PREDICTIONS,
    NOT_COMPARABLE,
    ONE_SPLIT,
)
from mmbench.presentation.drawing import without_glyph
from mmbench.presentation.numbers import count_text
from mmbench.presentation.sentences import Name
from mmbench.report.plan_reading import findings_of
from mmbench.report.tables.methods import MethodRow
from mmbench.report.text.facts import plain_text
from mmbench.stats import smallest_p
from mmbench.tasks import PooledPredictions, Shown

__all__ = ["dataset_caveats", "suite_caveats"]

_FEW_SAMPLES = 50
_FEW_FOLDS = 5
_MOST_NAMED = 3


def dataset_caveats(
    entry: Mapping[str, Any],
    rows: Sequence[MethodRow],
    pooled: PooledPredictions | None,
    shown: Shown,
) -> list[Finding]:
    """Return the warnings about one dataset and what was run on it.

    Parameters
    ----------
    entry : mapping
        What ``plan.json`` says of the dataset; its notices come first.
    rows : sequence of MethodRow
        Every planned method on it.
    pooled : PooledPredictions or None
        What the complete methods predicted, None where no predictions are kept.
    shown : Shown
        What reports of the task show.

    Returns
    -------
    list of Finding
    """
    return [
        *findings_of(entry),
        *_coverage(rows),
        *(_sizes(pooled, shown) if pooled else _no_answers(rows)),
        *_no_glyphs([*_classes(pooled), *(row.method for row in rows)]),
    ]


def suite_caveats(n_datasets: int) -> list[Finding]:
    """Return the warnings about claims over datasets.

    Parameters
    ----------
    n_datasets : int
        Datasets that all compared methods were run on.

    Returns
    -------
    list of Finding
        One or none.
    """
    least = smallest_p(n_datasets)
    if n_datasets < 2 or least <= 0.05:
        return []
    text = (
        f"{n_datasets} datasets are too few for a claim over datasets: even if one "
        "method were best on all of them, Wilcoxon's signed ranks could not give a "
        f"p-value below {least:.2g}."
    )
    return [FEW_DATASETS.found(text)]


def _coverage(rows: Sequence[MethodRow]) -> Iterator[Finding]:
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
    text = f"{len(lacking)} of {of} {verb} trials and can't be compared: "
    yield MISSING_TRIALS.found(text, *named)


def _sizes(pooled: PooledPredictions, shown: Shown) -> Iterator[Finding]:
    yield from shown.caveats(pooled)
    n_samples = pooled.n_samples
    if n_samples < _FEW_SAMPLES:
        weight = (
            f": one answer is {100 / n_samples:.1f} points of {shown.share_right}"
            if shown.share_right
            else ""
        )
        text = f"Only {count_text(n_samples, 'sample')} are compared{weight}."
        yield FEW_SAMPLES.found(text)
    yield from _folds(pooled.n_folds)
    for method, why in pooled.excluded.items():
        words = Name(method), f" can't be compared: {why}"
        yield NOT_COMPARABLE.found(*words, method=method)


def _folds(n_folds: int) -> Iterator[Finding]:
    if n_folds == 1:
        text = (
            "There is one split only: intervals cover test-set sampling, not training "
            "variation."
        )
        yield ONE_SPLIT.found(text)
    elif n_folds < _FEW_FOLDS:
        freedom = count_text(n_folds - 1, "degree")
        text = (
            f"{n_folds} folds say little about how scores vary with the training "
            f"rows: a "
            f"t-test over them has {freedom} of freedom."
        )
        yield FEW_FOLDS.found(text)


def _classes(pooled: PooledPredictions | None) -> Sequence[str]:
    """Return what figures may write beside the names of methods."""
    schema = pooled.target.schema if pooled else {}
    return [str(name) for name in schema.get("classes", ())]


def _no_glyphs(names: Sequence[str]) -> Iterator[Finding]:
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
        yield MISSING_GLYPHS.found(text)


def _no_answers(rows: Sequence[MethodRow]) -> Iterator[Finding]:
    if any(row.is_complete for row in rows):
        text = (
            "The predictions of this run are not in its folder, so nothing is compared "
            "sample by sample and there are no verdicts."
        )
        yield NO_PREDICTIONS.found(text)
