"""The recurrent network behind LSTMVectorizer and RNNVectorizer.

This module needs torch, so it is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from mmbench.neural import network_state, restore_network

__all__ = ["RecurrentNetwork"]

_CELLS = {"lstm": nn.LSTM, "rnn": nn.RNN}


class RecurrentNetwork(nn.Module):
    """Reads texts word by word, and tells their classes from its last state.

    Parameters
    ----------
    cell : {"lstm", "rnn"}
        What reads.
    n_words : int or None
        How many words have a vector that is trained; None when vectors are given.
    vector_size, hidden_size, n_classes : int
        Lengths of a word's vector and of the state, and number of classes.
    bidirectional : bool
        Whether texts are read backwards, too.
    dropout : float
        The share of a state that is left out in training.
    """

    def __init__(
        self,
        cell: str,
        n_words: int | None,
        *,
        vector_size: int,
        hidden_size: int,
        n_classes: int,
        bidirectional: bool,
        dropout: float,
    ) -> None:
        super().__init__()
        self._options = {
            "cell": cell,
            "n_words": n_words,
            "vector_size": vector_size,
            "hidden_size": hidden_size,
            "n_classes": n_classes,
            "bidirectional": bidirectional,
            "dropout": dropout,
        }
        if n_words is not None:
            self.table = nn.Parameter(torch.randn(n_words, vector_size))
        self.cell = _CELLS[cell](
            vector_size, hidden_size, batch_first=True, bidirectional=bidirectional
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden_size * (1 + bidirectional), n_classes)

    def states(
        self, sequences: Sequence[NDArray[np.int64]], table: NDArray[np.float32] | None
    ) -> Tensor:
        """Return the last state of each text.

        Parameters
        ----------
        sequences : sequence of ndarray of int64
            The words of each text by number, at least one.
        table : ndarray of float32, shape (n_words, vector_size), or None
            Their vectors; None for those that are trained.

        Returns
        -------
        Tensor of shape (n_texts, n_features)
        """
        lengths = [len(sequence) for sequence in sequences]
        ids = torch.zeros(len(lengths), max(lengths), dtype=torch.long)
        for row, sequence in zip(ids, sequences, strict=True):
            row[: len(sequence)] = torch.from_numpy(sequence)
        known = self.table if table is None else torch.from_numpy(table)
        vectors = nn.functional.embedding(ids, known)
        packed = pack_padded_sequence(
            vectors, torch.tensor(lengths), batch_first=True, enforce_sorted=False
        )
        _, state = self.cell(packed)
        hidden: Tensor = state[0] if isinstance(state, tuple) else state
        return hidden.transpose(0, 1).flatten(1)

    def forward(
        self, sequences: Sequence[NDArray[np.int64]], table: NDArray[np.float32] | None
    ) -> Tensor:
        """Return the classes' logits, of shape (n_texts, n_classes).

        Parameters
        ----------
        sequences : sequence of ndarray
            The numbers of the words of each text, in their order.
        table : ndarray of shape (n_words, vector_size) or None
            Fixed vectors of the words; None where the network learns them.

        Returns
        -------
        Tensor of shape (n_texts, n_classes)
            Logits, before any softmax.
        """
        logits: Tensor = self.output(self.dropout(self.states(sequences, table)))
        return logits

    def __getstate__(self) -> dict[str, Any]:
        return network_state(self, self._options)

    def __setstate__(self, state: dict[str, Any]) -> None:
        restore_network(self, state)
