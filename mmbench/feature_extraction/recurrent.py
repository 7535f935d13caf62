"""Texts as the last states of a recurrent network that learnt to tell their classes."""

from __future__ import annotations

from mmbench.feature_extraction.recurrent_training import RecurrentVectorizer

__all__ = ["LSTMVectorizer", "RNNVectorizer"]


class LSTMVectorizer(RecurrentVectorizer):
    """The last state of a long short-term memory that learnt to predict the class.

    Words get vectors, a (bidirectional) LSTM reads them in order, and a linear layer
    predicts the class from its last state. All of it is trained on the training rows by
    Adam with cross-entropy; the state is then what stands for a text. A row that was
    learnt from is better told by it than a new one: what follows sees rows that are
    easier than those it will be asked about.

    Parameters
    ----------
    vectors : path, optional
        A file of pretrained word vectors (GloVe, word2vec, fastText), as
        :class:`PretrainedWordVectorizer` reads it. They are used as they are, so that
        words of new texts are known too. By default, vectors are trained.
    vector_size : int, default=100
        Length of the vectors that are trained.
    hidden_size : int, default=64
        Length of the state, in each direction.
    bidirectional : bool, default=True
        Whether texts are read backwards, too.
    min_count : int, default=1
        Words with fewer occurrences get no trained vector.
    max_length : int, default=200
        How many words of a text are read. Unknown ones among them are passed over.
    dropout : float, default=0.3
        The share of the state that is left out in each step of training.
    learning_rate : float, default=0.003
        Adam's.
    batch_size : int, default=32
        Texts in a step.
    max_epochs : int, default=30
        The most passes over the texts.
    patience : int, default=3
        How many epochs without a lower loss end the training. The best weights stay.
    validation_fraction : float, default=0.1
        The share of each class that is held out, whose loss is watched. Where that is
        no text, the loss of the others is.
    analyzer : "word" or callable, default="word"
        ``"word"`` is :func:`~mmbench.feature_extraction.words`; a callable takes a
        text and returns its words.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same states every time, whatever the number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    vocabulary_ : dict of str to int
        The words with a trained vector.
    network_ : torch.nn.Module
    n_epochs_ : int
        How many passes there were.
    loss_history_, validation_loss_history_ : list of float
        The mean cross-entropy of the texts learnt from, and of those held out.
    coverage_ : float
        The share of the training texts' words that have a vector.

    References
    ----------
    S. Hochreiter, J. Schmidhuber. *Long short-term memory.* Neural Computation 9(8),
    1997.

    A. Graves, J. Schmidhuber. *Framewise phoneme classification with bidirectional
    LSTM networks.* IJCNN 2005.

    Examples
    --------
    >>> texts = ["good film", "bad film", "good play", "bad play", None]
    >>> lstm = LSTMVectorizer(hidden_size=4, random_state=0)
    >>> lstm.fit_transform(texts, [1, 0, 1, 0, 1]).shape
    (5, 8)
    >>> lstm.loss_history_[-1] < lstm.loss_history_[0]
    True
    """

    _cell = "lstm"


class RNNVectorizer(RecurrentVectorizer):
    """The last state of a plain recurrent network that learnt to predict the class.

    Attributes and all else are those of :class:`LSTMVectorizer`, whose cell
    keeps what it read for longer; here a state is ``tanh`` of the word and of the state
    before it.

    Parameters
    ----------
    vectors, vector_size, hidden_size, bidirectional, min_count, max_length, dropout
        As in :class:`LSTMVectorizer`.
    learning_rate, batch_size, max_epochs, patience, validation_fraction, analyzer
        As in :class:`LSTMVectorizer`.
    random_state
        As in :class:`LSTMVectorizer`.

    References
    ----------
    J. L. Elman. *Finding structure in time.* Cognitive Science 14(2), 1990.

    Examples
    --------
    >>> rnn = RNNVectorizer(hidden_size=4, bidirectional=False, random_state=0)
    >>> rnn.fit_transform(["good film", "bad film"], [1, 0]).shape
    (2, 4)
    """

    _cell = "rnn"
