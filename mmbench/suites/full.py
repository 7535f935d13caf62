"""Everything that the other suites hold, each method once."""

from __future__ import annotations

from mmbench.suites import ensembles, fusion, image, quick, text
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, merged


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        The unfitted methods of all other suites, by name.
    """
    parts = (quick, text, image, ensembles, fusion)
    return merged(part.methods(materials) for part in parts)
