"""Every predictor on the main extractor of each unit, and on all units joined early.

Ensembles stand beside the plain models that they are made of: bagged trees beside one
tree, bagged linear models beside one, voting and stacking beside their members.
"""

from __future__ import annotations

from importlib.util import find_spec

from mmbench.suites import native
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, alone, floors, fused, merged


def predictors(materials: Materials) -> list[str]:
    """Return the names of the predictors that any data can be given to.

    Left out are those that look at nothing, need a package that is not installed, take
    two classes only, or aim at rare classes where there are none.

    Parameters
    ----------
    materials : Materials
        Its task decides between classifiers and regressors.

    Returns
    -------
    list of str
        Names of presets.
    """
    return [
        name
        for name, preset in materials.kind.presets.items()
        if preset.family != "dummy"
        and not preset.only_binary
        and (materials.imbalanced or not preset.for_imbalance)
        # The presets of libraries bear their names.
        and (preset.needs is None or find_spec(name) is not None)
    ]


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    units = tuple(materials.units())
    return merged(
        floors(materials),
        (
            alone(materials, unit, materials.main_extractor(unit), predictor)
            for unit in units
            for predictor in predictors(materials)
            if len(units) == 1 or not materials.kind.presets[predictor].for_imbalance
        ),
        (
            fused(materials, units, "early", predictor)
            for predictor in predictors(materials)
            if len(units) > 1
        ),
        native.methods(materials),
    )
