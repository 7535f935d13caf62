"""Late and stacked fusion of texts: the candidate that all members agree with best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import check_cv
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.composition import FusionComposition
from mmbench.fusion.generation.agreement import best_agreed, text_vectors
from mmbench.texts import (
    ORDER,
    CiderVectors,
    inverse_document_frequencies,
    ngram_occurrences,
    ptb_words,
    reference_lists,
)

__all__ = [
    "RULES",
    "Learnt",
    "TextEnsemble",
    "candidates_of",
    "choose",
    "learn",
    "minimum_bayes_risk",
]

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]

RULES = ("mbr", "stacked")
"""How a candidate is chosen."""


class Learnt(NamedTuple):
    """What an ensemble of texts learns.

    Attributes
    ----------
    references : list of list of str
        The texts of the training rows.
    ranker : estimator or None
        Guesses how good a candidate is; None where agreement alone decides.
    """

    references: list[list[str]]
    ranker: Any


def minimum_bayes_risk(
    candidates: Sequence[Sequence[str]],
    *,
    training: Sequence[Sequence[str]] | None = None,
    agreement: str = "cider",
) -> list[str]:
    """Return, for each row, the candidate that agrees best with the others.

    Parameters
    ----------
    candidates : sequence of sequence of str
        One or more a row.
    training : sequence of sequence of str, optional
        The texts of each training row, which say how rare words are; by default the
        candidates themselves say it.
    agreement : {"cider", "bleu", "embedding"}, default="cider"
        How agreement is measured.

    Returns
    -------
    list of str
        One per row; of equally good ones the first.

    Examples
    --------
    >>> beams = [["a cat", "a cat sits", "the cat sits"], ["a dog", "dogs run"]]
    >>> minimum_bayes_risk(beams)
    ['a cat sits', 'a dog']
    """
    flat = [text for row in candidates for text in row]
    vectors = text_vectors(agreement, training or candidates, flat)
    ends = np.cumsum([len(row) for row in candidates])
    found = []
    for row, end in zip(candidates, ends.tolist(), strict=True):
        agreed = best_agreed(vectors.products(slice(end - len(row), end)))
        found.append(row[int(agreed.argmax())])
    return found


def candidates_of(model: Any, X: Any) -> Texts:
    """Return what a fitted method offers for each row.

    Parameters
    ----------
    model : estimator
        With ``predict_candidates``, or else its prediction is the one candidate.
    X : object
        What it is asked about.

    Returns
    -------
    ndarray of shape (n_rows, n_candidates)
        The best one first.
    """
    last = model[-1] if hasattr(model, "steps") else model
    if not hasattr(last, "predict_candidates"):
        return np.asarray(model.predict(X)).reshape(-1, 1)
    if hasattr(model, "steps"):
        for _, step in model.steps[:-1]:
            X = X if step in (None, "passthrough") else step.transform(X)
    found: Texts = last.predict_candidates(X)
    return found


def learn(
    rule: str, references: list[list[str]], out_of_fold: Sequence[Texts] | None
) -> Learnt:
    """Return what an ensemble learns from training rows.

    Parameters
    ----------
    rule : {"mbr", "stacked"}
        How a candidate is chosen.
    references : list of list of str
        The texts of the training rows.
    out_of_fold : sequence of ndarray of shape (n_rows, n_candidates), or None
        What each member offers for rows that it wasn't fitted to; None under a rule
        that needs none.

    Returns
    -------
    Learnt
        What :func:`choose` takes.
    """
    if rule != "stacked":
        return Learnt(references, None)
    assert out_of_fold is not None  # noqa: S101 - the rule learns from them
    features = _features(out_of_fold, references)
    goodness = _sentence_cider(out_of_fold, references)
    ranker = HistGradientBoostingRegressor(
        max_iter=150, learning_rate=0.05, max_leaf_nodes=15, random_state=0
    )
    return Learnt(
        references, ranker.fit(features.reshape(-1, features.shape[2]), goodness)
    )


def choose(learnt: Learnt, members: Sequence[Texts]) -> Texts:
    """Return one of the members' candidates for each row.

    Parameters
    ----------
    learnt : Learnt
        From :func:`learn`.
    members : sequence of ndarray of shape (n_rows, n_candidates)
        What each member offers.

    Returns
    -------
    ndarray of shape (n_rows,)
        The best one.
    """
    offered = np.hstack(members)
    if learnt.ranker is None:
        texts = offered.reshape(-1).tolist()
        vectors = text_vectors("cider", learnt.references, texts)
        scores = _agreed(vectors, len(offered), _voices(members))
    else:
        features = _features(members, learnt.references)
        flat = features.reshape(-1, features.shape[2])
        scores = learnt.ranker.predict(flat).reshape(offered.shape)
    found: Texts = offered[np.arange(len(offered)), scores.argmax(axis=1)]
    return found


def _features(members: Sequence[Texts], references: list[list[str]]) -> Floats:
    """Return what is known of each candidate: first how far all others agree."""
    offered = np.hstack(members)
    n_rows = len(offered)
    widths = [member.shape[1] for member in members]
    probable = _voices(members)
    member = np.repeat(np.arange(len(members)), widths)
    rank = np.concatenate([np.arange(width) for width in widths])
    texts = offered.reshape(-1).tolist()
    lengths = np.array([len(ptb_words(text)) for text in texts]).reshape(n_rows, -1)
    columns = [
        _agreed(text_vectors(kind, references, texts), n_rows, probable)
        for kind in ("cider", "bleu")
    ]
    same = [np.tile(each * 1.0, (n_rows, 1)) for each in (member, rank)]
    columns += [*same, lengths, lengths - lengths.mean(axis=1, keepdims=True)]
    return np.stack(columns, axis=2).astype(np.float64)


def _voices(members: Sequence[Texts]) -> Floats:
    """Return how probable each candidate is.

    Members are equally probable. Of a member's candidates, the second is half as
    probable as the first, the third a third: beam searches are surer of the first than
    equal shares would have it.
    """
    shares = [1 / np.arange(1, member.shape[1] + 1) for member in members]
    found: Floats = np.concatenate([each / each.sum() for each in shares])
    return found


def _agreed(vectors: Any, n_rows: int, probable: Floats) -> Floats:
    """Return the agreement to be expected of each candidate, a row a row."""
    n = len(probable)
    rows = [slice(row * n, (row + 1) * n) for row in range(n_rows)]
    return np.array([vectors.products(row) @ probable for row in rows])


def _sentence_cider(members: Sequence[Texts], references: list[list[str]]) -> Floats:
    """Return CIDEr-D of each candidate with its row's references."""
    offered = np.hstack(members)
    texts = offered.reshape(-1).tolist()
    counts = np.array([len(row) for row in references])
    said = [text for row in references for text in row]
    owner = np.repeat(np.arange(len(references)), counts)
    grams = ngram_occurrences([ptb_words(t) for t in (*said, *texts)], ORDER)
    documents = np.concatenate([owner, np.full(len(texts), -1)])
    rarity = inverse_document_frequencies(grams, documents, len(references))
    vectors = CiderVectors(grams, rarity)
    # Every candidate of a row beside every reference of the row.
    wanted = np.arange(len(said))
    pairs = np.repeat(wanted, offered.shape[1])
    rows = owner[pairs]
    candidate = rows * offered.shape[1] + np.tile(
        np.arange(offered.shape[1]), len(wanted)
    )
    each = vectors.of_pairs(len(said) + candidate, pairs)
    sums = np.bincount(candidate, each, len(texts))
    found: Floats = sums / np.repeat(counts, offered.shape[1])
    return found


