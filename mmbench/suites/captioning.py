"""Captions: neighbours, their consensus, words and decoders, and ensembles of all."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sklearn.pipeline import FeatureUnion, make_pipeline

from mmbench.fusion import append_step
from mmbench.fusion.early import scaled
from mmbench.fusion.generation import (
    ConsensusText,
    JointConsensusText,
    NearestText,
    TextDecoder,
    TextEnsemble,
    TextFromWords,
)
from mmbench.fusion.joint_spaces import CCASpace
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, floors, merged

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["methods"]


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Consensus stands on every extractor and on all of them joined; everything else on
    a pretrained network alone, or without one on what is joined. Ensembles choose among
    what some of these offer.

    Parameters
    ----------
    materials : Materials
        The columns, and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    single, joined = _features(materials)
    # What a pretrained network sees says more alone than beside colours and edges.
    is_pretrained = bool(materials.weights) and "glyph_cnn" not in materials.weights
    name, features = next(iter((single if is_pretrained else joined or single).items()))
    everywhere = {
        f"{each}/consensus-cider": append_step(block, ConsensusText())
        for each, block in {**single, **joined}.items()
    }
    on_whole = {
        f"{name}/{how}": append_step(features, model)
        for how, model in _on_whole().items()
    }
    return merged(floors(materials), everywhere, on_whole, _ensembles(name, on_whole))


def _on_whole() -> dict[str, Any]:
    """Return what is tried of the richest features."""
    made: dict[str, Any] = {
        "nearest": NearestText(),
        **{
            f"consensus-{agreement}": ConsensusText(agreement=agreement)
            for agreement in ("cider", "bleu", "embedding")
        },
        "joint-cca": JointConsensusText(CCASpace(power=2.0)),
        "words-trees": TextFromWords(),
    }
    if find_spec("torch"):
        # Narrower, and faster to learn, than by default.
        made["decoder-lstm"] = TextDecoder(width=96, learning_rate=1e-2, max_epochs=8)
    return made


def _ensembles(name: str, methods: Methods) -> Methods:
    """Return the ensembles of consensus, joint space and decoder."""
    chosen = [
        (name.replace("/", "-"), member)
        for name, member in methods.items()
        if name.rpartition("/")[2] in ("consensus-cider", "joint-cca", "decoder-lstm")
    ]
    # Decoders take long, and the re-ranker needs members that inner folds refit.
    quick = [pair for pair in chosen if "decoder" not in pair[0]]
    return {
        f"{name}/late-mbr": TextEnsemble(chosen),
        f"{name}/stacked": TextEnsemble(quick, rule="stacked", cv=2),
    }


def _features(
    materials: Materials,
) -> tuple[dict[str, Pipeline], dict[str, Pipeline]]:
    """Return what single extractors make of each unit, and what all do together."""
    blocks: dict[str, Pipeline] = {}
    for unit, kind in materials.units().items():
        known = materials.extractors(kind)
        for extractor in known[: 3 if kind == "image" else 1]:
            blocks[f"{unit}/{extractor}"] = materials.features(unit, extractor)
    if len(blocks) < 2:
        return blocks, {}
    union = [(n.replace("/", "-"), scaled(block)) for n, block in blocks.items()]
    units = "+".join(materials.units())
    return blocks, {f"{units}/early": make_pipeline(FeatureUnion(union))}
