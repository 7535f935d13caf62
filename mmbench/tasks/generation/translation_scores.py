"""What each row contributes to BLEU and chrF as sacrebleu defines them."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.tasks.generation.texts import Scored, scored_texts
from mmbench.tasks.generation.word_scores import clipped_counts
from mmbench.texts import ORDER, ngram_occurrences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks.target import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = [
    "bleu_counts",
    "bleu_of",
    "character_counts",
    "character_f",
    "character_scores",
    "signatures",
    "translation_scores",
]

_CHARACTERS = 6
_BETA = 2


def translation_scores(target: Target, prediction: Prediction) -> Floats:
    """Return the counts of BLEU, in the words of sacrebleu's tokeniser ``13a``.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    ndarray of shape (n_rows, 10)
        As :func:`~mmbench.tasks.generation.word_scores.clipped_counts` has them.
    """
    return bleu_counts(scored_texts(target, prediction))


def bleu_counts(scored: Scored) -> Floats:
    """Return the counts of BLEU, as :func:`translation_scores` does.

    Parameters
    ----------
    scored : Scored
        Texts with their references.

    Returns
    -------
    ndarray of shape (n_rows, 10)
        What :func:`bleu_of` takes the sums of.
    """
    words = [_words(text) for text in (*scored.texts, *scored.references)]
    grams = ngram_occurrences(words, ORDER)
    return clipped_counts(grams, scored.owner, len(scored.texts))


@lru_cache(maxsize=1 << 18)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_tokeniser()(text.rstrip()).split())


@cache
def _tokeniser() -> Any:
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    return Tokenizer13a()


def bleu_of(sums: Any) -> Any:
    """Return BLEU of the sums of counts, as sacrebleu smooths it.

    Parameters
    ----------
    sums : array-like of shape (10, ...)
        Of what :func:`bleu_counts` returns.

    Returns
    -------
    ndarray of shape (...)
        From 0 to 100. The precision of a length of which nothing is shared counts as
        half, a quarter, ... of one shared n-gram, unless nothing is shared at all.

    References
    ----------
    M. Post (2018), "A call for clarity in reporting BLEU scores", WMT; smoothing
    ``exp``, which is that of NIST's mteval.
    """
    sums = np.asarray(sums, dtype=np.float64)
    shared, total = sums[:ORDER], sums[ORDER : 2 * ORDER]
    halvings = np.cumsum(shared == 0, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(shared > 0, shared, 0.5**halvings) / total
        mean = np.exp(np.log(precision).mean(axis=0))
        brevity = np.exp(np.minimum(0, 1 - sums[2 * ORDER + 1] / sums[2 * ORDER]))
        found = 100 * mean * brevity
    defined = (total > 0).all(axis=0) & (shared > 0).any(axis=0)
    return np.where(defined, found, 0.0)


def character_scores(target: Target, prediction: Prediction) -> Floats:
    """Return the counts of chrF: characters, pairs of them and so on, that are shared.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Of the same rows.

    Returns
    -------
    ndarray of shape (n_rows, 18)
        For lengths of one to six how many n-grams the text has, the reference has, and
        both have; of the reference with the best F.
    """
    return character_counts(scored_texts(target, prediction))


def character_counts(scored: Scored) -> Floats:
    """Return the counts of chrF, as :func:`character_scores` does.

    Parameters
    ----------
    scored : Scored
        Texts with their references.

    Returns
    -------
    ndarray of shape (n_rows, 18)
        What :func:`character_f` takes the sums of.
    """
    n, owner = len(scored.texts), scored.owner
    dense = ["".join(t.split()) for t in (*scored.texts, *scored.references)]
    columns = []
    for grams in ngram_occurrences(dense, _CHARACTERS):
        references = grams.present[n:]
        shared = grams.present[:n][owner].multiply(references).sum(axis=1)
        wanted = grams.totals[n:]
        # Where the reference has none so long, the text's don't count either.
        found = np.where(wanted > 0, grams.totals[:n][owner], 0)
        columns += [found, wanted, np.asarray(shared).reshape(-1)]
    pairs = np.column_stack(columns)
    places = np.lexsort([np.arange(len(pairs)), -character_f(pairs.T), owner])
    best = places[np.unique(owner[places], return_index=True)[1]]
    return pairs[best]


def character_f(sums: Any) -> Any:
    """Return chrF of the sums of counts.

    Parameters
    ----------
    sums : array-like of shape (18, ...)
        Of what :func:`character_counts` returns.

    Returns
    -------
    ndarray of shape (...)
        From 0 to 100: the F of precision and recall, recall counting twice, of their
        means over the lengths that both sides have n-grams of.

    References
    ----------
    M. Popović (2015), "chrF: character n-gram F-score for automatic MT evaluation",
    WMT; lengths without n-grams are left out as sacrebleu does.
    """
    sums = np.asarray(sums, dtype=np.float64)
    found, wanted, shared = sums[0::3], sums[1::3], sums[2::3]
    has_both = (found > 0) & (wanted > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = (
            np.where(has_both, shared / whole, 0).sum(axis=0) / has_both.sum(axis=0)
            for whole in (found, wanted)
        )
        squared = _BETA**2
        f = (1 + squared) * precision * recall / (squared * precision + recall)
    return np.where(np.isfinite(f), 100 * f, 0.0)


def signatures(n_references: int) -> dict[str, str]:
    """Return how sacrebleu names what is measured, so that others can repeat it.

    Parameters
    ----------
    n_references : int
        How many references a text has; 0 where that differs.

    Returns
    -------
    dict of str to str
        For ``"sacrebleu"`` and ``"chrf"``.
    """
    from importlib.metadata import version

    count = n_references or "var"
    tail = f"version:{version('sacrebleu')}"
    return {
        "sacrebleu": f"nrefs:{count}|case:mixed|eff:no|tok:13a|smooth:exp|{tail}",
        "chrf": f"nrefs:{count}|case:mixed|eff:yes|nc:6|nw:0|space:no|{tail}",
    }
