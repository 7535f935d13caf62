"""Every fusion, beside every single unit alone with the same parts.

The classifier is the same throughout; :mod:`mmbench.suites.ensembles` compares those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmbench.suites.materials import Materials
from mmbench.suites.parts import (
    FUSIONS,
    NETWORKS,
    Methods,
    alone,
    dummy,
    fused,
    merged,
    unit_sets,
)

if TYPE_CHECKING:
    from mmbench.datasets import Modality


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the columns at hand."""
    units = materials.units()
    texts = [unit for unit, kind in units.items() if kind == "text"]
    return merged(
        dummy(),
        (
            alone(materials, unit, extractor)
            for unit, kind in units.items()
            for extractor in _singles(materials, kind)
        ),
        (
            fused(materials, chosen, fusion)
            for chosen in unit_sets(materials)
            for fusion in FUSIONS
        ),
        (
            fused(materials, chosen, fusion, extractors=dict.fromkeys(texts, extractor))
            for extractor in ("chars", *materials.text_models)
            for chosen in unit_sets(materials)
            if any(units[unit] != "text" for unit in chosen)
            for fusion in FUSIONS
            if texts and fusion not in NETWORKS
        ),
    )


def _singles(materials: Materials, modality: Modality) -> list[str]:
    """Return the extractors that are shown alone: the first, and every text model."""
    n_given = len(materials.text_models) if modality == "text" else 0
    return materials.extractors(modality)[: 3 + n_given]
