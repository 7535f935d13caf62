"""What the vectorizers by recurrent networks share: training, and their states."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from mmbench.feature_extraction.cells import texts_of
from mmbench.feature_extraction.parameters import require_int
from mmbench.feature_extraction.token_memo import Tokens, tokenized
from mmbench.feature_extraction.word_vectors.vector_files import open_vectors
from mmbench.neural import NeedsTorch, Training, reproducible

if TYPE_CHECKING:
    from typing import Self

    from torch import Tensor

__all__ = ["RecurrentVectorizer"]

_TEXTS_AT_ONCE = 256

Sequences = list[NDArray[np.int64]]
Table = NDArray[np.float32] | None
"""The vectors of words; None for those that are trained."""


class RecurrentVectorizer(
    NeedsTorch, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Texts to states; a subclass says which cell reads.

    Parameters
    ----------
    vectors, vector_size, hidden_size, bidirectional, min_count, max_length, dropout
        As in :class:`~mmbench.feature_extraction.LSTMVectorizer`.
    learning_rate, batch_size, max_epochs, patience, validation_fraction, analyzer
        As in :class:`~mmbench.feature_extraction.LSTMVectorizer`.
    random_state
        As in :class:`~mmbench.feature_extraction.LSTMVectorizer`.
    """

    _cell: str

    def __init__(
        self,
        *,
        vectors: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        hidden_size: int = 64,
        bidirectional: bool = True,
        min_count: int = 1,
        max_length: int = 200,
        dropout: float = 0.3,
        learning_rate: float = 3e-3,
        batch_size: int = 32,
        max_epochs: int = 30,
        patience: int = 3,
        validation_fraction: float = 0.1,
        analyzer: str | Callable[[str], Iterable[str]] = "word",
        random_state: Any = None,
    ) -> None:
        self.vectors = vectors
        self.vector_size = vector_size
        self.hidden_size = hidden_size
        self.bidirectional = bidirectional
        self.min_count = min_count
        self.max_length = max_length
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.analyzer = analyzer
        self.random_state = random_state

    def fit(self, X: Iterable[Any], y: Any) -> Self:
        """Train the network on the training texts and their classes.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones, and nothing is learnt from them.
        y : array-like of shape (n_texts,)
            Their classes.

        Returns
        -------
        self

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        TypeError, ValueError
            When a parameter is not what it must be, ``y`` is missing or holds no
            classes, or no text has a known word.
        """
        training = self._training()
        tokens = tokenized(texts_of(X), self.analyzer)
        y_index = self._classes(y, len(tokens.lengths))
        if self.vectors is None:
            self._learn_vocabulary(tokens)
        sequences, table = self._sequences(tokens)
        rows = np.flatnonzero([len(sequence) for sequence in sequences])
        if not len(rows):
            raise ValueError(
                f"no text has a known word (0 of {len(sequences)}); there is nothing "
                "to learn from."
            )
        known = sum(len(sequence) for sequence in sequences)
        self.coverage_ = known / max(
            int(tokens.lengths.clip(max=self.max_length).sum()), 1
        )
        self._train(training, [sequences[row] for row in rows], table, y_index[rows])
        return self

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Return the network's last state for each text.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones.

        Returns
        -------
        ndarray of shape (n_texts, n_features), float32
            Zeros for a text without a known word. There are ``hidden_size`` features,
            twice as many if ``bidirectional``.
        """
        check_is_fitted(self)
        sequences, table = self._sequences(tokenized(texts_of(X), self.analyzer))
        states = np.zeros((len(sequences), self._n_features_out), np.float32)
        lengths = np.array([len(sequence) for sequence in sequences], dtype=int)
        by_length = np.argsort(lengths, kind="stable")
        by_length = by_length[lengths[by_length] > 0]
        with reproducible():
            for start in range(0, len(by_length), _TEXTS_AT_ONCE):
                rows = by_length[start : start + _TEXTS_AT_ONCE]
                chosen = [sequences[row] for row in rows]
                states[rows] = self.network_.states(chosen, table).detach().numpy()
        return states

    def files_read(self) -> list[str | os.PathLike[str]]:
        """Return the files whose content decides what this extractor does."""
        return [] if self.vectors is None else [self.vectors]

    @property
    def _n_features_out(self) -> int:
        return int(self.hidden_size * (1 + bool(self.bidirectional)))

    def _training(self) -> Training:
        """Return how to train, after checking the parameters."""
        for name in ("vector_size", "hidden_size", "min_count", "max_length"):
            require_int(name, getattr(self, name), minimum=1)
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"dropout must be at least 0 and below 1, got {self.dropout}."
            )
        return Training(
            learning_rate=self.learning_rate,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            patience=self.patience,
            validation_fraction=self.validation_fraction,
        )

    def _classes(self, y: Any, n_texts: int) -> NDArray[np.intp]:
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None: it learns to predict the class."
            )
        labels = column_or_1d(y)
        check_classification_targets(labels)
        if len(labels) != n_texts:
            raise ValueError(
                f"y must have a class for each of the {n_texts} texts, "
                f"got {len(labels)}."
            )
        self.classes_, y_index = np.unique(labels, return_inverse=True)
        index: NDArray[np.intp] = y_index
        return index

    def _learn_vocabulary(self, tokens: Tokens) -> None:
        ids, words = tokens.distinct()
        counts = np.bincount(ids, minlength=len(words))
        # In alphabetical order, whatever texts the process has seen before.
        kept = sorted(
            w for w, n in zip(words, counts, strict=True) if n >= self.min_count
        )
        self.vocabulary_: dict[str, int] = {word: i for i, word in enumerate(kept)}

    def _sequences(self, tokens: Tokens) -> tuple[Sequences, Table]:
        """Return the known words of each text by number, and vectors from a file."""
        ids, words = tokens.distinct()
        numbers, table = self._numbers(words)
        ends = np.cumsum(tokens.lengths)
        texts = np.split(numbers[ids], ends[:-1]) if len(ends) else []
        known = (text[: self.max_length] for text in texts)
        return [text[text >= 0] for text in known], table

    def _numbers(self, words: Sequence[str]) -> tuple[NDArray[np.int64], Table]:
        if self.vectors is None:
            get = self.vocabulary_.get
            return np.array([get(word, -1) for word in words], np.int64), None
        known, vectors = open_vectors(self.vectors).lookup(words)
        return np.where(known, np.arange(len(words)), -1), vectors

    def _train(
        self,
        training: Training,
        sequences: Sequences,
        table: Table,
        y: NDArray[np.intp],
    ) -> None:
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        with reproducible(seed):
            import torch

            from mmbench.feature_extraction.recurrent_network import RecurrentNetwork

            self.network_ = RecurrentNetwork(
                self._cell,
                len(self.vocabulary_) if table is None else None,
                vector_size=self.vector_size if table is None else table.shape[1],
                hidden_size=self.hidden_size,
                n_classes=len(self.classes_),
                bidirectional=bool(self.bidirectional),
                dropout=self.dropout,
            )
            targets = torch.from_numpy(y)

            def loss(rows: NDArray[np.intp]) -> Tensor:
                logits = self.network_([sequences[row] for row in rows], table)
                return torch.nn.functional.cross_entropy(logits, targets[rows])

            history = training.run(self.network_, loss, y, np.random.default_rng(seed))
        self.loss_history_ = history.loss
        self.validation_loss_history_ = history.validation_loss
        self.n_epochs_ = history.n_epochs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.input_tags.allow_nan = True
        return tags
