"""Pretrained language models, read by transformers and by sentence-transformers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmbench.errors import MissingDependencyError
from mmbench.feature_extraction.pretrained_folder import check_modules
from mmbench.feature_extraction.text_network import TextNetwork

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["reading", "sentence_network", "transformer_network"]

# Models without a limit of their own state a number far beyond any.
_NO_LIMIT, _LIMIT = 1_000_000, 512


def transformer_network(
    folder: Path, pooling: str, max_length: int | None
) -> TextNetwork:
    """Read a model with transformers.

    Parameters
    ----------
    folder : Path
        Its folder, with weights in safetensors.
    pooling : {"mean", "cls"}
        How the vectors of a text's tokens become the text's.
    max_length : int or None
        How many tokens of a text are read; None for as many as the model can.

    Returns
    -------
    TextNetwork

    Raises
    ------
    MissingDependencyError
        When transformers isn't installed.
    ValueError
        When the folder doesn't hold a model that can be read, or not all its weights.
    """
    try:
        import torch
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise MissingDependencyError("transformers", extra="transformers") from error
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    with reading(folder):
        tokenizer = AutoTokenizer.from_pretrained(folder, **local)
        model, told = AutoModel.from_pretrained(
            folder,
            use_safetensors=True,
            output_loading_info=True,
            dtype=torch.float32,
            **local,
        )
    # A checkpoint may lack the layer behind the first token, which isn't used here.
    absent = [name for name in told["missing_keys"] if "pooler" not in name]
    if absent:
        raise ValueError(
            f"the weights in {str(folder)!r} are not those of its configuration: "
            f"{len(absent)} are missing, {sorted(absent)[0]!r} among them."
        )
    encoder = model.get_encoder() if model.config.is_encoder_decoder else model
    limit = getattr(model.config, "max_position_embeddings", None)
    max_tokens = _max_tokens(tokenizer, max_length, limit)
    return TextNetwork(
        encoder=encoder.eval(),
        forward=partial(_pooled, _POOLINGS[pooling]),
        tokenize=partial(_token_ids, tokenizer, max_tokens),
        max_tokens=max_tokens,
        pad_id=tokenizer.pad_token_id or 0,
        n_tokens=int(model.config.vocab_size),
    )


def sentence_network(folder: Path, max_length: int | None) -> TextNetwork:
    """Read a model with sentence-transformers, its own pooling and scaling included.

    Further errors are those of :func:`transformer_network`.

    Parameters
    ----------
    folder : Path
        The model's folder, with its configuration, tokenizer and weights.
    max_length : int or None
        Tokens after which a text is cut; by default as many as the model takes.

    Returns
    -------
    TextNetwork
        On the CPU, in float32.

    Raises
    ------
    MissingDependencyError
        When sentence-transformers is not installed.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingDependencyError(
            "sentence-transformers", extra="transformers"
        ) from error
    check_modules(folder)
    with reading(folder):
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    first, *others = (module.eval() for module in model)
    max_tokens = _max_tokens(model.tokenizer, max_length, model.max_seq_length)
    return TextNetwork(
        encoder=first,
        forward=partial(_through, others),
        tokenize=partial(_token_ids, model.tokenizer, max_tokens),
        max_tokens=max_tokens,
        pad_id=model.tokenizer.pad_token_id or 0,
        n_tokens=len(model.tokenizer),
    )


def _max_tokens(tokenizer: Any, asked: int | None, limit: int | None) -> int:
    """Return how many tokens of a text are read: what all agree to."""
    limits = [tokenizer.model_max_length, limit or _NO_LIMIT]
    longest = int(min([each for each in limits if each < _NO_LIMIT] or [_LIMIT]))
    return min(asked or longest, longest)


def _token_ids(tokenizer: Any, max_tokens: int, text: str) -> list[int]:
    # One text at a time: in batches, the tokenizer would use every core there is.
    ids = tokenizer(text, truncation=True, max_length=max_tokens)["input_ids"]
    # A model without special tokens makes nothing of a text that it knows nothing of.
    return list(ids) or [tokenizer.unk_token_id or 0]


def _pooled(
    pool: Callable[[Tensor, Tensor], Tensor], encoder: Any, ids: Tensor, mask: Tensor
) -> Tensor:
    states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    return pool(states.float(), mask)


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    weights = mask[:, :, None].float()
    return (states * weights).sum(dim=1) / weights.sum(dim=1)


def _first(states: Tensor, _mask: Tensor) -> Tensor:
    return states[:, 0]


_POOLINGS = {"cls": _first, "mean": _mean}


def _through(modules: list[Any], encoder: Any, ids: Tensor, mask: Tensor) -> Tensor:
    features = encoder({"input_ids": ids, "attention_mask": mask})
    features["token_embeddings"] = features["token_embeddings"].float()
    for module in modules:
        features = module(features)
    vectors: Tensor = features["sentence_embedding"]
    return vectors.float()


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Keep transformers silent while it reads, and let its errors name the folder.

    Parameters
    ----------
    folder : Path
        The model's.

    Yields
    ------
    None

    Raises
    ------
    ValueError
        When what is there can't be read.
    """
    from safetensors import SafetensorError
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    except (OSError, ValueError, SafetensorError) as error:
        first_line = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"{str(folder)!r} can't be read as a model: {first_line}"
        ) from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
