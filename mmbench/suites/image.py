"""Every image extractor, under a linear predictor and under boosted trees."""

from __future__ import annotations

from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, floors, merged
from mmbench.suites.text import every_extractor


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
    return merged(floors(materials), every_extractor(materials, "image"))
