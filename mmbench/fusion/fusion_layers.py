"""The network behind FusionNetClassifier.

This module needs torch, so it is imported where it is used.

References
----------
J. Arevalo, T. Solorio, M. Montes-y-Gómez, F. A. González. *Gated multimodal units for
information fusion.* ICLR workshop 2017. (``"gated"``)

A. Vaswani et al. *Attention is all you need.* NeurIPS 2017, section 3.2.1;
Y.-H. H. Tsai et al. *Multimodal transformer for unaligned multimodal language
sequences.* ACL 2019, section 3.1: the queries of one modality ask the keys of the
others. (``"attention"``)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from mmbench.neural import network_state, restore_network

__all__ = ["FusionNetwork"]

# How many groups attention parts a branch's hidden features into.
_N_GROUPS = 4


class FusionNetwork(nn.Module):
    """From the feature blocks of branches to the logits of classes, or a number.

    Parameters
    ----------
    widths : sequence of int
        The number of columns of each block.
    n_outputs, hidden_size : int
        Number of outputs, and length of what a block becomes.
    fusion : {"concat", "gated", "attention"}
        How the blocks' hidden features are joined.
    dropout : float
        The share of the hidden features that is left out in training.
    """

    def __init__(
        self,
        widths: Sequence[int],
        *,
        n_outputs: int,
        hidden_size: int,
        fusion: str,
        dropout: float,
    ) -> None:
        super().__init__()
        self._options = {
            "widths": list(widths),
            "n_outputs": n_outputs,
            "hidden_size": hidden_size,
            "fusion": fusion,
            "dropout": dropout,
        }
        self.branches = nn.ModuleList(_Branch(n, hidden_size) for n in widths)
        self.join = _JOINS[fusion](len(widths), hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden_size, n_outputs)
        self.double()

    def forward(self, blocks: Sequence[Any]) -> Tensor:
        """Return the outputs, such as the classes' logits.

        Parameters
        ----------
        blocks : sequence of ndarray or csr_array of shape (n_rows, n_columns), float64
            The features of some rows, branch by branch.

        Returns
        -------
        Tensor of shape (n_rows, n_outputs), float64
        """
        pairs = zip(self.branches, blocks, strict=True)
        hidden = torch.stack([branch(block) for branch, block in pairs], dim=1)
        logits: Tensor = self.output(self.dropout(self.join(self.dropout(hidden))))
        return logits

    def __getstate__(self) -> dict[str, Any]:
        return network_state(self, self._options)

    def __setstate__(self, state: dict[str, Any]) -> None:
        restore_network(self, state)


class _Branch(nn.Module):
    """A fully connected layer over a block, dense or sparse."""

    def __init__(self, n_columns: int, hidden_size: int) -> None:
        super().__init__()
        # Rows of a block have a norm of about one, and so what comes out has a
        # variance of about one.
        self.weight = nn.Parameter(torch.randn(n_columns, hidden_size))
        self.bias = nn.Parameter(torch.zeros(hidden_size))

    def forward(self, block: Any) -> Tensor:
        if not sparse.issparse(block):
            return torch.from_numpy(block) @ self.weight + self.bias
        # The sum of a row's weighted rows of weights: a sparse product.
        product = functional.embedding_bag(
            torch.from_numpy(block.indices.astype(np.int64)),
            self.weight,
            torch.from_numpy(block.indptr[:-1].astype(np.int64)),
            mode="sum",
            per_sample_weights=torch.from_numpy(block.data),
        )
        return product + self.bias


class _Concatenated(nn.Module):
    """The blocks' hidden features side by side, through a fully connected layer."""

    def __init__(self, n_blocks: int, hidden_size: int) -> None:
        super().__init__()
        self.joined = nn.Linear(n_blocks * hidden_size, hidden_size)

    def forward(self, hidden: Tensor) -> Tensor:
        joined: Tensor = self.joined(functional.relu(hidden).flatten(1))
        return functional.relu(joined)


class _Gated(nn.Module):
    """Their sum, each feature weighted by gates that look at all blocks."""

    def __init__(self, n_blocks: int, hidden_size: int) -> None:
        super().__init__()
        self.gates = nn.Linear(n_blocks * hidden_size, n_blocks * hidden_size)

    def forward(self, hidden: Tensor) -> Tensor:
        gates = self.gates(hidden.flatten(1)).reshape(hidden.shape)
        shares: Tensor = gates.softmax(dim=1)
        return (shares * hidden.tanh()).sum(dim=1)


class _Attentive(nn.Module):
    """Groups of each block's features ask those of the other blocks."""

    allowed: Tensor

    def __init__(self, n_blocks: int, hidden_size: int) -> None:
        super().__init__()
        size = hidden_size // _N_GROUPS
        self.query, self.key, self.value = (nn.Linear(size, size) for _ in range(3))
        self.norm = nn.LayerNorm(size)
        self.joined = nn.Linear(n_blocks * hidden_size, hidden_size)
        owner = torch.arange(n_blocks).repeat_interleave(_N_GROUPS)
        others = owner[:, None] != owner[None, :]
        # A single block has only itself to ask.
        self.register_buffer("allowed", others if n_blocks > 1 else ~others)

    def forward(self, hidden: Tensor) -> Tensor:
        groups = hidden.reshape(len(hidden), len(self.allowed), -1)
        answers = functional.scaled_dot_product_attention(
            self.query(groups),
            self.key(groups),
            self.value(groups),
            attn_mask=self.allowed,
        )
        asked = self.norm(groups + answers)
        joined: Tensor = self.joined(asked.flatten(1))
        return functional.relu(joined)


_JOINS: dict[str, type[nn.Module]] = {
    "attention": _Attentive,
    "concat": _Concatenated,
    "gated": _Gated,
}
