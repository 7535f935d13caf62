"""A small network that writes a text, unit by unit, over features or another text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from mmbench.fusion.generation.decoder.subwords import PAD
from mmbench.neural import network_state, restore_network

__all__ = ["INJECTIONS", "Source", "WritingNetwork"]

INJECTIONS = ("input", "encoder", "decoder")
_LONGEST = 512


class Source(NamedTuple):
    """What a text is written about.

    Attributes
    ----------
    memory : Tensor of shape (n_rows, n_places, width)
        What is attended to.
    hidden : Tensor of shape (n_rows, n_places), bool
        The places of `memory` that hold nothing.
    first : Tensor of shape (n_rows, n_first, width)
        What stands before the text.
    state : Tensor of shape (n_rows, width)
        The initial state, and an input of the output layer.
    """

    memory: Tensor
    hidden: Tensor
    first: Tensor
    state: Tensor

    def take(self, rows: Tensor) -> Source:
        """Return some rows.

        Parameters
        ----------
        rows : Tensor of int
            Their numbers.

        Returns
        -------
        Source
            As many rows.
        """
        return Source(*(part[rows] for part in self))


class WritingNetwork(nn.Module):
    """An encoder of a text, of features or of both, and a decoder of a text.

    Parameters
    ----------
    cell : {"lstm", "transformer"}
        What reads and writes.
    n_units : int
        How many units are written.
    n_read : int
        How many units are read; 0 where no text is read.
    n_features : int
        How many features there are; 0 for none.
    inject : {"input", "encoder", "decoder"}
        Where features enter: as the first token, as places to attend to, or as the
        first state and beside the output.
    width : int
        Of embeddings and states.
    n_layers : int
        Of both sides.
    dropout : float
        The share of values left out in training.
    n_places : int
        Into how many places features are parted for the encoder.
    """

    places: Tensor

    def __init__(
        self,
        *,
        cell: str,
        n_units: int,
        n_read: int = 0,
        n_features: int = 0,
        inject: str = "decoder",
        width: int = 256,
        n_layers: int = 1,
        dropout: float = 0.3,
        n_places: int = 4,
    ) -> None:
        super().__init__()
        self.options: Mapping[str, Any] = {
            "cell": cell,
            "n_units": n_units,
            "n_read": n_read,
            "n_features": n_features,
            "inject": inject,
            "width": width,
            "n_layers": n_layers,
            "dropout": dropout,
            "n_places": n_places,
        }
        self.cell, self.inject, self.width = cell, inject, width
        self.n_places = n_places if inject == "encoder" else 1
        self.written = _embedding(n_units, width)
        self.bias = nn.Parameter(torch.zeros(n_units))
        self.drop = nn.Dropout(dropout)
        self.mix = nn.Linear(3 * width, width)
        if n_features:
            self.project = nn.Linear(n_features, self.n_places * width)
        if n_read:
            self.read = _embedding(n_read, width)
        if cell == "lstm":
            self.writer: nn.Module = nn.LSTM(
                width,
                width,
                n_layers,
                batch_first=True,
                dropout=_between(n_layers, dropout),
            )
            self.query = nn.Linear(width, width, bias=False)
            if n_read:
                self.reader: nn.Module = nn.LSTM(
                    width,
                    width // 2,
                    n_layers,
                    batch_first=True,
                    bidirectional=True,
                    dropout=_between(n_layers, dropout),
                )
        else:
            how: dict[str, Any] = {
                "d_model": width,
                "nhead": max(1, width // 64),
                "dim_feedforward": 2 * width,
                "dropout": dropout,
                "batch_first": True,
                "norm_first": True,
            }
            self.writer = nn.TransformerDecoder(
                nn.TransformerDecoderLayer(**how), n_layers, nn.LayerNorm(width)
            )
            if n_read:
                self.reader = nn.TransformerEncoder(
                    nn.TransformerEncoderLayer(**how),
                    n_layers,
                    nn.LayerNorm(width),
                    enable_nested_tensor=False,
                )
            self.register_buffer("places", _places(width), persistent=False)

    def __getstate__(self) -> dict[str, Any]:
        return network_state(self, self.options)

    def __setstate__(self, state: dict[str, Any]) -> None:
        restore_network(self, state)

    def sources(self, read: Tensor | None, features: Tensor | None) -> Source:
        """Return what texts are to be written about.

        Parameters
        ----------
        read : Tensor of shape (n_rows, n_places), int, or None
            The units of the texts that are read, padded.
        features : Tensor of shape (n_rows, n_features) or None
            Features of the rows.

        Returns
        -------
        Source
            A row each.
        """
        given = read if read is not None else features
        assert given is not None  # noqa: S101 - one of them is there
        n_rows = len(given)
        state = torch.zeros(n_rows, self.width)
        # A place to look at where there is nothing to see.
        memory = [torch.zeros(n_rows, 1, self.width)]
        hidden = [torch.zeros(n_rows, 1, dtype=torch.bool)]
        first = torch.zeros(n_rows, 0, self.width)
        if read is not None:
            seen = self._read(read)
            memory, hidden = [seen], [read == PAD]
            known = (~hidden[0]).unsqueeze(-1)
            state = (seen * known).sum(1) / known.sum(1).clamp(min=1)
        if features is not None:
            made = torch.tanh(self.project(features)).view(n_rows, -1, self.width)
            if self.inject == "input":
                first = made
            elif self.inject == "encoder":
                memory.append(made)
                hidden.append(torch.zeros(made.shape[:2], dtype=torch.bool))
            else:
                state = state + made[:, 0]
        return Source(torch.cat(memory, 1), torch.cat(hidden, 1), first, state)

    def forward(self, source: Source, units: Tensor, *, last: bool = False) -> Tensor:
        """Return the logits of the next unit behind each unit.

        Parameters
        ----------
        source : Source
            What is written about.
        units : Tensor of shape (n_rows, n_places), int
            Begin, and what has been written.
        last : bool, default=False
            Whether only the unit behind the last one is asked for.

        Returns
        -------
        Tensor of shape (n_rows, n_places, n_units)
            Or (n_rows, 1, n_units).
        """
        tokens = self.drop(self.written(units) * math.sqrt(self.width))
        tokens = torch.cat([source.first, tokens], dim=1)
        if self.cell == "lstm":
            layers = self.options["n_layers"]
            start = torch.tanh(source.state).expand(layers, -1, -1).contiguous()
            states, _ = self.writer(tokens, (start, torch.zeros_like(start)))
        else:
            n = tokens.shape[1]
            tokens = tokens + self.places[:n] + source.state.unsqueeze(1)
            mask = torch.ones(n, n, dtype=torch.bool).triu(1)
            states = self.writer(
                tokens,
                source.memory,
                tgt_mask=mask,
                memory_key_padding_mask=source.hidden,
            )
        states = states[:, -1:] if last else states[:, source.first.shape[1] :]
        return self._logits(source, states)

    def _logits(self, source: Source, states: Tensor) -> Tensor:
        told = source.state.unsqueeze(1).expand_as(states)
        seen = states
        if self.cell == "lstm":
            fit = self.query(states) @ source.memory.transpose(1, 2)
            fit = fit.masked_fill(source.hidden.unsqueeze(1), -math.inf)
            seen = functional.softmax(fit, dim=-1) @ source.memory
        mixed = torch.tanh(self.mix(torch.cat([states, seen, told], dim=-1)))
        found: Tensor = functional.linear(
            self.drop(mixed), self.written.weight, self.bias
        )
        return found

    def _read(self, units: Tensor) -> Tensor:
        tokens = self.drop(self.read(units) * math.sqrt(self.width))
        if self.cell == "transformer":
            tokens = tokens + self.places[: units.shape[1]]
            found: Tensor = self.reader(tokens, src_key_padding_mask=units == PAD)
            return found
        lengths = (units != PAD).sum(1).clamp(min=1)
        packed = nn.utils.rnn.pack_padded_sequence(
            tokens, lengths, batch_first=True, enforce_sorted=False
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.reader(packed)[0], batch_first=True, total_length=units.shape[1]
        )
        dropped: Tensor = self.drop(states)
        return dropped


def _embedding(n_units: int, width: int) -> nn.Embedding:
    made = nn.Embedding(n_units, width, padding_idx=PAD)
    nn.init.normal_(made.weight, std=width**-0.5)
    return made


def _between(n_layers: int, dropout: float) -> float:
    return dropout if n_layers > 1 else 0.0


def _places(width: int) -> Tensor:
    """Return sines and cosines that tell places apart."""
    place = torch.arange(_LONGEST).unsqueeze(1)
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    found = torch.zeros(_LONGEST, width)
    found[:, 0::2], found[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
    return found
