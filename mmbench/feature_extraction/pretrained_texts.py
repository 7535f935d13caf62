"""What the vectorizers by pretrained language models share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import RequirementError, require_installed
from mmbench.feature_extraction.bfloat16 import require_precision
from mmbench.feature_extraction.cells import texts_of
from mmbench.feature_extraction.column_extractor import ColumnExtractor
from mmbench.feature_extraction.devices import chosen_device
from mmbench.feature_extraction.network import require_torch
from mmbench.feature_extraction.network_facts import NetworkFacts
from mmbench.feature_extraction.parameters import require_int
from mmbench.feature_extraction.pretrained_folder import files_of, pretrained_folder
from mmbench.feature_extraction.text_network import TextNetwork, bfloat16_is_close

__all__ = ["PretrainedTextVectorizer", "Reader"]

_N_CACHED = 2

Reader = tuple[Any, tuple[Any, ...]]
"""A function from a folder to a network, and what it takes besides."""


class PretrainedTextVectorizer(NetworkFacts, ColumnExtractor):
    """Texts to vectors; a subclass says who reads the model."""

    _package: ClassVar[str]
    model: str | os.PathLike[str]
    max_length: int | None
    precision: str
    device: str

    def transform(self, X: Iterable[Any]) -> NDArray[np.float32]:
        """Return the texts' vectors.

        Parameters
        ----------
        X : iterable of str
            Texts; ``None`` and NaN are missing ones.

        Returns
        -------
        ndarray of shape (n_texts, n_features), float32
            Zeros for a text that is missing or blank.

        Raises
        ------
        MissingDependencyError
            When the extra ``transformers`` is not installed.
        MissingWeightsError
            When the model isn't on this machine, or has no weights in safetensors.
        ValueError
            When the model can't be read.
        """
        self._check_parameters()
        texts = texts_of(X)
        network = self._network()
        distinct = list(dict.fromkeys(text for text in texts if text.strip()))
        row = {text: i for i, text in enumerate(distinct)}
        rows = [row.get(text, -1) for text in texts]
        blank = np.zeros((1, network.n_features), np.float32)  # row -1
        if not distinct:
            return blank[rows]
        return np.concatenate([network.vectors(distinct), blank])[rows]

    def files_read(self) -> list[str]:
        """Return the files whose content is part of what this computes."""
        try:
            return files_of(pretrained_folder(self.model))
        except RequirementError:
            # It is told when the work is done; until then, the name stands for it.
            return []

    def check_requirements(self) -> None:
        """Look for what reads the model, and for its files, without loading it.

        Raises
        ------
        RequirementError
            When a package or the model is not on this machine.
        """
        require_installed(self._package, extra="transformers")
        pretrained_folder(self.model)

    def _network(self) -> TextNetwork:
        require_torch()
        folder = pretrained_folder(self.model)
        stats = [os.stat(file) for file in files_of(folder)]  # noqa: PTH116
        return _load(
            self._reader(),
            folder,
            tuple((stat.st_size, stat.st_mtime_ns) for stat in stats),
            self.precision,
            chosen_device(self.device),
        )

    def _reader(self) -> Reader:
        raise NotImplementedError

    def _check_parameters(self) -> None:
        if not isinstance(self.model, str | os.PathLike):
            raise TypeError(f"model must be a folder or a name, got {self.model!r}.")
        if self.max_length is not None:
            require_int("max_length", self.max_length, minimum=1)
        require_precision(self.precision, self.device)

    def _cells(self, X: Iterable[Any]) -> list[Any]:
        return texts_of(X)


@lru_cache(maxsize=_N_CACHED)
def _load(
    reader: Reader,
    folder: Path,
    _content: tuple[tuple[int, int], ...],
    precision: str,
    device: str,
) -> TextNetwork:
    """Load a network, once as long as its files stay the same."""
    require_precision(precision, device)
    read, arguments = reader
    network: TextNetwork = read(folder, *arguments).on(device)
    if precision == "auto":
        rounds = network.has_bfloat16() and bfloat16_is_close(network)
        precision = "bfloat16" if rounds else "float32"
    return network.in_bfloat16() if precision == "bfloat16" else network
