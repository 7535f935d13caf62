"""Estimators that write texts with a network: over features, or over another text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from mmbench.fusion.generation.decoder.subwords import Subwords
from mmbench.fusion.generation.parameters import require_positive
from mmbench.neural import NeedsTorch, reproducible
from mmbench.texts import (
    ORDER,
    CiderVectors,
    inverse_document_frequencies,
    ngram_occurrences,
    ptb_words,
    reference_lists,
)

if TYPE_CHECKING:
    from mmbench.fusion.generation.decoder.training import Pairs

__all__ = ["TextDecoder", "TextTranslator"]

_ROWS_AT_ONCE = 128
_CELLS = ("lstm", "transformer")
_INJECTIONS = ("input", "encoder", "decoder")
_MONITORS = ("loss", "cider")


class _Writer(NeedsTorch, BaseEstimator):
    """What both estimators share: training, and beam search."""

    cell: str
    inject: str
    width: int
    n_layers: int
    dropout: float
    n_merges: int
    lowercase: bool
    learning_rate: float
    units_at_once: int
    max_epochs: int
    patience: int
    smoothing: float
    validation_fraction: float
    monitor: str
    beam: int
    max_length: int
    random_state: Any

    def _fit(
        self, read: list[str] | None, features: NDArray[np.float32] | None, y: ArrayLike
    ) -> Self:
        self._check()
        references = reference_lists(y)
        self.training_texts_ = [text for row in references for text in row]
        rows = np.repeat(np.arange(len(references)), [len(r) for r in references])
        self.written_ = self._units().fit(self.training_texts_)
        self.read_ = None if read is None else self._units().fit(read)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        with reproducible(seed):
            from mmbench.fusion.generation.decoder.network import WritingNetwork
            from mmbench.fusion.generation.decoder.training import Pairs

            self.network_ = WritingNetwork(
                cell=self.cell,
                n_units=self.written_.n_units,
                n_read=0 if self.read_ is None else self.read_.n_units,
                n_features=0 if features is None else features.shape[1],
                inject=self.inject,
                width=self.width,
                n_layers=self.n_layers,
                dropout=self.dropout,
            )
            texts = [self.written_.numbers(t) for t in self.training_texts_]
            pairs = Pairs(self._numbers(read), features, rows, texts)
            self._train(pairs, references, np.random.default_rng(seed))
        return self

    def _train(
        self, pairs: Pairs, references: list[list[str]], rng: np.random.Generator
    ) -> None:
        from mmbench.fusion.generation.decoder.training import TextTraining

        n_held = int(self.validation_fraction * len(references))
        held_out = np.sort(rng.permutation(len(references))[:n_held])
        training = TextTraining(
            learning_rate=self.learning_rate,
            units_at_once=self.units_at_once,
            max_epochs=self.max_epochs,
            patience=self.patience,
            smoothing=self.smoothing,
        )

        def watch() -> float:
            found = [each[0] for each in self._beams(pairs, held_out, beam=1)]
            return -_mean_cider(found, [references[row] for row in held_out])

        watched = watch if self.monitor == "cider" and n_held else None
        history = training.run(self.network_, pairs, held_out, rng, watched)
        self.loss_history_ = history.loss
        self.validation_history_ = history.validation_loss
        self.n_epochs_ = history.n_epochs

    def _candidates(
        self, read: list[str] | None, features: NDArray[np.float32] | None, n_rows: int
    ) -> NDArray[np.str_]:
        check_is_fitted(self)
        with reproducible():
            import torch

            from mmbench.fusion.generation.decoder.training import Pairs

            empty = np.empty(0, np.intp)
            pairs = Pairs(self._numbers(read), features, empty, [])
            with torch.no_grad():
                found = self._beams(pairs, np.arange(n_rows), beam=self.beam)
        return np.array(found, dtype=np.str_).reshape(n_rows, self.beam)

    def _beams(
        self, pairs: Pairs, rows: NDArray[np.intp], *, beam: int
    ) -> list[list[str]]:
        from mmbench.fusion.generation.decoder.search import beams

        found: list[list[str]] = []
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = pairs.source(rows[start : start + _ROWS_AT_ONCE])
            source = self.network_.sources(*part)
            texts = beams(self.network_, source, beam=beam, longest=self.max_length)
            found += [[self.written_.text(units) for units in row] for row in texts]
        return found

    def _units(self) -> Subwords:
        return Subwords(self.n_merges, lowercase=self.lowercase)

    def _numbers(self, read: list[str] | None) -> list[list[int]] | None:
        if read is None or self.read_ is None:
            return None
        return [self.read_.numbers(text)[: self.max_length] for text in read]

    def _check(self) -> None:
        for name, known in (
            ("cell", _CELLS),
            ("inject", _INJECTIONS),
            ("monitor", _MONITORS),
        ):
            value = getattr(self, name)
            if value not in known:
                raise ValueError(f"{name} must be one of {list(known)}, got {value!r}.")
        require_positive(self, "width", "n_layers", "beam", "max_length", "max_epochs")
        if self.width % 2:
            raise ValueError(f"width must be even, got {self.width}.")


class TextDecoder(_Writer):
    """Write texts about rows of features, such as captions of pictures.

    Parameters
    ----------
    cell : {"lstm", "transformer"}, default="lstm"
        What writes.
    inject : {"input", "encoder", "decoder"}, default="decoder"
        Where features enter: as the first token; as places that every word attends to;
        or as the first state, beside the output layer, too.
    width : int, default=128
        Of embeddings and states, even.
    n_layers : int, default=1
        How many layers.
    dropout : float, default=0.3
        The share of values that is left out in training.
    n_merges : int, default=4000
        How many subword units are learnt besides letters.
    lowercase : bool, default=True
        Whether texts are in lower case.
    learning_rate : float, default=5e-3
        The highest one of Adam's.
    units_at_once : int, default=3000
        About how many units a batch holds; fewer, where an epoch would have under fifty
        batches.
    max_epochs : int, default=12
        The most passes over the texts.
    patience : int, default=2
        How many epochs without a better score end the training.
    smoothing : float, default=0.1
        How much probability is spread over all units (label smoothing).
    validation_fraction : float, default=0.1
        The share of rows that is held out and watched.
    monitor : {"loss", "cider"}, default="loss"
        What is watched: the loss, or CIDEr-D of what is written.
    beam : int, default=3
        How many texts the search follows, and offers as candidates.
    max_length : int, default=40
        The most units of a text.
    random_state : int, RandomState instance or None, default=None
        Seeds weights, batches and dropout.

    Attributes
    ----------
    training_texts_ : list of str
        What was learnt from.
    n_epochs_ : int
        How many epochs there were.

    References
    ----------
    O. Vinyals, A. Toshev, S. Bengio, D. Erhan (2015), "Show and tell: a neural image
    caption generator", CVPR; K. Xu et al. (2015), "Show, attend and tell", ICML; A.
    Vaswani et al. (2017), "Attention is all you need", NeurIPS.
    """

    def __init__(
        self,
        *,
        cell: str = "lstm",
        inject: str = "decoder",
        width: int = 128,
        n_layers: int = 1,
        dropout: float = 0.3,
        n_merges: int = 4000,
        lowercase: bool = True,
        learning_rate: float = 5e-3,
        units_at_once: int = 3000,
        max_epochs: int = 12,
        patience: int = 2,
        smoothing: float = 0.1,
        validation_fraction: float = 0.1,
        monitor: str = "loss",
        beam: int = 3,
        max_length: int = 40,
        random_state: Any = None,
    ) -> None:
        self.cell = cell
        self.inject = inject
        self.width = width
        self.n_layers = n_layers
        self.dropout = dropout
        self.n_merges = n_merges
        self.lowercase = lowercase
        self.learning_rate = learning_rate
        self.units_at_once = units_at_once
        self.max_epochs = max_epochs
        self.patience = patience
        self.smoothing = smoothing
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.beam = beam
        self.max_length = max_length
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Train the network.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows; they should be scaled.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            The texts, as :func:`~mmbench.texts.reference_lists` reads them.

        Returns
        -------
        TextDecoder
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong.
        """
        return self._fit(None, _dense(X), y)

    def predict_candidates(self, X: Any) -> NDArray[np.str_]:
        """Return several texts about each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples, beam)
            The most probable first.
        """
        features = _dense(X)
        return self._candidates(None, features, len(features))

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return a text about each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features of the rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            The most probable that was found.
        """
        return self.predict_candidates(X)[:, 0]


class TextTranslator(_Writer):
    """Write texts about other texts, such as translations; features may help.

    Parameters
    ----------
    cell, inject
        As in :class:`TextDecoder`; ``inject`` says where features enter beside the
        text, whose states are attended to.
    width, n_layers, dropout, n_merges, lowercase, learning_rate, units_at_once
        As in :class:`TextDecoder`, but for their defaults.
    max_epochs, patience, smoothing, validation_fraction, monitor, beam, max_length
        As in :class:`TextDecoder`, but for their defaults.
    random_state
        As in :class:`TextDecoder`.

    Attributes
    ----------
    training_texts_ : list of str
        What was learnt to write.
    n_epochs_ : int
        How many epochs there were.

    References
    ----------
    D. Bahdanau, K. Cho, Y. Bengio (2015), "Neural machine translation by jointly
    learning to align and translate", ICLR; M.-T. Luong, H. Pham, C. D. Manning (2015),
    "Effective approaches to attention-based neural machine translation", EMNLP.
    """

    def __init__(
        self,
        *,
        cell: str = "lstm",
        inject: str = "decoder",
        width: int = 256,
        n_layers: int = 1,
        dropout: float = 0.2,
        n_merges: int = 4000,
        lowercase: bool = False,
        learning_rate: float = 2e-3,
        units_at_once: int = 2000,
        max_epochs: int = 8,
        patience: int = 2,
        smoothing: float = 0.1,
        validation_fraction: float = 0.03,
        monitor: str = "loss",
        beam: int = 5,
        max_length: int = 60,
        random_state: Any = None,
    ) -> None:
        self.cell = cell
        self.inject = inject
        self.width = width
        self.n_layers = n_layers
        self.dropout = dropout
        self.n_merges = n_merges
        self.lowercase = lowercase
        self.learning_rate = learning_rate
        self.units_at_once = units_at_once
        self.max_epochs = max_epochs
        self.patience = patience
        self.smoothing = smoothing
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.beam = beam
        self.max_length = max_length
        self.random_state = random_state

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of str, shape (n_samples,); or list of it and a matrix
            The texts to be read; and features of the rows, where there are any.
        y : array-like of shape (n_samples,) or (n_samples, n_references)
            The texts to be written.

        Returns
        -------
        TextTranslator
            The instance itself.

        Raises
        ------
        MissingDependencyError
            When torch is not installed.
        ValueError
            When a parameter is wrong.
        """
        return self._fit(*_parted(X), y)

    def predict_candidates(self, X: Any) -> NDArray[np.str_]:
        """Return several texts about each row.

        Parameters
        ----------
        X : array-like of str, shape (n_samples,); or list of it and a matrix
            As in :meth:`fit`.

        Returns
        -------
        ndarray of shape (n_samples, beam)
            The most probable first.
        """
        read, features = _parted(X)
        return self._candidates(read, features, len(read))

    def predict(self, X: Any) -> NDArray[np.str_]:
        """Return a text about each row.

        Parameters
        ----------
        X : array-like of str, shape (n_samples,); or list of it and a matrix
            As in :meth:`fit`.

        Returns
        -------
        ndarray of shape (n_samples,)
            The most probable that was found.
        """
        return self.predict_candidates(X)[:, 0]


def _dense(X: Any) -> NDArray[np.float32]:
    dense = X.toarray() if hasattr(X, "toarray") else X
    return np.ascontiguousarray(dense, dtype=np.float32)


def _parted(X: Any) -> tuple[list[str], NDArray[np.float32] | None]:
    """Return texts to be read, and features if there are any."""
    is_pair = isinstance(X, list) and len(X) == 2 and hasattr(X[1], "shape")
    texts, features = X if is_pair else (X, None)
    flat = np.asarray(texts, dtype=object).reshape(-1)
    read = [text if isinstance(text, str) else "" for text in flat]
    return read, None if features is None else _dense(features)


def _mean_cider(texts: list[str], references: list[list[str]]) -> float:
    """Return CIDEr-D of texts, with the document frequencies of their references."""
    owner = np.repeat(np.arange(len(texts)), [len(r) for r in references])
    said = [text for row in references for text in row]
    grams = ngram_occurrences([ptb_words(t) for t in (*texts, *said)], ORDER)
    n = len(texts)
    documents = np.concatenate([np.full(n, -1), owner])
    vectors = CiderVectors(grams, inverse_document_frequencies(grams, documents, n))
    return float(vectors.of_pairs(owner, n + np.arange(len(said))).mean())