class TextEnsemble(FusionComposition, BaseEstimator):
    """Choose among the candidates of several methods that write texts.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and members; what one offers in ``predict_candidates`` counts, or else
        what it predicts.
    rule : {"mbr", "stacked"}, default="mbr"
        ``"mbr"``: the candidate with the least expected loss, which agrees best with
        all candidates by CIDEr-D, words being as rare as in the training rows' texts.
        Members count alike, so that much weaker ones outvote a good one.
        ``"stacked"``: a re-ranker, trained on CIDEr-D of candidates out of fold.
    cv : int, splitter or list of (train, test), default=3
        The folds out of which the re-ranker learns.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted members.
    training_texts_ : list of str
        All texts of the training rows.

    Examples
    --------
    >>> from mmbench.fusion.generation import ConsensusText, NearestText
    >>> X = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 1.0], [0.0, 1.0]])
    >>> y = ["a cat", "a cat", "a dog", "one dog"]
    >>> members = [("one", NearestText(n_candidates=2)), ("both", ConsensusText(2))]
    >>> TextEnsemble(members).fit(X, y).predict(X[:1]).tolist()
    ['a cat']
    """

    _parts = "estimators"
    fusion = "late"

    def __init__(
        self, estimators: list[tuple[str, Any]], *, rule: str = "mbr", cv: Any = 3
    ) -> None:
        self.estimators = estimators
        self.rule = rule
        self.cv = cv

    @property
    def learns_weights(self) -> bool:
        """Whether something is learnt from what members offer out of fold."""
        return bool(self.rule == "stacked")

    def selection(self) -> None:
        """Return None: all members speak."""

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit the members, and learn to rank what they offer if the rule does.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            Their texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        TextEnsemble
            The instance itself.

        Raises
        ------
        ValueError
            When the rule is unknown.
        """
        if self.rule not in RULES:
            raise ValueError(f"rule must be one of {list(RULES)}, got {self.rule!r}.")
        self._names()
        targets = np.asarray(y)
        references = reference_lists(y)
        self.training_texts_ = [text for row in references for text in row]
        oof = self._out_of_fold(X, targets) if self.learns_weights else None
        self.learnt_ = learn(self.rule, references, oof)
        self.estimators_ = [clone(each).fit(X, targets) for _, each in self.estimators]
        return self

    def _out_of_fold(self, X: Any, y: NDArray[Any]) -> list[Texts]:
        splits = list(check_cv(self.cv, y).split(np.zeros(len(y)), y))
        order = np.argsort(np.concatenate([test for _, test in splits]))
        rows = X.iloc if hasattr(X, "iloc") else X
        found = []
        for _, member in self.estimators:
            parts = [
                candidates_of(clone(member).fit(rows[train], y[train]), rows[test])
                for train, test in splits
            ]
            found.append(np.concatenate(parts)[order])
        return found

    def predict(self, X: Any) -> Texts:
        """Return the best candidate for each row.

        Parameters
        ----------
        X : DataFrame of shape (n_samples, n_columns)
            The rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Strings.
        """
        check_is_fitted(self)
        return choose(self.learnt_, [candidates_of(m, X) for m in self.estimators_])

    def _first_fitted(self) -> Any:
        return getattr(self, "estimators_", [None])[0]
