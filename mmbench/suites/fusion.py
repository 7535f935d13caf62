"""Every fusion, beside every single unit alone with the same parts.

All sets of units are fused with their main extractors. All units together are fused
again with another extractor in one modality's place, late and stacked, since the
features may decide whether fusing helps. The predictor is the same throughout;
:mod:`mmbench.suites.ensembles` compares those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from mmbench.suites import views
from mmbench.suites.materials import Materials
from mmbench.suites.parts import (
    NETWORKS,
    ROBUST,
    Methods,
    alone,
    floors,
    fused,
    fusions,
    merged,
    unit_sets,
)

if TYPE_CHECKING:
    from mmbench.datasets import Modality


_CHEAP = ("late-mean", "late-weighted", "stacked")
"""Fusions that need no fits on joined blocks."""


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; fusions only where there are several units.
    """
    sets = unit_sets(materials)
    return merged(
        floors(materials),
        (
            alone(materials, unit, extractor)
            for unit, kind in materials.units().items()
            for extractor in _shown(materials, kind)
        ),
        (
            fused(materials, chosen, fusion)
            for chosen in sets
            for fusion in fusions(materials)
        ),
        (
            fused(materials, everything, fusion)
            for everything in sets[:1]
            for fusion in ROBUST
        ),
        (
            fused(materials, everything, fusion, extractors=others)
            for everything in sets[:1]
            for others in _exchanged(materials)
            for fusion in _fusions_of(materials, others)
        ),
        (
            fused(materials, sets[0], "early", predictor)
            for predictor in ("logistic_balanced", "logistic_tuned")
            if materials.imbalanced and sets
        ),
        views.methods(materials),
    )


def _exchanged(materials: Materials) -> Iterator[dict[str, str]]:
    """Yield units to extractors: one modality with each that is not its main one."""
    units = materials.units()
    for modality in dict.fromkeys(units.values()):
        if modality in ("numeric", "categorical"):
            continue
        for extractor in _shown(materials, modality)[1:]:
            yield {unit: extractor for unit in units if units[unit] == modality}


def _fusions_of(materials: Materials, extractors: Mapping[str, str]) -> Iterable[str]:
    """Return the cheap fusions or, for a pretrained model, all but the networks."""
    if set(extractors.values()) & set(materials.pretrained_texts()):
        return [each for each in fusions(materials) if each not in NETWORKS]
    return _CHEAP


def _shown(materials: Materials, modality: Modality) -> list[str]:
    """Return the extractors that are shown: the first three, and every text model."""
    n_given = len(materials.text_models) if modality == "text" else 0
    return materials.extractors(modality)[: 3 + n_given]
