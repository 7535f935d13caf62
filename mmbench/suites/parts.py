"""The pieces that the built-in suites are put together from.

A *unit* is what one branch reads: one text column, one image column, or all numeric or
all categorical columns at once. Method names are paths, so that ``--method 'image/*'``
and ``--method '*/early/*'`` choose what they say:
``<units>/<extractors>[/<fusion>]/<classifier>``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import OneHotEncoder

from mmbench import feature_extraction as fe
from mmbench.classifiers import make_classifier
from mmbench.errors import UsageError
from mmbench.fusion import (
    BlockScaler,
    FusionNetClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    Rule,
    branch,
    early_fusion,
    stacked_fusion,
)

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin, TransformerMixin
    from sklearn.pipeline import Pipeline

    from mmbench.datasets import Dataset, Modality

Methods = dict[str, "ClassifierMixin"]

TEXT_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {
        "bow": fe.CountVectorizer,
        "tfidf": lambda: fe.TfidfVectorizer(sublinear_tf=True),
        "chars": lambda: fe.TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True
        ),
        "hashing": lambda: fe.HashingVectorizer(n_features=2**14),
        "word2vec": fe.Word2VecVectorizer,
        "glove": fe.GloVeVectorizer,
        "fasttext": fe.FastTextVectorizer,
        "lstm": fe.LSTMVectorizer,
    }
)
IMAGE_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {
        "pixels": fe.PixelsExtractor,
        "color": fe.ColorHistogramExtractor,
        "hog": fe.HOGExtractor,
        "lbp": fe.LBPExtractor,
    }
)
AUDIO_EXTRACTORS: Mapping[str, Callable[[], TransformerMixin]] = MappingProxyType(
    {"mfcc": fe.AudioExtractor}
)
_SPARSE = frozenset({"bow", "tfidf", "chars", "hashing"})


@dataclass(frozen=True, kw_only=True)
class Materials:
    """What a suite is built for: the columns, and the pretrained files at hand.

    Parameters
    ----------
    modalities : mapping of str to Modality
        The kind of every column.
    weights : mapping of str to path or str, default={"mobilenet_v2": "default"}
        Network to its weights, as :class:`~mmbench.feature_extraction.CNNExtractor`
        takes them. The first network is the one that fusions use.
    vectors : path, optional
        A file of pretrained word vectors.
    """

    modalities: Mapping[str, Modality]
    weights: Mapping[str, str] = field(
        default_factory=lambda: {"mobilenet_v2": "default"}
    )
    vectors: Path | None = None

    def units(self) -> dict[str, Modality]:
        """Return the name and the modality of every unit."""
        units: dict[str, Modality] = {}
        for column, modality in self.modalities.items():
            joined = modality in ("numeric", "categorical")
            units[modality if joined else column] = modality
        return units

    def extractors(self, modality: Modality) -> list[str]:
        """Return the names of all extractors for a modality, most telling first."""
        if modality == "text":
            pretrained = ["vectors"] if self.vectors else []
            trained = ["word2vec", "glove", "fasttext"]
            return ["tfidf", "chars", *pretrained, *trained, "bow", "hashing", "lstm"]
        if modality == "image":
            return [*self.weights, "hog", "color", "lbp", "pixels"]
        if modality == "audio":
            return list(AUDIO_EXTRACTORS)
        if modality in ("numeric", "categorical"):
            return [modality]
        raise UsageError(f"the built-in suites can't read {modality} columns.")

    def main_extractor(self, unit: str) -> str:
        """Return the name of the extractor that fusions use for a unit."""
        return self.extractors(self.units()[unit])[0]

    def features(self, unit: str, extractor: str) -> Pipeline:
        """Return the branch that turns a unit into scaled features."""
        columns: Any = unit
        if extractor in ("numeric", "categorical"):
            columns = [c for c, kind in self.modalities.items() if kind == extractor]
        return branch(columns, *self._steps(extractor))

    def _steps(self, extractor: str) -> list[TransformerMixin]:
        if extractor in TEXT_EXTRACTORS:
            sparse = extractor in _SPARSE
            made = TEXT_EXTRACTORS[extractor]()
            return [made] if sparse else [made, BlockScaler()]
        if extractor == "vectors":
            return [fe.PretrainedWordVectorizer(str(self.vectors)), BlockScaler()]
        if extractor == "categorical":
            return [OneHotEncoder(handle_unknown="ignore", min_frequency=2)]
        imputer = SimpleImputer(keep_empty_features=True)
        if extractor == "numeric":
            return [imputer, BlockScaler()]
        descriptors = {**IMAGE_EXTRACTORS, **AUDIO_EXTRACTORS}
        if extractor in descriptors:
            return [descriptors[extractor](), imputer, BlockScaler()]
        weights = str(self.weights[extractor])
        # A photo matters up to its edges, which cropping to the centre would cut off.
        network = fe.CNNExtractor(extractor, weights, framing="pad")
        return [network, imputer, BlockScaler()]


def dummy() -> Methods:
    """Return the method that looks at nothing: the floor of every table."""
    return {"dummy": DummyClassifier(strategy="prior")}


def alone(
    materials: Materials,
    unit: str,
    extractor: str,
    classifier: str = "logistic",
    name: str | None = None,
) -> Methods:
    """Return the method that sees one unit only."""
    steps = materials.features(unit, extractor).steps
    model = branch(
        steps[0][1].columns, *(s for _, s in steps[1:]), make_classifier(classifier)
    )
    return {name or f"{unit}/{extractor}/{classifier}": model}


def fused(
    materials: Materials,
    units: Sequence[str],
    fusion: str,
    classifier: str = "logistic",
    extractors: Mapping[str, str] | None = None,
) -> Methods:
    """Return the method that joins several units by one of :data:`FUSIONS`."""
    chosen = {u: (extractors or {}).get(u, materials.main_extractor(u)) for u in units}
    blocks = [(u, materials.features(u, e)) for u, e in chosen.items()]
    voters = [
        (u, next(iter(alone(materials, u, e, classifier).values())))
        for u, e in chosen.items()
    ]
    model = FUSIONS[fusion](blocks, voters, classifier)
    parts = "+".join(dict.fromkeys(chosen.values()))
    decides = "network" if fusion in NETWORKS else classifier
    return {f"{'+'.join(units)}/{parts}/{fusion}/{decides}": model}


_Blocks = list[tuple[str, "Pipeline"]]

# Tables are often sorted, by class even: folds in the order of the rows would lie.
_INNER = StratifiedKFold(5, shuffle=True, random_state=0)


def _late(rule: Rule) -> Callable[[_Blocks, _Blocks, str], ClassifierMixin]:
    return lambda _, voters, __: LateFusionClassifier(voters, rule=rule, cv=_INNER)


def _early(blocks: _Blocks, _voters: _Blocks, classifier: str) -> ClassifierMixin:
    return early_fusion(blocks, make_classifier(classifier))


def _hybrid(blocks: _Blocks, _voters: _Blocks, classifier: str) -> ClassifierMixin:
    return HybridFusionClassifier(blocks, make_classifier(classifier))


def _stacked(_blocks: _Blocks, voters: _Blocks, _classifier: str) -> ClassifierMixin:
    return stacked_fusion(voters, make_classifier("logistic", C=10.0), cv=_INNER)


def _network(fusion: str) -> Callable[[_Blocks, _Blocks, str], ClassifierMixin]:
    return lambda blocks, _, __: FusionNetClassifier(blocks, fusion=fusion)


NETWORKS = {"joint": "concat", "gated": "gated", "attention": "attention"}
"""Fusions whose classifier is the network itself, and how they join its layers."""

FUSIONS: Mapping[str, Callable[[_Blocks, _Blocks, str], ClassifierMixin]] = (
    MappingProxyType(
        {
            "early": _early,
            "late-mean": _late("mean"),
            "late-product": _late("product"),
            "late-max": _late("max"),
            "late-vote": _late("vote"),
            "late-weighted": _late("weighted"),
            "hybrid": _hybrid,
            "stacked": _stacked,
            **{name: _network(fusion) for name, fusion in NETWORKS.items()},
        }
    )
)


def unit_sets(materials: Materials) -> list[tuple[str, ...]]:
    """Return the sets of units worth fusing: everything, each modality, each pair.

    Pairs join units of two modalities, and are left out when there are more than six
    units, since their number grows with the square.

    Examples
    --------
    >>> unit_sets(Materials(modalities={"name": "text", "photo": "image"}))
    [('name', 'photo')]
    >>> columns = {"name": "text", "body": "text", "photo": "image"}
    >>> unit_sets(Materials(modalities=columns))
    [('name', 'body', 'photo'), ('name', 'body'), ('name', 'photo'), ('body', 'photo')]
    """
    units = materials.units()
    kinds = dict.fromkeys(units.values())
    of_kind = [tuple(u for u in units if units[u] == kind) for kind in kinds]
    sets = [tuple(units), *of_kind]
    if len(units) <= 6:
        pairs = itertools.combinations(units, 2)
        sets += [(a, b) for a, b in pairs if units[a] != units[b]]
    return [s for s in dict.fromkeys(sets) if len(s) > 1]


def merged(*parts: Methods | Iterator[Methods]) -> Methods:
    """Return all methods in one mapping, in order."""
    methods: Methods = {}
    for part in parts:
        for piece in [part] if isinstance(part, dict) else part:
            methods |= piece
    return methods


def modalities_of(datasets: Sequence[Dataset]) -> dict[str, Modality]:
    """Return the columns of several datasets in one mapping.

    Raises
    ------
    UsageError
        When a column is of one modality here and of another there.
    """
    columns: dict[str, Modality] = {}
    for dataset in datasets:
        for column, modality in dataset.modalities.items():
            if columns.setdefault(column, modality) != modality:
                raise UsageError(
                    f"column {column!r} is {columns[column]} in one dataset and "
                    f"{modality} in {dataset.name!r}; a suite needs them to agree."
                )
    return columns
