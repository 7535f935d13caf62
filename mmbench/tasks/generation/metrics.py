"""Metrics of generated texts.

All but the share of distinct n-grams are functions of sums over rows. Texts are counted
once for BLEU, ROUGE and CIDEr-D (:mod:`mmbench.tasks.generation.word_scores`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.tasks.generation.texts import COPIED, scored_texts
from mmbench.tasks.generation.translation_scores import (
    bleu_of,
    character_f,
    character_scores,
    translation_scores,
)
from mmbench.tasks.generation.word_scores import COLUMNS, word_scores
from mmbench.tasks.metric import Metric
from mmbench.texts import ORDER, Tokeniser, ngram_occurrences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

__all__ = ["DEFAULT_SCORING", "METRICS", "distinct_share", "word_value"]


def _bleu(sums: Any, *, order: int) -> Any:
    """Return BLEU without smoothing: 0 where nothing of some length is shared."""
    shared, total = sums[:order], sums[ORDER : ORDER + order]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.exp(np.log(shared / total).mean(axis=0))
        ratio = sums[COLUMNS["reference_length"]] / sums[COLUMNS["length"]]
        found = mean * np.exp(np.minimum(0, 1 - ratio))
    return np.where((shared > 0).all(axis=0), found, 0.0)


def _precision(sums: Any, *, order: int) -> Any:
    shared, total = sums[order - 1], sums[ORDER + order - 1]
    return np.divide(shared, total, out=np.zeros_like(shared), where=total > 0)


def _mean(sums: Any, *, of: str) -> Any:
    return sums[COLUMNS[of]] / sums[COLUMNS["rows"]]


def word_value(metric: str, sums: Any) -> Any:
    """Return a metric of words, of the sums of what rows contribute.

    Parameters
    ----------
    metric : str
        Its name, such as ``"bleu_4"``.
    sums : array-like of shape (k, ...)
        Of :func:`~mmbench.tasks.generation.word_scores.word_scores`.

    Returns
    -------
    ndarray of shape (...)
    """
    found = next(m for m in METRICS if m.name == metric)
    return found.as_sums[1](np.asarray(sums))


def distinct_share(texts: Sequence[str], words: Tokeniser, order: int) -> float:
    """Return the share of distinct n-grams among all of some texts.

    Parameters
    ----------
    texts : sequence of str
        Generated texts.
    words : Tokeniser
        Splits a text into words.
    order : int
        The length of n-grams.

    Returns
    -------
    float
        NaN where there are none.

    References
    ----------
    J. Li, M. Galley, C. Brockett, J. Gao, B. Dolan (2016), "A diversity-promoting
    objective function for neural conversation models", NAACL.
    """
    grams = ngram_occurrences([words(text) for text in texts], order)[-1]
    total = grams.totals.sum()
    return float(grams.is_first.sum() / total) if total else float("nan")


def _distinct(target: Target, prediction: Prediction, *, order: int) -> float:
    scored = scored_texts(target, prediction)
    return distinct_share(scored.texts, scored.words, order)


def _copied(_target: Target, prediction: Prediction) -> NDArray[np.float64]:
    copied = prediction[COPIED].astype(np.float64)
    return np.column_stack([copied, np.ones_like(copied)])


def _of_words(name: str, label: str, description: str, **how: Any) -> Metric:
    return Metric(
        name=name,
        label=label,
        description=description,
        contributions=word_scores,
        **how,
    )


_RUNS = {
    1: "single words",
    2: "pairs of words",
    3: "runs of three words",
    4: "runs of four words",
}
_UP_TO = {
    1: "precision of single words",
    2: "mean precision of single words and pairs",
    3: "mean precision of runs of one to three words",
    4: "mean precision of runs of one to four words",
}

_CIDER = _of_words(
    "cider_d",
    "CIDEr-D",
    "how alike the text is to the references, by n-grams of one to four words, rare "
    "ones among the scored references counting more; from 0 to 10",
    value=partial(_mean, of="cider_d"),
    is_share=False,
    shows_spread=True,
)
_BLEUS = tuple(
    _of_words(
        f"bleu_{n}",
        f"BLEU-{n}",
        f"{_UP_TO[n]} over all texts, less where these are shorter than the references "
        "closest in length",
        value=partial(_bleu, order=n),
    )
    for n in range(1, ORDER + 1)
)
_PRECISIONS = tuple(
    _of_words(
        f"precision_{n}",
        f"{n}-gram precision",
        f"share of {_RUNS[n]} that a reference of the row has as well",
        value=partial(_precision, order=n),
    )
    for n in range(1, ORDER + 1)
)
_ROUGES = (
    _of_words(
        "rouge_l",
        "ROUGE-L",
        "F of the longest common subsequence of words, recall counting more (beta 1.2)",
        value=partial(_mean, of="rouge_l"),
    ),
    *(
        _of_words(
            f"rouge_{n}",
            f"ROUGE-{n}",
            f"F1 of shared {_RUNS[n]}, with the reference that fits best",
            value=partial(_mean, of=f"rouge_{n}"),
        )
        for n in (1, 2)
    ),
)
_LENGTH = _of_words(
    "length",
    "words per text",
    "mean number of words",
    value=partial(_mean, of="length"),
    is_share=False,
)
_OF_TRANSLATIONS = (
    Metric(
        name="sacrebleu",
        label="BLEU (sacrebleu)",
        description="BLEU of raw texts in the words of sacrebleu's tokeniser 13a, "
        "smoothed, from 0 to 100; what papers on translation report",
        contributions=translation_scores,
        value=bleu_of,
        is_share=False,
    ),
    Metric(
        name="chrf",
        label="chrF",
        description="F of shared n-grams of one to six characters, from 0 to 100, as "
        "sacrebleu computes it",
        contributions=character_scores,
        value=character_f,
        is_share=False,
    ),
)
_DISTINCT = tuple(
    Metric(
        name=f"distinct_{n}",
        label=f"distinct-{n}",
        description=f"share of the texts' {_RUNS[n]} that are distinct",
        compute=partial(_distinct, order=n),
    )
    for n in (1, 2)
)
_COPIED = Metric(
    name="copied",
    label="copied",
    description="share of texts that are some training row's reference, word for word",
    greater_is_better=False,
    contributions=_copied,
    value=lambda sums: sums[0] / sums[1],
    needs=COPIED,
)

METRICS = (
    *(_CIDER, *_BLEUS, *_ROUGES, *_OF_TRANSLATIONS),
    *(*_PRECISIONS, *_DISTINCT, _LENGTH, _COPIED),
)
"""The metrics of texts, the one that ranks captions first."""

DEFAULT_SCORING = (
    *("cider_d", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l"),
    *("distinct_1", "distinct_2", "length", "copied"),
)
"""What is scored of captions unless something else is asked for."""
