"""What the extractors that let a network look at images have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mmbench.feature_extraction.bfloat16 import require_precision
from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.embedding import features_of
from mmbench.feature_extraction.image_column import ImageColumnExtractor, image_cells
from mmbench.feature_extraction.network import POOLS, Network, require_torch
from mmbench.feature_extraction.network_facts import NetworkFacts
from mmbench.feature_extraction.parameters import require_choice, require_int
from mmbench.neural import NeedsTorch

__all__ = ["BatchSize", "NetworkExtractor"]

BatchSize = int | Literal["auto"]


class NetworkExtractor(NeedsTorch, NetworkFacts, ImageColumnExtractor):
    """Base of the extractors whose features a network computes.

    They have the parameters ``batch_size``, ``device``, ``layer``, ``pool`` and
    ``precision``.
    """

    batch_size: Any
    device: Any
    layer: Any
    pool: Any
    precision: Any

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Compute the features of images.

        Parameters
        ----------
        X : iterable of image cells
            One column: paths, bytes, PIL images, arrays, or missing; see
            :func:`~mmbench.feature_extraction.open_image`.

        Returns
        -------
        ndarray of shape (n_images, n_features), dtype float32
            A row of NaN for an image that is missing.

        Raises
        ------
        DataError
            When an image can't be read. Only None and NaN are missing.
        MissingDependencyError
            When a package that it needs is not installed.
        MissingWeightsError
            When the weights are not here.
        ValueError
            When a parameter is not what it must be, or precision is bfloat16 on a
            processor that can't; or when the weights are not this network's, or give
            what is not a number.
        """
        self._check_parameters()
        return features_of(image_cells(X), self._network())

    def _check_parameters(self) -> None:
        if self.batch_size != "auto":
            require_int("batch_size", self.batch_size, minimum=1)
        require_choice("pool", self.pool, POOLS)
        if not isinstance(self.layer, str | None):
            raise TypeError(
                f"layer must be the name of a layer or None, got {self.layer!r}."
            )
        require_torch()
        chosen_device(self.device)
        require_precision(self.precision, self.device)

    def _network(self) -> Network:
        """Return the network, loaded at its first use and kept by the process."""
        raise NotImplementedError
