"""Train a network to write texts: teacher forcing in batches of similar lengths."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence

from mmbench.fusion.generation.decoder.network import WritingNetwork
from mmbench.fusion.generation.decoder.subwords import BEGIN, END, PAD
from mmbench.neural import History

__all__ = ["Pairs", "TextTraining", "padded_units"]

_MAX_GRADIENT = 1.0
# Of few texts, large batches would leave a network as it was before.
_LEAST_BATCHES = 50


@dataclass(frozen=True)
class Pairs:
    """What a network learns from: rows, and a text about each.

    Attributes
    ----------
    read : list of list of int or None
        The units of the text that is read, row by row.
    features : ndarray of shape (n_rows, n_features) or None
        Features of the rows.
    rows : ndarray of int, shape (n_texts,)
        The row of each text.
    texts : list of list of int
        The units that are written.
    """

    read: Sequence[list[int]] | None
    features: NDArray[np.float32] | None
    rows: NDArray[np.intp]
    texts: Sequence[list[int]]

    def source(self, rows: NDArray[np.intp]) -> tuple[Tensor | None, Tensor | None]:
        """Return the inputs of the network for some rows.

        Parameters
        ----------
        rows : ndarray of int
            Their numbers.

        Returns
        -------
        tuple of (Tensor or None, Tensor or None)
            Units that are read, and features.
        """
        read = self.read
        units = None if read is None else padded_units([read[i] for i in rows])
        features = self.features
        return units, None if features is None else torch.from_numpy(features[rows])


def padded_units(texts: Sequence[list[int]]) -> Tensor:
    """Return texts as one tensor.

    Parameters
    ----------
    texts : sequence of list of int
        Units; a text without any counts as one of the end alone.

    Returns
    -------
    Tensor of shape (n_texts, n_longest), int
    """
    return pad_sequence([torch.tensor(t or [END]) for t in texts], True, PAD)


@dataclass(frozen=True, kw_only=True)
class TextTraining:
    """How a network is trained.

    Parameters
    ----------
    learning_rate : float
        The highest one; it rises through the first epoch, and falls as the square root
        of steps after it.
    units_at_once : int
        About how many units a batch holds; fewer, where an epoch would have under fifty
        batches.
    max_epochs : int
        The most passes over the texts.
    patience : int
        How many epochs without a better score end the training.
    smoothing : float
        How much probability is spread over all units.
    """

    learning_rate: float
    units_at_once: int
    max_epochs: int
    patience: int
    smoothing: float

    def run(
        self,
        network: WritingNetwork,
        pairs: Pairs,
        held_out: NDArray[np.intp],
        rng: np.random.Generator,
        watch: Callable[[], float] | None = None,
    ) -> History:
        """Train a network, and leave it with its best weights, in evaluation mode.

        Parameters
        ----------
        network : WritingNetwork
            What is trained.
        pairs : Pairs
            All rows and texts.
        held_out : ndarray of int
            The rows whose texts are not learnt from.
        rng : numpy.random.Generator
            Shuffles the texts.
        watch : callable, optional
            Returns what should fall, looking at the network; by default the mean loss
            of the texts held out, or of those learnt from where there are none.

        Returns
        -------
        History
            Its validation loss is what was watched.
        """
        is_held = np.isin(pairs.rows, held_out)
        learnt, held = np.flatnonzero(~is_held), np.flatnonzero(is_held)
        optimizer = torch.optim.Adam(
            network.parameters(), lr=self.learning_rate, betas=(0.9, 0.98), fused=True
        )
        history, best, weights = History(), math.inf, network.state_dict()
        warm = len(self._batches(pairs, learnt, rng))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / warm, math.sqrt(warm / (step + 1)))
        )
        for epoch in range(1, self.max_epochs + 1):
            network.train()
            history.loss.append(
                self._epoch(network, pairs, learnt, rng, (optimizer, schedule))
            )
            network.eval()
            with torch.no_grad():
                if watch is not None:
                    history.validation_loss.append(watch())
                elif len(held):
                    history.validation_loss.append(
                        self._epoch(network, pairs, held, rng)
                    )
            watched = (history.validation_loss or history.loss)[-1]
            if watched < best:
                best, history.best_epoch = watched, epoch
                weights = copy.deepcopy(network.state_dict())
            elif epoch - history.best_epoch >= self.patience:
                break
        network.load_state_dict(weights)
        network.eval()
        return history

    def _batches(
        self, pairs: Pairs, texts: NDArray[np.intp], rng: np.random.Generator
    ) -> list[NDArray[np.intp]]:
        """Return batches of texts about as long, in any order."""
        lengths = np.array([len(pairs.texts[i]) + 1 for i in texts])
        if pairs.read is not None:
            lengths = lengths + [len(pairs.read[pairs.rows[i]]) for i in texts]
        order = np.argsort(lengths + rng.uniform(0, 2, len(lengths)))
        ends = np.cumsum(lengths[order])
        ends = (ends / min(self.units_at_once, ends[-1] / _LEAST_BATCHES)).astype(int)
        cuts = np.flatnonzero(np.diff(ends)) + 1
        batches = np.split(texts[order], cuts)
        return [batches[i] for i in rng.permutation(len(batches))]

    def _epoch(
        self,
        network: WritingNetwork,
        pairs: Pairs,
        texts: NDArray[np.intp],
        rng: np.random.Generator,
        learning: tuple[Any, Any] | None = None,
    ) -> float:
        """Return the mean loss of a unit, learning from it unless told not to."""
        total = count = 0.0
        for batch in self._batches(pairs, texts, rng):
            written = [pairs.texts[i] for i in batch]
            units = padded_units([[BEGIN, *text] for text in written])
            wanted = padded_units([[*text, END] for text in written])
            logits = network(network.sources(*pairs.source(pairs.rows[batch])), units)
            loss = functional.cross_entropy(
                logits.flatten(0, 1),
                wanted.flatten(),
                ignore_index=PAD,
                label_smoothing=self.smoothing if learning else 0.0,
            )
            if learning:
                for each in learning[:1]:
                    each.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                clip_grad_norm_(network.parameters(), _MAX_GRADIENT)
                for each in learning:
                    each.step()
            n = float((wanted != PAD).sum())
            total, count = total + float(loss.detach()) * n, count + n
        return total / max(count, 1.0)
