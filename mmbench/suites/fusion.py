"""Every fusion, beside every single unit alone with the same parts.

The classifier is the same throughout; :mod:`mmbench.suites.ensembles` compares those.
"""

from __future__ import annotations

from mmbench.suites.parts import (
    FUSIONS,
    NETWORKS,
    Materials,
    Methods,
    alone,
    dummy,
    fused,
    merged,
    unit_sets,
)


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the columns at hand."""
    units = materials.units()
    texts = [unit for unit, kind in units.items() if kind == "text"]
    return merged(
        dummy(),
        (
            alone(materials, unit, extractor)
            for unit, kind in units.items()
            for extractor in materials.extractors(kind)[:3]
        ),
        (
            fused(materials, chosen, fusion)
            for chosen in unit_sets(materials)
            for fusion in FUSIONS
        ),
        (
            fused(materials, chosen, fusion, extractors=dict.fromkeys(texts, "chars"))
            for chosen in unit_sets(materials)
            if any(units[unit] != "text" for unit in chosen)
            for fusion in FUSIONS
            if texts and fusion not in NETWORKS
        ),
    )
