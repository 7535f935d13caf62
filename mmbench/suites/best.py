"""A small portfolio of what an expert would try first, and its greedy ensemble.

Ten lines a modality at most, since the ensemble fits each of its members once more in
every inner fold. ``benchmarks/contenders.py`` prints what the ensemble scores.
"""

from __future__ import annotations

from mmbench.suites import native
from mmbench.suites.kinds import LINEAR
from mmbench.suites.materials import Materials
from mmbench.suites.parts import UNWEIGHTED, Methods, alone, floors, fused, merged

PORTFOLIO = {
    "text": (
        ("words+chars", "linear_svm"),
        ("words+chars", LINEAR),
        ("bigrams", "complement_nb"),
        ("bigrams", "nb_svm"),
    ),
    "image": ((None, LINEAR),),
    "audio": ((None, LINEAR), (None, "random_forest")),
    "video": ((None, LINEAR), ("motion", "random_forest")),
    "numeric": (("quantiles", LINEAR),),
    "view": (("numeric", LINEAR), ("numeric", "knn")),
    "categorical": (("categorical", LINEAR),),
}
"""Extractors and predictors by modality; None stands for the main extractor."""

EARLY = (LINEAR, "linear_svm")
"""What is trained on all units side by side, texts as words and characters."""

FOR_IMBALANCE = ("logistic_balanced", "linear_svm_corrected")
"""What aims at rare classes, where there are any, on all units or the only one."""


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; the last is the ensemble of all others but the floors.
    """
    portfolio = merged(
        (_alone(materials, unit, kind) for unit, kind in materials.units().items()),
        _early(materials),
        native.methods(materials),
    )
    if len(portfolio) < 2:
        return floors(materials) | portfolio
    voters = list(portfolio.items())
    ensemble = materials.kind.greedy(
        [(name.replace("__", "_"), each) for name, each in voters],
        cv=materials.kind.few,
    )
    name = f"{'+'.join(materials.units())}/portfolio/greedy"
    return floors(materials) | portfolio | {name: ensemble}


def _alone(materials: Materials, unit: str, kind: str) -> Methods:
    pairs = list(PORTFOLIO.get("view" if unit in materials.views else kind, ()))
    if kind == "text":
        models = materials.pretrained_texts()
        pairs += [(model, LINEAR) for model in models]
        pairs += [(f"words+chars+{m}", each) for m in models for each in EARLY]
        if materials.imbalanced and len(materials.units()) == 1:
            pairs += [("words+chars", each) for each in FOR_IMBALANCE]
    main = materials.main_extractor(unit)
    return merged(alone(materials, unit, e or main, p) for e, p in pairs)


def _early(materials: Materials) -> Methods:
    """Return all units side by side, and the products of a text and a medium."""
    units = materials.units()
    if len(units) < 2:
        return {}
    rich = "+".join(["words+chars", *materials.pretrained_texts()[:1]])
    extractors = {unit: rich for unit, kind in units.items() if kind == "text"}
    extra = FOR_IMBALANCE if materials.imbalanced else ()
    texts = [unit for unit, kind in units.items() if kind == "text"][:1]
    media = [u for u, kind in units.items() if kind in ("image", "audio", "video")][:1]
    return merged(
        (
            fused(materials, tuple(units), UNWEIGHTED, each, extractors)
            for each in (*EARLY, *extra)
        ),
        # What a text asks may decide what a picture says: no sum of both can tell.
        (
            fused(materials, (text, medium), "interaction", LINEAR, extractors)
            for text in texts
            for medium in media
        ),
    )
