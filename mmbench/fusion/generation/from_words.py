"""Texts put together from words: an ensemble says which, n-grams in what order."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.generation.parameters import require_positive
from mmbench.texts import ptb_words, reference_lists

__all__ = ["TextFromWords"]

_BEGIN, _END = "<s>", "</s>"
_SHARES = (0.6, 0.3, 0.1)
# A word is said of a row for sure, or surely not, by no ensemble.
_LEAST = 0.01


class _Written(NamedTuple):
    """A text under way.

    Attributes
    ----------
    score : float
        The sum of what its words are worth.
    words : tuple of str
        What has been written, behind two begins.
    """

    score: float
    words: tuple[str, ...]


class TextFromWords(BaseEstimator):
    """Write the most probable text of a small n-gram model that uses expected words.

    An ensemble that predicts several labels at once says which words to expect of a
    row. A beam search over triples of words of the training texts then looks for the
    text whose words are probable in their order and more expected than on average.

    Parameters
    ----------
    classifier : classifier, optional
        Predicts several labels at once with ``predict_proba``, as forests do; by
        default extremely randomised trees.
    n_words : int, default=300
        How many of the commonest words the ensemble predicts.
    weight : float, default=1.0
        How much it counts for a text that its words are expected.
    beam : int, default=5
        How many texts are followed at once, and offered as candidates.
    max_length : int, default=30
        The most words of a text.
    random_state : int, RandomState instance or None, default=None
        Seeds the default classifier.

    Attributes
    ----------
    training_texts_ : list of str
        What was learnt from.
    words_ : list of str
        The words that are expected or not.

    References
    ----------
    H. Fang et al. (2015), "From captions to visual concepts and back", CVPR.

    Examples
    --------
    >>> X = np.repeat([[0.0], [1.0]], 10, axis=0)
    >>> y = np.repeat(["a small cat", "a big dog"], 10)
    >>> TextFromWords(random_state=0).fit(X, y).predict([[0.0], [1.0]]).tolist()
    ['a small cat', 'a big dog']
    """

    def __init__(
        self,
        classifier: Any = None,
        *,
        n_words: int = 300,
        weight: float = 1.0,
        beam: int = 5,
        max_length: int = 30,
        random_state: Any = None,
    ) -> None:
        self.classifier = classifier
        self.n_words = n_words
        self.weight = weight
        self.beam = beam
        self.max_length = max_length
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Learn which words are said of rows, and which follow each other.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            Their texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        TextFromWords
            The instance itself.

        Raises
        ------
        ValueError
            When a number is not what it must be, or all rows say the same words.
        """
        require_positive(self, "n_words", "beam", "max_length")
        references = reference_lists(y)
        self.training_texts_ = [text for row in references for text in row]
        said = [[ptb_words(text) for text in row] for row in references]
        self._learn_order([words for row in said for words in row])
        sets = [{word for words in row for word in words} for row in said]
        counts = Counter(word for row in sets for word in row)
        # What is said of all rows, or of one, can't be learnt.
        known = [w for w, n in counts.most_common() if 1 < n < len(sets)]
        self.words_ = sorted(known[: self.n_words])
        if not self.words_:
            raise ValueError("y must have words that some rows share and others lack.")
        labels = np.array([[word in row for word in self.words_] for row in sets]) * 1
        self.prior_ = np.clip(labels.mean(axis=0), _LEAST, 1 - _LEAST)
        made = self.classifier
        if made is None:
            made = ExtraTreesClassifier(
                100, min_samples_leaf=2, random_state=self.random_state
            )
        self.classifier_ = clone(made).fit(X, labels)
        return self

    def predict_candidates(self, X: Any) -> NDArray[np.str_]:
        """Return several texts about each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples, beam)
            The best one first; the last one stands again where there are fewer.
        """
        check_is_fitted(self)
        found = self.classifier_.predict_proba(X)
        columns = [
            each[:, 1] for each in (found if isinstance(found, list) else [found])
        ]
        expected = np.clip(np.column_stack(columns), _LEAST, 1 - _LEAST)
        gains = self.weight * (np.log(expected) - np.log(self.prior_))
        rows = [self._texts(dict(zip(self.words_, g, strict=True))) for g in gains]
        return np.array(rows, dtype=np.str_).reshape(-1, self.beam)

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return a text about each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Strings in lower case, without punctuation.
        """
        return self.predict_candidates(X)[:, 0]

    def _learn_order(self, texts: list[tuple[str, ...]]) -> None:
        """Keep the logarithm of how probable each word is behind two others."""
        triples: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        pairs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        single: Counter[str] = Counter()
        for text in texts:
            words = (_BEGIN, _BEGIN, *text, _END)
            for a, b, c in zip(words, words[1:], words[2:], strict=False):
                triples[a, b][c] += 1
                pairs[b][c] += 1
                single[c] += 1
        total = sum(single.values())
        self.follow_ = {
            (a, b): {
                c: math.log(
                    _SHARES[0] * n / sum(after.values())
                    + _SHARES[1] * pairs[b][c] / sum(pairs[b].values())
                    + _SHARES[2] * single[c] / total
                )
                for c, n in after.items()
            }
            for (a, b), after in triples.items()
        }
        # A word that is as probable as most are costs nothing, so that long texts can
        # be compared with short ones.
        n_pairs = [
            (self.follow_[pair][word], n)
            for pair, after in triples.items()
            for word, n in after.items()
        ]
        logs, times = np.array(n_pairs).T
        self.length_gain_ = -float(np.average(logs, weights=times))

    def _texts(self, gains: dict[str, float]) -> list[str]:
        beams = [_Written(0.0, (_BEGIN, _BEGIN))]
        ended: list[_Written] = []
        for _ in range(self.max_length + 1):
            longer = [new for each in beams for new in self._longer(each, gains)]
            ended += [each for each in longer if each.words[-1] == _END]
            going = [each for each in longer if each.words[-1] != _END]
            beams = heapq.nlargest(self.beam, going, key=lambda each: each.score)
        best = heapq.nlargest(self.beam, ended or beams, key=lambda each: each.score)
        texts = [" ".join(w for w in b.words[2:] if w != _END) for b in best]
        return texts + texts[-1:] * (self.beam - len(texts))

    def _longer(self, text: _Written, gains: dict[str, float]) -> list[_Written]:
        """Return a text with each word that may follow; a gain counts once."""
        after = self.follow_.get((text.words[-2], text.words[-1]), {})
        return [
            _Written(
                text.score
                + log
                + self.length_gain_
                + (0.0 if word in text.words else gains.get(word, 0.0)),
                (*text.words, word),
            )
            for word, log in after.items()
        ]
