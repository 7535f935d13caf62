"""Every classifier on the main extractor of each unit, and on all units joined early.

Ensembles stand beside the plain models that they are made of: bagged trees beside one
tree, bagged linear models beside one, voting and stacking beside their members.
"""

from __future__ import annotations

from mmbench.predictors import CLASSIFIERS
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, alone, dummy, fused, merged

# Left out: dummy, which looks at nothing, and the two that need an extra to be there.
_CLASSIFIERS = tuple(
    name
    for name, preset in CLASSIFIERS.items()
    if name != "dummy" and preset.needs is None
)


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the columns at hand."""
    units = tuple(materials.units())
    return merged(
        dummy(),
        (
            alone(materials, unit, materials.main_extractor(unit), classifier)
            for unit in units
            for classifier in _CLASSIFIERS
        ),
        (
            fused(materials, units, "early", classifier)
            for classifier in _CLASSIFIERS
            if len(units) > 1
        ),
    )
