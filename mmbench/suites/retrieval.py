"""Joint spaces of texts and pictures: every way to learn one, and what joining adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from mmbench.errors import UsageError
from mmbench.feature_extraction import signed_root
from mmbench.feature_extraction.dual_encoder import DualEncoderImages, DualEncoderTexts
from mmbench.fusion import BlockScaler, append_step, branch
from mmbench.fusion.early import scaled
from mmbench.fusion.embedding import (
    ChiSquaredRidge,
    EmbeddingEnsemble,
    JointEmbedding,
    PopularityEmbedding,
    SemanticMatching,
    TaughtMatching,
)
from mmbench.fusion.joint_spaces import (
    BaggedSpace,
    CCASpace,
    ContrastiveSpace,
    NeighbourSpace,
    PLSSpace,
    ProcrustesSpace,
    RidgeSpace,
    SharedSpace,
    SingularVectors,
)
from mmbench.suites.kinds import CLASSES
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, floors, merged

__all__ = ["methods", "scoring"]

_LOCAL = {"n_neighbors": 10}
# Many small directions help to tell single things apart, if weak ones count little.
_WIDE = {**_LOCAL, "max_width": 600}
_CONTRASTIVE = ContrastiveSpace(max_epochs=10, patience=3)

SPACES: Mapping[str, tuple[Any, Mapping[str, int]]] = {
    "cca": (CCASpace(200), {}),
    "cca-local": (CCASpace(200, power=2.0), _LOCAL),
    "cca-wide": (CCASpace(200, power=3.0, max_width=600), _WIDE),
    "cca-wide-ridge": (CCASpace(200, regularization=1.0, max_width=600), _WIDE),
    "pls": (PLSSpace(), {}),
    "ridge-to-image": (RidgeSpace("y"), {}),
    "ridge-to-text": (RidgeSpace("x"), {}),
    "procrustes": (ProcrustesSpace(), {}),
    "neighbours-local": (NeighbourSpace(), _LOCAL),
    "contrastive-local": (_CONTRASTIVE, _LOCAL),
    "bagged-cca": (BaggedSpace(CCASpace(64)), {}),
}
"""How both sides become comparable: a space, and parameters of the joint embedding."""

_OF_MAIN = (
    *("cca", "cca-local", "pls", "ridge-to-image", "ridge-to-text", "procrustes"),
    *("neighbours-local", "bagged-cca"),
)
_OF_OTHERS = ("cca-local",)
# What may gain by seeing several extractors at once.
_OF_JOINED = ("cca", "cca-local")
_OF_TEXTS = ("cca-local", "cca-wide", "cca-wide-ridge", "neighbours-local")
# Others cost more, as members are fitted to inner folds, or are like one of these.
_MEMBERS = frozenset(
    {*_OF_TEXTS, "ridge-to-text", "dual-encoder", "extra_trees", "voting", "taught"}
)
_RULES = {
    "mean": "late-mean",
    "weighted": "late-weighted",
    "greedy": "late-greedy",
    "reciprocal_rank": "late-reciprocal-rank",
    "learned_rank": "stacked-ranker",
    "best": "best",
}
_FEW_FOLDS = 3
_SEVERAL_TEXTS = 3

_OF_CLASSES = (
    *("map", "map_at_r", "mrr", "ndcg_at_10", "hit_at_1", "hit_at_10"),
    *("text_to_image_map", "image_to_text_map"),
)


class Features(NamedTuple):
    """The features of both sides.

    Attributes
    ----------
    name : str
        Such as ``"tfidf+efficientnet_lite0"``.
    sides : list of (str, Pipeline)
        ``text`` and ``image``, and what makes features of each.
    """

    name: str
    sides: list[tuple[str, Pipeline]]


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Every space stands on the main extractor of each side; canonical correlation
    analysis also on every other extractor, on all of a side joined, and where a side of
    texts has several, on these joined beside the main extractor of pictures. Ensembles
    are of what is cheap among these.

    Parameters
    ----------
    materials : Materials
        The columns, and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.

    Raises
    ------
    DataError
        When there are not two sides.
    """
    plain, joined = _all_features(materials)
    popular = f"{plain[0].name}/popularity"
    alone = merged(
        {popular: PopularityEmbedding(plain[0].sides, SPACES["cca"][0])},
        (_joint(plain[0], space) for space in _OF_MAIN),
        # It takes long, so that only the richest features are tried.
        _joint((joined or plain)[0], "contrastive-local"),
        (_joint(each, space) for each in plain[1:] for space in _OF_OTHERS),
        (_joint(each, space) for each in joined[:1] for space in _OF_JOINED),
        # Where several extractors read the texts, there is more to tell apart.
        (_joint(joined[0], space) for space in _OF_TEXTS[1:3] if len(joined) > 1),
        (_joint(each, space) for each in joined[1:] for space in _OF_TEXTS),
        _dual_encoder(materials),
        _semantic(materials, plain[0]) if materials.class_keys else {},
    )
    # Where few extractors are joined, single ones add little to these.
    few = {features.name for features in plain[1:]} if len(joined) < 2 else set()
    members = {
        name: method
        for name, method in alone.items()
        if name.rpartition("/")[2] in _MEMBERS and name.partition("/")[0] not in few
    }
    return merged(floors(materials), alone, _ensembles(members))


