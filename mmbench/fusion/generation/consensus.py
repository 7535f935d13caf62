"""Texts of the training rows that are most alike: the nearest, or their consensus."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.generation.agreement import best_agreed, text_vectors
from mmbench.fusion.generation.parameters import require_positive
from mmbench.texts import ptb_words, reference_lists

__all__ = ["ConsensusText", "JointConsensusText", "NearestText"]

Floats = NDArray[np.float64]

_ROWS_AT_ONCE = 512
# A row without any feature is like all others.
_LEAST = 1e-6


class NearestText(BaseEstimator):
    """Answer with the first text of the training row that is most alike.

    Parameters
    ----------
    n_candidates : int, default=5
        How many texts are offered to ensembles, those of further rows behind the first.

    Attributes
    ----------
    training_texts_ : list of str
        All texts of the training rows.

    Examples
    --------
    >>> X = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> NearestText().fit(X, ["a cat", "a dog"]).predict([[0.9, 0.1]]).tolist()
    ['a cat']
    """

    def __init__(self, *, n_candidates: int = 5) -> None:
        self.n_candidates = n_candidates

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Keep rows and texts.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            Their texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        NearestText
            The instance itself.
        """
        require_positive(self, "n_candidates")
        references = reference_lists(y)
        self.training_texts_ = [text for row in references for text in row]
        self.first_ = np.array([row[0] for row in references], dtype=np.str_)
        n = min(self.n_candidates, len(references))
        self.found_ = _neighbours(n).fit(X)
        return self

    def predict_candidates(self, X: Any) -> NDArray[np.str_]:
        """Return the first text of each of the nearest rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples, n_candidates)
            Those of the nearest row first.
        """
        check_is_fitted(self)
        rows = self.found_.kneighbors(X, return_distance=False)
        found: NDArray[np.str_] = self.first_[rows]
        return found

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return the text of the nearest row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Strings.
        """
        return self.predict_candidates(X)[:, 0]


class _Consensus(BaseEstimator):
    """What agrees best with other texts of the same neighbourhood."""

    agreement: str
    n_voices: int | None
    n_candidates: int

    def _keep(self, y: ArrayLike) -> list[list[str]]:
        """Keep the texts; return them row by row."""
        require_positive(self, "n_candidates")
        if self.n_voices is not None:
            require_positive(self, "n_voices")
        references = reference_lists(y)
        self.training_texts_ = [text for row in references for text in row]
        counts = [len(row) for row in references]
        self.starts_ = np.concatenate([[0], np.cumsum(counts)])
        self.vectors_ = text_vectors(self.agreement, references)
        return references

    def predict_candidates(self, X: Any) -> NDArray[np.str_]:
        """Return the neighbours' texts that agree best with the others.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples, n_candidates)
            The best one first; the last one is repeated where there are fewer.
        """
        check_is_fitted(self)
        texts = [
            self._chosen(numbers, weights)
            for numbers, weights in self._neighbourhood(X)
        ]
        return np.array(texts, dtype=np.str_).reshape(-1, self.n_candidates)

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return the text of each row's neighbourhood that agrees best.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Strings.
        """
        return self.predict_candidates(X)[:, 0]

    def _neighbourhood(self, X: Any) -> list[tuple[NDArray[np.intp], Floats]]:
        """Return the numbers and the weights of the texts around each row."""
        raise NotImplementedError

    def _chosen(self, numbers: NDArray[np.intp], weights: Floats) -> list[str]:
        products = self.vectors_.products(numbers)
        agreed = best_agreed(products, weights, self.n_voices)
        order = np.argsort(-agreed, kind="stable")
        # What two people said alike is one candidate.
        texts = [*dict.fromkeys(self.training_texts_[numbers[i]] for i in order)]
        texts = texts[: self.n_candidates]
        return texts + texts[-1:] * (self.n_candidates - len(texts))


