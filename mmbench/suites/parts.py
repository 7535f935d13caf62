"""The pieces that the built-in suites are put together from.

A *unit* is what one branch reads: one text column, one image column, or all numeric or
all categorical columns at once. Method names are paths, so that ``--method 'image/*'``
and ``--method '*/early/*'`` choose what they say:
``<units>/<extractors>[/<fusion>]/<classifier>``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from sklearn.dummy import DummyClassifier
from sklearn.model_selection import StratifiedKFold

from mmbench.fusion import (
    FusionNetClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    Rule,
    branch,
    early_fusion,
    stacked_fusion,
)
from mmbench.predictors import make_classifier
from mmbench.suites.materials import Materials

if TYPE_CHECKING:
    from sklearn.base import ClassifierMixin
    from sklearn.pipeline import Pipeline


Methods = dict[str, "ClassifierMixin"]


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
