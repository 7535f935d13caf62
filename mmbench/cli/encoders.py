"""The rows of ``mmbench list extractors``: what each costs and needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Cost = Literal["low", "medium", "high"]

_NETWORKS: Mapping[str, Cost] = {
    "mobilenet_v2": "medium",
    "efficientnet_b0": "medium",
    "resnet18": "medium",
    "resnet50": "high",
    "inception_v3": "high",
    "vgg16": "high",
    "convnext_tiny": "high",
    "vit_b_16": "high",
}
"""Some of torchvision's networks; all others are named likewise."""

_PRETRAINED = "mmbench[pretrained]"

_WITHOUT_NAME: Mapping[str, tuple[str, str, Cost, str]] = {
    # name: modality, class, cost, needs
    "rnn": ("text", "RNNVectorizer", "high", "Python, mmbench[torch]"),
    "transformer": (
        "text",
        "TransformerVectorizer",
        "high",
        "mmbench[transformers], --text-model MODEL",
    ),
    "sentence_transformer": (
        "text",
        "SentenceTransformerVectorizer",
        "high",
        "mmbench[transformers], --text-model MODEL",
    ),
    "timm": ("image", "TimmExtractor", "high", "Python, mmbench[timm], weights"),
    "torch_module": (
        "image",
        "TorchModuleExtractor",
        "high",
        "Python, mmbench[torch], your network",
    ),
}
"""No method of the built-in suites carries these names: it carries the model's, or they
are used from Python only."""

_COSTS: Mapping[str, Cost] = {
    "word2vec": "medium",
    "glove": "medium",
    "fasttext": "medium",
    "lstm": "high",
    "hog": "medium",
    "lbp": "medium",
    "mfcc": "medium",
    "glyph_cnn": "medium",
    "efficientnet_lite0": "medium",
    "minilm": "high",
    "motion": "medium",
    "frames-hog": "high",
    "frames-color": "medium",
}
_NEEDS = {
    "vectors": "--vectors PATH",
    "lstm": "mmbench[torch]",
    "glyph_cnn": "mmbench[torch]",
    "minilm": _PRETRAINED,
    "efficientnet_lite0": _PRETRAINED,
    **dict.fromkeys(_NETWORKS, "mmbench[torch], weights"),
}
_DESCRIBED = {
    "chars": "TF-IDF of character 2- to 5-grams: good for any language.",
    "glyph_cnn": "Features of the small CNN for characters that mmbench ships.",
    "efficientnet_lite0": "Features of EfficientNet-Lite0, trained on ImageNet.",
    "minilm": "Sentence vectors by all-MiniLM-L6-v2.",
    "frames-hog": "HOG of eight frames: their mean, and the mean step between them.",
    "frames-color": "Colours of eight frames: their mean, and the mean step.",
    **{
        name: f"Features of torchvision's {name}, of weights fetched or given."
        for name in _NETWORKS
    },
}


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """A row.

    Parameters
    ----------
    name : str
        Under which methods carry it, or a short one of what is used from Python only.
    modality : str
        What it reads.
    class_ : str
        The class of :mod:`mmbench.feature_extraction`.
    cost : {"low", "medium", "high"}
        Below 1, up to 20, or more milliseconds of one core for an item of usual size,
        what is learnt from it included.
    needs : str or None
        The extra to install, and the weights to give.
    description : str
        What it is.
    """

    name: str
    modality: str
    class_: str
    cost: Cost
    needs: str | None
    description: str


def encoders() -> list[dict[str, Any]]:
    """Return what there is to encode texts, images, sounds and videos with."""
    rows = [*_named(), *_without_name()]
    return [{k.rstrip("_"): v for k, v in asdict(row).items()} for row in rows]


def _named() -> Iterator[Encoder]:
    from mmbench.feature_extraction import (
        CNNExtractor,
        PretrainedWordVectorizer,
        SentenceTransformerVectorizer,
    )
    from mmbench.suites import materials

    texts: dict[str, Callable[..., Any]] = {
        **materials.TEXT_EXTRACTORS,
        "vectors": PretrainedWordVectorizer,
        "minilm": SentenceTransformerVectorizer,
    }
    own = ("glyph_cnn", "efficientnet_lite0")
    networks = dict.fromkeys((*own, *_NETWORKS), CNNExtractor)
    images: dict[str, Callable[..., Any]] = {**materials.IMAGE_EXTRACTORS, **networks}
    audio: dict[str, Callable[..., Any]] = dict(materials.AUDIO_EXTRACTORS)
    kinds = {
        "text": texts,
        "image": images,
        "audio": audio,
        "video": dict(materials.VIDEO_EXTRACTORS),
    }
    for modality, made in kinds.items():
        for name, make in made.items():
            kind = make if isinstance(make, type) else type(make())
            yield Encoder(
                name=name,
                modality=modality,
                class_=kind.__name__,
                cost=_NETWORKS.get(name) or _COSTS.get(name, "low"),
                needs=_NEEDS.get(name),
                description=_DESCRIBED.get(name) or _first_line(kind),
            )


def _without_name() -> Iterator[Encoder]:
    from mmbench import feature_extraction

    for name, (modality, class_name, cost, needs) in _WITHOUT_NAME.items():
        yield Encoder(
            name=name,
            modality=modality,
            class_=class_name,
            cost=cost,
            needs=needs,
            description=_first_line(getattr(feature_extraction, class_name)),
        )


def _first_line(kind: Callable[..., Any]) -> str:
    return str(kind.__doc__).strip().splitlines()[0]
