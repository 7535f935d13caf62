"""The pieces that the built-in suites are put together from.

A *unit* is what one branch reads: one text column, one image column, or all numeric or
all categorical columns at once. Method names are paths, so that ``--method 'image/*'``
and ``--method '*/early/*'`` choose what they say:
``<units>/<extractors>[/<fusion>]/<predictor>``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from sklearn.model_selection import KFold

from mmbench.fusion import (
    append_step,
    branch,
    early_fusion,
    interaction_fusion,
    robust_fusion,
    searched_early_fusion,
    similarity_fusion,
    stacked_fusion,
)
from mmbench.fusion.joint_spaces import SingularVectors
from mmbench.suites.kinds import LINEAR, PredictorKind
from mmbench.suites.materials import Materials

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline


Methods = dict[str, "BaseEstimator"]


def floors(materials: Materials) -> Methods:
    """Return the methods that look at nothing: the floor of every table.

    Parameters
    ----------
    materials : Materials
        Its task defines the floors.

    Returns
    -------
    dict of str to estimator
        Unfitted dummy methods by name.
    """
    return dict(materials.task.answers.floors())


def alone(
    materials: Materials,
    unit: str,
    extractor: str,
    predictor: str = LINEAR,
    name: str | None = None,
) -> Methods:
    """Return the method that sees one unit only; none without such a predictor.

    Parameters
    ----------
    materials : Materials
        What there is to build methods from.
    unit : str
        A name from ``materials.units()``.
    extractor : str
        The name of one of the unit's extractors.
    predictor : str, default="linear"
        A preset's name.
    name : str, optional
        The method's name; by default made of the other three.

    Returns
    -------
    dict of str to estimator
        The unfitted method by name, or an empty dict.
    """
    kind = materials.kind
    if not kind.has(predictor):
        return {}
    steps = materials.features(unit, extractor).steps
    model = branch(
        steps[0][1].columns, *(s for _, s in steps[1:]), kind.make(predictor)
    )
    return {name or f"{unit}/{extractor}/{kind.named(predictor)}": model}


def fused(
    materials: Materials,
    units: Sequence[str],
    fusion: str,
    predictor: str = LINEAR,
    extractors: Mapping[str, str] | None = None,
) -> Methods:
    """Return the method that joins several units by one of :func:`fusions`, if any.

    Parameters
    ----------
    materials : Materials
        What there is to build methods from.
    units : sequence of str
        Names from ``materials.units()``.
    fusion : str
        A key of ``FUSIONS`` or ``ROBUST``, or ``UNWEIGHTED``: early fusion, all weights
        one.
    predictor : str, default="linear"
        A preset's name.
    extractors : mapping of str to str, optional
        The names of extractors by unit, where not the main ones.

    Returns
    -------
    dict of str to estimator
        The unfitted method by name, or an empty dict: without such a predictor, for the
        median of two, the similarities of more than three, and the products of more
        than two.
    """
    kind = materials.kind
    least, most = _UNITS.get(fusion, (0, len(units)))
    if not kind.has(predictor) or not least <= len(units) <= most:
        return {}
    chosen = {u: (extractors or {}).get(u, materials.main_extractor(u)) for u in units}
    blocks = [(u, materials.features(u, e)) for u, e in chosen.items()]
    voters = [
        (u, next(iter(alone(materials, u, e, predictor).values())))
        for u, e in chosen.items()
    ]
    build = {UNWEIGHTED: _plain, **FUSIONS, **ROBUST}[fusion]
    model = build(kind, blocks, voters, predictor)
    parts = "+".join(dict.fromkeys(chosen.values()))
    decides = "network" if fusion in NETWORKS else kind.named(predictor)
    return {f"{'+'.join(units)}/{parts}/{fusion}/{decides}": model}


UNWEIGHTED = "early-unweighted"
"""Early fusion whose blocks all weigh the same, whatever they are worth."""

_Blocks = list[tuple[str, "Pipeline"]]
_Build = Callable[[PredictorKind, _Blocks, _Blocks, str], "BaseEstimator"]


def _late(rule: str) -> _Build:
    """Combine those voters by a rule that help out of fold, so that none sinks it."""

    def build(
        kind: PredictorKind, _blocks: _Blocks, voters: _Blocks, _predictor: str
    ) -> BaseEstimator:
        folds = {"rule": rule, "cv": kind.inner}
        if rule == "weighted":
            late: BaseEstimator = kind.late(voters, **folds)
        else:
            late = kind.greedy(voters, replace=False, **folds)
        return late

    return build


def _early(
    kind: PredictorKind, blocks: _Blocks, _voters: _Blocks, predictor: str
) -> BaseEstimator:
    """Search the blocks' weights where they matter, which they don't to trees."""
    if predictor != LINEAR:
        return _plain(kind, blocks, _voters, predictor)
    model = kind.make(predictor)
    return searched_early_fusion(blocks, model, kind.penalties, cv=kind.few)


def _plain(
    kind: PredictorKind, blocks: _Blocks, _voters: _Blocks, predictor: str
) -> BaseEstimator:
    return early_fusion(blocks, kind.make(predictor))


def _hybrid(
    kind: PredictorKind, blocks: _Blocks, _voters: _Blocks, predictor: str
) -> BaseEstimator:
    hybrid: BaseEstimator = kind.hybrid(
        blocks, kind.make(predictor), rule="weighted", cv=kind.inner
    )
    return hybrid


def _stacked(
    kind: PredictorKind, _blocks: _Blocks, voters: _Blocks, _predictor: str
) -> BaseEstimator:
    return stacked_fusion(voters, kind.make_final(), cv=kind.inner)


def _similarity(
    kind: PredictorKind, blocks: _Blocks, _voters: _Blocks, predictor: str
) -> BaseEstimator:
    return similarity_fusion(blocks, kind.make(predictor), cv=_UNLABELLED_FOLDS)


def _interaction(
    kind: PredictorKind, blocks: _Blocks, _voters: _Blocks, predictor: str
) -> BaseEstimator:
    reduced = [(u, append_step(b, SingularVectors(_MULTIPLIED))) for u, b in blocks]
    return interaction_fusion(reduced, kind.make(predictor))


def _robust(*, convert: bool, dropout: float) -> _Build:
    def build(
        kind: PredictorKind, blocks: _Blocks, _voters: _Blocks, predictor: str
    ) -> BaseEstimator:
        model = kind.make(predictor)
        return robust_fusion(blocks, model, convert=convert, dropout=dropout)

    return build


def _network(fusion: str) -> _Build:
    return lambda kind, blocks, _, __: kind.network(blocks, fusion=fusion)


_LATE = "late-"
# The median of two is their mean; pairs to compare grow with the square of the units.
_UNITS = {f"{_LATE}median": (3, 99), "similarity": (2, 3), "interaction": (2, 2)}
# Each block keeps so many columns, since they are multiplied.
_MULTIPLIED = 40
# Tables are often sorted, so folds in the order of the rows would tell nothing.
_UNLABELLED_FOLDS = KFold(5, shuffle=True, random_state=0)

NETWORKS = {"joint": "concat", "gated": "gated", "attention": "attention"}
"""Fusions whose predictor is the network itself, and how they join its layers."""

FUSIONS: Mapping[str, _Build] = MappingProxyType(
    {
        "early": _early,
        **{
            f"{_LATE}{rule}": _late(rule)
            for rule in ("mean", "product", "max", "vote", "median", "weighted")
        },
        "hybrid": _hybrid,
        "stacked": _stacked,
        "similarity": _similarity,
        "interaction": _interaction,
        **{name: _network(fusion) for name, fusion in NETWORKS.items()},
    }
)
"""All fusions."""

ROBUST: Mapping[str, _Build] = MappingProxyType(
    {
        "early-converted": _robust(convert=True, dropout=0.0),
        "early-dropout": _robust(convert=False, dropout=0.25),
    }
)
"""Early fusions that expect missing modalities: predicted, or dropped in training."""


def fusions(materials: Materials) -> list[str]:
    """Return the names of the fusions that there are of the task's predictors.

    Parameters
    ----------
    materials : Materials
        Its task decides which rules of late fusion exist.

    Returns
    -------
    list of str
        Keys of ``FUSIONS``, in their order.
    """
    rules = {f"{_LATE}{rule}" for rule in materials.kind.rules}
    return [each for each in FUSIONS if not each.startswith(_LATE) or each in rules]


def unit_sets(materials: Materials) -> list[tuple[str, ...]]:
    """Return the sets of units worth fusing: everything, each modality, each pair.

    Pairs join units of two modalities, and are left out when there are more than six
    units, since their number grows with the square.

    Parameters
    ----------
    materials : Materials
        What there is to build methods from.

    Returns
    -------
    list of (tuple of str)
        Each set of at least two units once; that of all units is the first.

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
    """Return all methods in one mapping, in order.

    Parameters
    ----------
    *parts : dict or iterator of dict
        Methods by name; a later method replaces one of the same name.

    Returns
    -------
    dict of str to estimator
        A new dict.
    """
    methods: Methods = {}
    for part in parts:
        for piece in [part] if isinstance(part, dict) else part:
            methods |= piece
    return methods
