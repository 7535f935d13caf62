"""The projection of one block that a contrastive space learns."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

__all__ = ["Projection"]


class Projection(nn.Module):
    """A linear map with a hidden layer beside it, if it has one.

    Parameters
    ----------
    mean : ndarray of shape (n_features,)
        What is subtracted from rows.
    weights : ndarray of shape (n_features, n_components)
        What the map starts from.
    hidden_size : int
        Units of the hidden layer; 0 for none.
    dropout : float
        The share of features that are hidden while training.
    """

    mean: Tensor

    def __init__(
        self,
        mean: NDArray[np.float64],
        weights: NDArray[np.float64],
        hidden_size: int,
        dropout: float,
    ) -> None:
        super().__init__()
        n_features, n_components = weights.shape
        self.register_buffer("mean", torch.from_numpy(mean))
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Parameter(torch.from_numpy(weights.copy()))
        self.hidden: Any = None
        if hidden_size:
            last = nn.Linear(hidden_size, n_components)
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
            layers = (nn.Linear(n_features, hidden_size), nn.ReLU(), last)
            self.hidden = nn.Sequential(*layers).double()

    def forward(self, rows: Tensor) -> Tensor:
        """Project rows.

        Parameters
        ----------
        rows : Tensor of shape (n_rows, n_features)
            Rows of the block.

        Returns
        -------
        Tensor of shape (n_rows, n_components)
        """
        hidden = self.dropout(rows - self.mean)
        projected: Tensor = hidden @ self.linear
        return projected if self.hidden is None else projected + self.hidden(hidden)
