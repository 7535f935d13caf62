"""Every text extractor, under a linear predictor and under boosted trees."""

from __future__ import annotations

from mmbench.suites.kinds import LINEAR
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, alone, floors, merged


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the columns at hand."""
    return merged(floors(materials), every_extractor(materials, "text"))


def every_extractor(materials: Materials, modality: str) -> Methods:
    """Return each extractor of a modality under a linear and a boosted predictor."""
    return merged(
        alone(materials, unit, extractor, predictor)
        for unit, kind in materials.units().items()
        if kind == modality
        for extractor in materials.extractors(kind)
        for predictor in (LINEAR, "xgboost")
    )
