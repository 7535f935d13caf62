"""Texts as vectors by pretrained language models: BERT, MiniLM and their kin."""

from __future__ import annotations

import os

from mmbench.errors import RequirementError
from mmbench.feature_extraction.parameters import require_choice
from mmbench.feature_extraction.pretrained_folder import pretrained_folder
from mmbench.feature_extraction.pretrained_texts import PretrainedTextVectorizer, Reader
from mmbench.feature_extraction.transformer_loading import (
    sentence_network,
    transformer_network,
)

__all__ = [
    "SentenceTransformerVectorizer",
    "TransformerVectorizer",
    "pretrained_vectorizer",
]

_POOLINGS = ("cls", "mean")


class TransformerVectorizer(PretrainedTextVectorizer):
    """Text vectors from a pretrained transformer, the mean or first of its tokens'.

    Parameters
    ----------
    model : str or path
        A folder as ``save_pretrained`` of transformers writes it, or the name of a
        model on the Hugging Face hub that was fetched before (``hf download NAME``).
        Nothing is fetched here, no code of a model is run, and weights are read from
        safetensors only.
    pooling : {"mean", "cls"}, default="mean"
        What stands for a text: the mean of its tokens' vectors in the last layer, or
        the first token's.
    max_length : int, optional
        How many tokens of a text are read; by default as many as the model can. The
        rest is left out.
    precision : {"auto", "bfloat16", "float32"}, default="auto"
        What the network computes in. ``"auto"`` is bfloat16 where the processor has it
        in hardware and the vectors stay within a cosine of 0.999 of the exact ones on
        made-up texts, and otherwise float32.
    device : str, default="auto"
        Where it computes: what torch calls it, or ``"auto"``, a GPU where torch can
        use one.

    Attributes
    ----------
    precision_ : {"bfloat16", "float32"}
        What the network computes in. Looking at it loads the network.
    device_ : str
        Where it computes. Looking at it loads the network.
    row_wise : bool
        True: a text's vector doesn't depend on other texts, so an engine may compute
        all of them once.

    See Also
    --------
    SentenceTransformerVectorizer : Pools and scales as the model's authors did.

    Notes
    -----
    Nothing is learnt from ``X``, so ``transform`` needs no ``fit`` before it. Texts of
    like lengths go through the network together; the same text twice is computed once,
    and its vector is the same to the last bit whatever comes with it. A missing or
    blank text is a row of zeros. The network is loaded when it is first used and kept
    by the process, not by the extractor, so that clones share it and pickles stay
    small.

    References
    ----------
    J. Devlin, M.-W. Chang, K. Lee, K. Toutanova. *BERT: pre-training of deep
    bidirectional transformers for language understanding.* NAACL 2019.

    N. Reimers, I. Gurevych. *Sentence-BERT: sentence embeddings using siamese
    BERT-networks.* EMNLP 2019. (On pooling: the mean does better than the first token.)

    Examples
    --------
    >>> vectorizer = TransformerVectorizer("no/such-model")
    >>> vectorizer.transform(["red hat"])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    mmbench.errors.MissingWeightsError: ... Fetch it with: hf download no/such-model
    """

    _package = "transformers"

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        pooling: str = "mean",
        max_length: int | None = None,
        precision: str = "auto",
        device: str = "auto",
    ) -> None:
        self.model = model
        self.pooling = pooling
        self.max_length = max_length
        self.precision = precision
        self.device = device

    def _check_parameters(self) -> None:
        super()._check_parameters()
        require_choice("pooling", self.pooling, _POOLINGS)

    def _reader(self) -> Reader:
        return transformer_network, (self.pooling, self.max_length)


class SentenceTransformerVectorizer(PretrainedTextVectorizer):
    """Text vectors from a pretrained model of sentence-transformers.

    Its own pooling, layers and scaling behind the transformer are applied, as its
    authors trained it.

    Parameters
    ----------
    model : str or path
        A folder as ``save`` of sentence-transformers writes it, or the name of a model
        on the Hugging Face hub that was fetched before (``hf download NAME``). Nothing
        is fetched here; a model that brings code of its own, or weights in anything
        but safetensors, is refused.
    max_length, precision, device
        As in :class:`TransformerVectorizer`.

    Attributes
    ----------
    precision_, device_, row_wise
        As in :class:`TransformerVectorizer`.

    References
    ----------
    N. Reimers, I. Gurevych. *Sentence-BERT: sentence embeddings using siamese
    BERT-networks.* EMNLP 2019.

    Examples
    --------
    >>> vectorizer = SentenceTransformerVectorizer("no/such-model")
    >>> vectorizer.transform(["red hat"])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    mmbench.errors.MissingWeightsError: ... Fetch it with: hf download no/such-model
    """

    _package = "sentence_transformers"

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        max_length: int | None = None,
        precision: str = "auto",
        device: str = "auto",
    ) -> None:
        self.model = model
        self.max_length = max_length
        self.precision = precision
        self.device = device

    def _reader(self) -> Reader:
        return sentence_network, (self.max_length,)


def pretrained_vectorizer(model: str | os.PathLike[str]) -> PretrainedTextVectorizer:
    """Return the vectorizer that suits a pretrained model.

    Parameters
    ----------
    model : str or path
        As :class:`TransformerVectorizer` takes it.

    Returns
    -------
    SentenceTransformerVectorizer or TransformerVectorizer
        The first where the model's folder says how sentence-transformers pools; the
        other where it doesn't, or the model is not on this machine.
    """
    try:
        pools = (pretrained_folder(model) / "modules.json").is_file()
    except RequirementError:
        pools = False
    return (
        SentenceTransformerVectorizer(model) if pools else TransformerVectorizer(model)
    )