def scoring(materials: Materials) -> tuple[str, ...] | None:
    """Return the metrics that suit the keys, None for those of paired data.

    Parameters
    ----------
    materials : Materials
        Says whether keys are classes.

    Returns
    -------
    tuple of str or None
        The first ranks.
    """
    return _OF_CLASSES if materials.class_keys else None


def _joint(features: Features, space: str) -> Methods:
    made, options = SPACES[space]
    if space.startswith("contrastive") and find_spec("torch") is None:
        return {}
    return {f"{features.name}/{space}": JointEmbedding(features.sides, made, **options)}


def _dual_encoder(materials: Materials) -> Methods:
    """Return the model of both sides that is given, as it is."""
    if materials.dual_encoder is None:
        return {}
    first = {side: units[0] for side, units in _units_of_sides(materials).items()}
    kinds = [materials.units()[unit] for unit in first.values()]
    if kinds != ["text", "image"]:
        raise UsageError(
            "a dual encoder (--dual-encoder) embeds texts and pictures, got "
            f"{' and '.join(kinds)} columns."
        )
    halves = {
        "text": DualEncoderTexts(materials.dual_encoder),
        "image": DualEncoderImages(materials.dual_encoder),
    }
    sides = [(side, branch(unit, halves[side])) for side, unit in first.items()]
    name = Path(materials.dual_encoder).name.replace("+", "-").lower()
    return {
        f"{name}/dual-encoder": JointEmbedding(
            sides, SharedSpace(), n_neighbors=0, max_width=None
        )
    }


def _semantic(materials: Materials, features: Features) -> Methods:
    """Return the matching of classes by classifiers, and by several of these."""
    made = _probabilities()
    singles = list(made.items())
    made["voting"] = VotingClassifier(singles, voting="soft")
    # Products of probabilities are as good as these are calibrated.
    made["greedy"] = CLASSES.greedy(singles, scoring="neg_log_loss", cv=CLASSES.few)

    def classifier(made_of: Pipeline, model: Any) -> Pipeline:
        return append_step(append_step(made_of, SingularVectors()), model)

    matched: dict[str, Any] = {
        name: SemanticMatching(
            [(side, classifier(made_of, model)) for side, made_of in features.sides]
        )
        for name, model in made.items()
    }
    (_, teacher), (_, own) = matched["voting"].sides
    sides = [("text", teacher), ("image", _histograms(materials))]
    matched["taught"] = TaughtMatching(sides, own=own)
    return {f"{features.name}/semantic/{name}": each for name, each in matched.items()}


def _histograms(materials: Materials) -> Pipeline:
    """Return a regression on features of the pictures as they are, unscaled."""
    unit = _units_of_sides(materials)["image"][0]
    is_view = materials.units()[unit] == "numeric"
    name = "numeric" if is_view else materials.main_extractor(unit)
    steps = [step for _, step in materials.features(unit, name).steps]
    kept = [step for step in steps if not isinstance(step, BlockScaler)]
    return make_pipeline(*kept, ChiSquaredRidge())


