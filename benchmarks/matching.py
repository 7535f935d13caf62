"""Whether a fusion can tell that a name is not that of the drawing beside it.

The characters of `glyphs` with their names, half of the names permuted among each
other: every name and every drawing is as frequent under either answer, so whoever
doesn't compare them guesses. Each method is scored by cross-validation.

    python benchmarks/matching.py
"""

from __future__ import annotations

import sys
import time

import numpy as np
from sklearn.model_selection import StratifiedKFold, cross_val_score

from mmbench.datasets import EMBEDDED, Samples
from mmbench.suites.materials import Materials
from mmbench.suites.parts import NETWORKS, Methods, alone, fused

FUSIONS = ("early", "similarity", *NETWORKS)
LINE = "{:<52} accuracy {:.3f} (folds from {:.3f} to {:.3f}), {:.0f} s"


def matching_glyphs(seed: int = 0) -> Samples:
    """Return names and drawings, and whether they belong together."""
    X = EMBEDDED["glyphs"].load().X
    rng = np.random.default_rng(seed)
    fits = rng.permutation(len(X)) % 2 == 0
    mixed = np.flatnonzero(~fits)
    names = X["text"].to_numpy(copy=True)
    # Each gets the name of the next in a random circle, so none keeps its own.
    circle = rng.permutation(mixed)
    names[circle] = names[np.roll(circle, 1)]
    return Samples(X.assign(text=names), np.where(fits, "match", "mismatch"))


def matching_methods() -> Methods:
    """Return the fusions of the suite `fusion` under logistic regression."""
    materials = Materials(
        modalities={"text": "text", "image": "image"}, weights={"glyph_cnn": "glyphs"}
    )
    units, characters = ("text", "image"), {"text": "chars"}
    methods = alone(materials, "text", "chars") | alone(materials, "image", "glyph_cnn")
    for fusion in FUSIONS:
        methods |= fused(materials, units, fusion, extractors=characters)
    return methods


def main() -> None:
    """Print each method's accuracy."""
    samples = matching_glyphs()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for name, method in matching_methods().items():
        start = time.perf_counter()
        scores = cross_val_score(method, samples.X, samples.y, cv=folds)
        took = time.perf_counter() - start
        print(LINE.format(name, scores.mean(), scores.min(), scores.max(), took))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
