"""Everything that the other suites hold, each method once."""

from __future__ import annotations

from mmbench.suites import ensembles, fusion, image, quick, text
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, merged


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the columns at hand."""
    parts = (quick, text, image, ensembles, fusion)
    return merged(part.methods(materials) for part in parts)