def _probabilities() -> dict[str, Any]:
    """Return classifiers whose probabilities are smooth enough to be multiplied."""
    # Widths of kernels over blocks whose rows have unit mean squared norm.
    wide, narrow = (Nystroem(gamma=gamma, n_components=500) for gamma in (0.25, 1.0))
    return {
        "extra_trees": CLASSES.make_preset(
            "extra_trees", n_estimators=300, min_samples_leaf=2
        ),
        "boosting": HistGradientBoostingClassifier(
            learning_rate=0.06, max_iter=60, max_leaf_nodes=8, l2_regularization=1.0
        ),
        "kernel-wide": make_pipeline(wide, LogisticRegression(C=5.0, max_iter=300)),
        "kernel-narrow": make_pipeline(narrow, LogisticRegression(C=3.0, max_iter=300)),
    }


def _ensembles(members: Methods) -> Iterator[Methods]:
    """Yield the ensembles of all members."""
    named = [(name.replace("/", "-"), member) for name, member in members.items()]
    for rule, name in _RULES.items():
        yield {f"all/{name}": EmbeddingEnsemble(named, rule=rule, cv=_FEW_FOLDS)}


def _units_of_sides(materials: Materials) -> dict[str, list[str]]:
    """Return the units of each side."""
    from mmbench.tasks.retrieval.sides import sides_of

    units = materials.units()
    parts = {u: u if u in materials.views else kind for u, kind in units.items()}
    return {side: list(names) for side, names in sides_of(parts).items()}


def _all_features(materials: Materials) -> tuple[list[Features], list[Features]]:
    """Return what single extractors make of both sides, and what several do.

    Of single ones, the main extractors come first, and then each other one in turn. Of
    several, all of both sides come first, and then, where three or more read the texts,
    these beside the main extractor of pictures.
    """
    sides = _units_of_sides(materials)
    shown = {side: _shown(materials, units) for side, units in sides.items()}
    main = {side: [names[0]] for side, names in shown.items()}
    chosen = [main]
    for side, names in shown.items():
        chosen += [{**main, side: [name]} for name in names[1:]]
    plain = [_features(materials, sides, each) for each in chosen]
    if all(len(names) == 1 for names in shown.values()):
        return plain, []
    joined = [_features(materials, sides, shown)]
    if len(shown["text"]) >= _SEVERAL_TEXTS:
        texts = _features(materials, sides, {**main, "text": shown["text"]})
        joined.append(texts._replace(name=f"texts+{main['image'][0]}"))
    return plain, joined


def _shown(materials: Materials, units: list[str]) -> list[str]:
    """Return the extractors that are tried of a side's first unit."""
    kind = materials.units()[units[0]]
    if kind == "numeric":
        return ["roots", "numeric"] if units[0] in materials.views else ["numeric"]
    n_given = len(materials.text_models) if kind == "text" else 0
    return materials.extractors(kind)[: 2 + n_given if kind == "text" else 3]


def _features(
    materials: Materials,
    sides: Mapping[str, list[str]],
    extractors: Mapping[str, list[str]],
) -> Features:
    made = [
        (side, _side(materials, units, extractors[side]))
        for side, units in sides.items()
    ]
    is_joined = any(len(names) > 1 for names in extractors.values())
    plain = "+".join(names[0] for names in extractors.values())
    return Features("early" if is_joined else plain, made)


def _block(materials: Materials, unit: str, extractor: str) -> Pipeline:
    """Return the branch of a unit; of a network's features, it takes the roots."""
    block = materials.features(unit, extractor)
    if extractor not in materials.weights:
        return block
    steps = [step for _, step in block.steps]
    roots = FunctionTransformer(signed_root)
    return branch(unit, *steps[1:-1], roots, steps[-1])


def _side(materials: Materials, units: list[str], extractors: list[str]) -> Pipeline:
    """Return the branch of a side: balanced blocks of all its units and extractors."""
    kinds = materials.units()
    blocks = []
    for unit in units:
        alike = kinds[unit] == kinds[units[0]]
        for name in extractors if alike else [materials.main_extractor(unit)]:
            block = scaled(_block(materials, unit, name))
            blocks.append((f"{unit}-{name}", block))
    return blocks[0][1] if len(blocks) == 1 else scaled(FeatureUnion(blocks))