class ConsensusText(_Consensus):
    """Answer with the text that agrees best with those of the nearest training rows.

    Parameters
    ----------
    n_neighbors : int, default=30
        How many training rows are asked; all their texts are candidates and voices.
    agreement : {"cider", "bleu", "embedding"}, default="cider"
        How it is measured how far two texts agree; words are as rare as in the training
        rows' texts.
    n_voices : int, optional
        Count only so many voices for each candidate, those that agree most.
    sharpness : float, default=4.0
        Voices count as the cosine of their row to this power.
    n_candidates : int, default=5
        How many texts are offered to ensembles.

    Attributes
    ----------
    training_texts_ : list of str
        All texts of the training rows.

    References
    ----------
    J. Devlin, S. Gupta, R. Girshick, M. Mitchell, C. L. Zitnick (2015), "Exploring
    nearest neighbor approaches for image captioning", arXiv:1505.04467.

    Examples
    --------
    >>> X = np.array([[1.0, 0.0], [0.9, 0.1], [0.8, 0.2], [0.0, 1.0]])
    >>> y = ["a grey cat", "some cat sits", "a cat sits", "the dog"]
    >>> ConsensusText(3).fit(X, y).predict([[1.0, 0.0]]).tolist()
    ['a cat sits']
    """

    def __init__(
        self,
        n_neighbors: int = 30,
        *,
        agreement: str = "cider",
        n_voices: int | None = None,
        sharpness: float = 4.0,
        n_candidates: int = 5,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.agreement = agreement
        self.n_voices = n_voices
        self.sharpness = sharpness
        self.n_candidates = n_candidates

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Keep rows and texts, and how far the texts agree.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            Their texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        ConsensusText
            The instance itself.

        Raises
        ------
        ValueError
            When a parameter is wrong.
        """
        require_positive(self, "n_neighbors")
        references = self._keep(y)
        self.found_ = _neighbours(min(self.n_neighbors, len(references))).fit(X)
        return self

    def _neighbourhood(self, X: Any) -> list[tuple[NDArray[np.intp], Floats]]:
        distances, rows = self.found_.kneighbors(X)
        cosines = np.maximum(1 - distances, _LEAST) ** self.sharpness
        counts = np.diff(self.starts_)
        return [
            (
                np.concatenate([np.arange(*self.starts_[i : i + 2]) for i in near]),
                np.repeat(weight, counts[near]),
            )
            for near, weight in zip(rows, cosines, strict=True)
        ]


class JointConsensusText(_Consensus):
    """Answer with the consensus of the training texts nearest in a joint space.

    A space is learnt of the rows' features and of their texts, as for retrieval; texts
    are found by what they say, whatever rows they come from.

    Parameters
    ----------
    space : JointSpace
        Maps features and texts into one space. It is cloned.
    n_texts : int, default=100
        How many texts are candidates and voices.
    agreement, n_voices, sharpness, n_candidates
        As in :class:`ConsensusText`.
    max_width : int, default=300
        Features and TF-IDF vectors are reduced to so many singular vectors.
    random_state : int, RandomState instance or None, default=None
        Seeds that reduction.

    Attributes
    ----------
    training_texts_ : list of str
        All texts of the training rows.
    space_ : JointSpace
        The fitted space.
    """

    def __init__(
        self,
        space: Any,
        n_texts: int = 100,
        *,
        agreement: str = "cider",
        n_voices: int | None = None,
        sharpness: float = 4.0,
        n_candidates: int = 5,
        max_width: int = 300,
        random_state: Any = None,
    ) -> None:
        self.space = space
        self.n_texts = n_texts
        self.agreement = agreement
        self.n_voices = n_voices
        self.sharpness = sharpness
        self.n_candidates = n_candidates
        self.max_width = max_width
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Learn the space of pairs of a row and one of its texts.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            Their texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        JointConsensusText
            The instance itself.

        Raises
        ------
        ValueError
            When a parameter is wrong.
        """
        from mmbench.fusion.joint_spaces import SingularVectors
        from mmbench.fusion.joint_spaces.reduction import unit_rows

        require_positive(self, "n_texts")
        self._keep(y)
        reduction = SingularVectors(self.max_width, random_state=self.random_state)
        self.reduction_ = clone(reduction).fit(X)
        rows = self.reduction_.transform(X)
        owner = np.repeat(np.arange(len(rows)), np.diff(self.starts_))
        tfidf = TfidfVectorizer(analyzer=ptb_words, sublinear_tf=True)
        said = clone(reduction).fit_transform(tfidf.fit_transform(self.training_texts_))
        self.space_ = clone(self.space).fit(rows[owner], said)
        n = min(self.n_texts, len(said))
        self.found_ = _neighbours(n).fit(unit_rows(self.space_.transform_y(said)))
        return self

    def _neighbourhood(self, X: Any) -> list[tuple[NDArray[np.intp], Floats]]:
        rows = self.space_.transform(self.reduction_.transform(X))
        distances, numbers = self.found_.kneighbors(rows)
        weights = np.maximum(1 - distances, _LEAST) ** self.sharpness
        return list(zip(numbers, weights, strict=True))


def _neighbours(n: int) -> NearestNeighbors:
    return NearestNeighbors(n_neighbors=n, metric="cosine", algorithm="brute")
