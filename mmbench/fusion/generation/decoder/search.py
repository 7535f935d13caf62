"""Beam search: the texts that a network finds most probable."""

from __future__ import annotations

import torch
from torch import Tensor

from mmbench.fusion.generation.decoder.network import Source, WritingNetwork
from mmbench.fusion.generation.decoder.subwords import BEGIN, END, PAD, UNKNOWN

__all__ = ["beams"]


def beams(
    network: WritingNetwork, source: Source, *, beam: int, longest: int
) -> list[list[list[int]]]:
    """Return the most probable texts about each row, by their mean log-probability.

    Parameters
    ----------
    network : WritingNetwork
        Trained, in evaluation mode.
    source : Source
        What is written about.
    beam : int
        How many texts are followed at once, and returned.
    longest : int
        The most units of a text.

    Returns
    -------
    list of list of list of int
        For each row `beam` texts, the best one first.
    """
    n_rows = len(source.state)
    rows = torch.arange(n_rows).repeat_interleave(beam)
    spread = source.take(rows)
    units = torch.full((n_rows * beam, 1), BEGIN)
    # At first all beams are alike, so one of them speaks.
    total = torch.full((n_rows, beam), -torch.inf)
    total[:, 0] = 0
    ended = torch.zeros(n_rows, beam, dtype=torch.bool)
    lengths = torch.zeros(n_rows, beam)
    for _ in range(longest):
        scores = network(spread, units, last=True)[:, -1].log_softmax(-1)
        scores[:, [PAD, BEGIN, UNKNOWN]] = -torch.inf
        scores = scores.view(n_rows, beam, -1)
        units, total, ended, lengths = _followed(units, scores, total, ended, lengths)
        if bool(ended.all()):
            break
    order = (total / lengths.clamp(min=1)).argsort(dim=1, descending=True)
    texts = units.view(n_rows, beam, -1)[:, :, 1:]
    found = texts.gather(1, order.unsqueeze(-1).expand_as(texts))
    return [[_until_end(text) for text in row] for row in found.tolist()]


def _followed(
    units: Tensor, scores: Tensor, total: Tensor, ended: Tensor, lengths: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the texts one unit later; those that have ended stay as they are."""
    n_rows, beam, n_units = scores.shape
    only_pad = torch.full((n_units,), -torch.inf)
    only_pad[PAD] = 0
    scores = torch.where(ended.unsqueeze(-1), only_pad, scores)
    longer = lengths + (~ended).float()
    sums = total.unsqueeze(-1) + scores
    # Texts of different lengths are compared by their means.
    means = (sums / longer.clamp(min=1).unsqueeze(-1)).view(n_rows, -1)
    best = means.topk(beam, dim=1).indices
    origin, unit = best // n_units, best % n_units
    total = sums.view(n_rows, -1).gather(1, best)
    ended = ended.gather(1, origin) | (unit == END)
    flat = (origin + torch.arange(n_rows).unsqueeze(1) * beam).view(-1)
    units = torch.cat([units[flat], unit.view(-1, 1)], dim=1)
    return units, total, ended, longer.gather(1, origin)


def _until_end(units: list[int]) -> list[int]:
    return units[: units.index(END)] if END in units else units
