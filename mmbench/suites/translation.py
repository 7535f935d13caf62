"""Translations: copies, translation memory, neighbours with pictures, and decoders."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from sklearn.pipeline import FeatureUnion, make_pipeline

from mmbench.errors import UsageError
from mmbench.fusion import SelectColumns, append_step, branch
from mmbench.fusion.early import scaled
from mmbench.fusion.generation import (
    ConsensusText,
    CopiedText,
    FusedTranslator,
    NearestText,
    TextEnsemble,
    TextTranslator,
)
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, floors, merged

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["methods", "scoring"]

_READ = ("tfidf", "words+chars")
_SCORING = (
    *("sacrebleu", "chrf", "bleu_1", "bleu_4", "rouge_l", "cider_d"),
    *("distinct_1", "distinct_2", "length", "copied"),
)


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

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
    UsageError
        When there is no column of texts.
    """
    units = materials.units()
    read = next((unit for unit, kind in units.items() if kind == "text"), None)
    if read is None:
        raise UsageError("translation needs a text to read: --text COL.")
    memory = {
        f"{read}/{each}/nearest": append_step(
            materials.features(read, each), NearestText()
        )
        for each in _READ
    }
    pictures = [unit for unit, kind in units.items() if kind == "image"]
    fused = merged(*(_with_picture(materials, read, unit) for unit in pictures))
    decoders: Methods = {}
    if find_spec("torch"):
        decoders[f"{read}/units/decoder-lstm"] = branch(read, TextTranslator())
        decoders |= {
            f"{read}+{unit}/units+{materials.main_extractor(unit)}/decoder-lstm": (
                FusedTranslator(
                    SelectColumns(read),
                    materials.features(unit, materials.main_extractor(unit)),
                    TextTranslator(),
                )
            )
            for unit in pictures
        }
    ensembles: Methods = {}
    # Translation memories are much weaker, and members of an ensemble count alike.
    if len(decoders) > 1:
        members = [(name.replace("/", "-"), each) for name, each in decoders.items()]
        ensembles["decoders/late-mbr"] = TextEnsemble(members)
    copied: Methods = {f"{read}/copied": branch(read, CopiedText())}
    return merged(floors(materials), copied, memory, fused, decoders, ensembles)


def scoring(_materials: Materials) -> tuple[str, ...]:
    """Return the metrics of translations; BLEU as sacrebleu has it ranks.

    Parameters
    ----------
    _materials : Materials
        Ignored.

    Returns
    -------
    tuple of str
        The first ranks.
    """
    return _SCORING


def _with_picture(materials: Materials, read: str, unit: str) -> Methods:
    """Return neighbours in the text and a picture at once."""
    seen = materials.main_extractor(unit)
    blocks: list[tuple[str, Pipeline]] = [
        ("text", scaled(materials.features(read, _READ[1]))),
        ("image", scaled(materials.features(unit, seen))),
    ]
    joined = make_pipeline(FeatureUnion(blocks))
    name = f"{read}+{unit}/{_READ[1]}+{seen}/early"
    return {
        f"{name}/nearest": append_step(joined, NearestText()),
        f"{name}/consensus-bleu": append_step(
            joined, ConsensusText(10, agreement="bleu", sharpness=8.0)
        ),
    }
