"""Both halves of a dual encoder such as CLIP: texts and pictures in one space.

A model is a folder as ``save_pretrained`` of transformers writes it, or a name on the
hub that was fetched before. Nothing is fetched here, no code of a model is run, and
weights are read from safetensors only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import MissingDependencyError, RequirementError, require_installed
from mmbench.feature_extraction.cells import texts_of
from mmbench.feature_extraction.image_column import ImageColumnExtractor, image_cells
from mmbench.feature_extraction.images import open_images
from mmbench.feature_extraction.network import require_torch
from mmbench.feature_extraction.pretrained_folder import files_of, pretrained_folder
from mmbench.neural import reproducible

if TYPE_CHECKING:
    from typing import Self

__all__ = ["DualEncoderImages", "DualEncoderTexts"]

_AT_ONCE = 32

Vectors = NDArray[np.float32]


class _DualEncoder(NamedTuple):
    """A model, and what prepares its input.

    Attributes
    ----------
    model : PreTrainedModel
        With ``get_text_features`` and ``get_image_features``.
    tokenizer : PreTrainedTokenizer
        Of its texts.
    prepare : BaseImageProcessor
        Of its pictures.
    max_tokens : int
        How many tokens of a text it reads.
    """

    model: Any
    tokenizer: Any
    prepare: Any
    max_tokens: int

    def of_texts(self, texts: Sequence[str]) -> Iterator[tuple[int, Any]]:
        """Yield the place and the vector of each text, in any order."""
        import torch

        cut = {"truncation": True, "max_length": self.max_tokens}
        ids = [self.tokenizer(text, **cut)["input_ids"] for text in texts]
        # Texts of one length need no padding, which could change their vectors.
        order = sorted(range(len(texts)), key=lambda i: len(ids[i]))
        for _, alike in groupby(order, key=lambda i: len(ids[i])):
            for some in _batches([*alike]):
                found = self.model.get_text_features(
                    input_ids=torch.tensor([ids[i] for i in some])
                )
                yield from zip(some, _vectors(found), strict=True)

    def of_images(self, images: Sequence[Any]) -> Vectors:
        """Return the vectors of pictures."""
        pixels = self.prepare(images=list(images), return_tensors="pt")["pixel_values"]
        return _vectors(self.model.get_image_features(pixel_values=pixels))


class _Half(ImageColumnExtractor):
    """What both halves share."""

    _package: ClassVar[str] = "transformers"

    def __init__(self, model: str | os.PathLike[str]) -> None:
        self.model = model

    def files_read(self) -> list[str]:
        """Return the files whose content is part of what this computes."""
        try:
            return files_of(pretrained_folder(self.model))
        except RequirementError:
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

    def _check_parameters(self) -> None:
        if not isinstance(self.model, str | os.PathLike):
            raise TypeError(f"model must be a folder or a name, got {self.model!r}.")

    def _loaded(self) -> _DualEncoder:
        self._check_parameters()
        require_torch()
        folder = pretrained_folder(self.model)
        stats = [Path(file).stat() for file in files_of(folder)]
        return _load(folder, tuple((s.st_size, s.st_mtime_ns) for s in stats))


class DualEncoderTexts(_Half):
    """Vectors of texts in the space of a dual encoder's pictures.

    Parameters
    ----------
    model : str or path
        The model's folder, with weights in safetensors, or its name on the hub.

    References
    ----------
    A. Radford et al. (2021), "Learning transferable visual models from natural language
    supervision", ICML.
    """

    def fit(self, X: Iterable[Any], y: Any = None) -> Self:  # noqa: ARG002
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X : iterable of str
            Texts.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        self._check_parameters()
        texts_of(X)
        return self

    def transform(self, X: Iterable[Any]) -> Vectors:
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
        RequirementError
            When the model or what reads it is not on this machine.
        ValueError
            When it can't be read, or is not a dual encoder.
        """
        texts, encoder = texts_of(X), self._loaded()
        asked = [text for text in dict.fromkeys(texts) if text.strip()]
        with reproducible():
            found = {asked[i]: vector for i, vector in encoder.of_texts(asked)}
        return _rows([found.get(text) for text in texts], encoder)


class DualEncoderImages(_Half):
    """Vectors of pictures in the space of a dual encoder's texts.

    Parameters
    ----------
    model : str or path
        The model's folder, with weights in safetensors, or its name on the hub.

    References
    ----------
    A. Radford et al. (2021), "Learning transferable visual models from natural language
    supervision", ICML.
    """

    def transform(self, X: Iterable[Any]) -> Vectors:
        """Return the pictures' vectors.

        Parameters
        ----------
        X : iterable of image cells
            One column.

        Returns
        -------
        ndarray of shape (n_images, n_features), float32
            Zeros for a picture that is missing.

        Raises
        ------
        DataError
            When an image can't be read.
        RequirementError
            When the model or what reads it is not on this machine.
        ValueError
            When it can't be read, or is not a dual encoder.
        """
        cells, encoder = image_cells(X), self._loaded()
        # Many rows may ask about one picture: each file is looked at once.
        keys = [cell if isinstance(cell, str) else i for i, cell in enumerate(cells)]
        first = {key: cells[i] for i, key in reversed([*enumerate(keys)])}
        found: dict[Any, Any] = {}
        with reproducible():
            for some in _batches([*first]):
                opened = open_images([first[key] for key in some], "RGB")
                pairs = [(k, i) for k, i in zip(some, opened, strict=True) if i]
                if pairs:
                    vectors = encoder.of_images([image for _, image in pairs])
                    found.update(zip([k for k, _ in pairs], vectors, strict=True))
        return _rows([found.get(key) for key in keys], encoder)


def _rows(found: Sequence[Vectors | None], encoder: _DualEncoder) -> Vectors:
    empty = np.zeros(int(encoder.model.config.projection_dim), np.float32)
    rows = [empty if vector is None else vector for vector in found]
    return np.array(rows, np.float32).reshape(len(rows), len(empty))


def _batches(of: list[Any]) -> Iterator[list[Any]]:
    return (of[i : i + _AT_ONCE] for i in range(0, len(of), _AT_ONCE))


def _vectors(found: Any) -> Vectors:
    tensor = getattr(found, "pooler_output", found)
    vectors: Vectors = tensor.detach().float().numpy()
    return vectors


@lru_cache(maxsize=1)
def _load(folder: Path, _content: tuple[tuple[int, int], ...]) -> _DualEncoder:
    """Load a model, once as long as its files stay the same."""
    try:
        import torch
        from transformers import AutoImageProcessor, AutoModel, AutoTokenizer
    except ImportError as error:
        raise MissingDependencyError("transformers", extra="transformers") from error
    from mmbench.feature_extraction.transformer_loading import reading

    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with reading(folder):
        model = AutoModel.from_pretrained(
            folder, use_safetensors=True, dtype=torch.float32, **local
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, **local)
        prepare = AutoImageProcessor.from_pretrained(folder, use_fast=False, **local)
    if not hasattr(model, "get_image_features") or not hasattr(
        model.config, "projection_dim"
    ):
        raise ValueError(
            f"{str(folder)!r} holds a {type(model).__name__}, which is not a dual "
            "encoder of texts and pictures such as CLIPModel."
        )
    limit = int(model.config.text_config.max_position_embeddings)
    return _DualEncoder(model.eval().requires_grad_(False), tokenizer, prepare, limit)
