"""A small, telling choice of everything: every family of methods once or twice."""

from __future__ import annotations

from mmbench.suites import native
from mmbench.suites.kinds import LINEAR
from mmbench.suites.materials import Materials
from mmbench.suites.parts import UNWEIGHTED, Methods, alone, floors, fused, merged

# What stands beside what in the table: one extractor or one ensemble changes at a time.
_TEXT = (
    ("tfidf", LINEAR),
    ("words+chars", LINEAR),
    ("words+chars", "linear_svm"),
    ("word2vec", LINEAR),
    ("glove", LINEAR),
    ("fasttext", LINEAR),
    ("tfidf", "naive_bayes"),
    ("bigrams", "complement_nb"),
    ("tfidf", "bagged_linear"),
    ("tfidf", "random_forest"),
    ("tfidf", "xgboost"),
    ("tfidf", "stacking"),
)


# Searching the blocks' weights, as "early" does, would take half of the suite's time.
_FUSIONS = (UNWEIGHTED, "late-mean", "late-weighted", "hybrid", "stacked")


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, the task and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; of several columns of texts, images, sounds or
        videos, the first.
    """
    units = materials.units()

    def first(modality: str) -> list[str]:
        return [unit for unit, kind in units.items() if kind == modality][:1]

    texts, images, sounds, videos = map(first, ("text", "image", "audio", "video"))
    # Of numbers and categories, every view.
    others = [u for u, kind in units.items() if kind in ("numeric", "categorical")]
    chosen = [*texts, *images, *sounds, *videos, *others]
    return merged(
        floors(materials),
        (alone(materials, text, *pair) for text in texts for pair in _TEXT),
        (
            alone(materials, text, extractor)
            for text in texts
            for extractor in materials.pretrained_texts()
        ),
        (
            alone(materials, image, extractor)
            for image in images
            for extractor in ("pixels", "hog", *materials.weights)
        ),
        (
            alone(materials, sound, "mfcc", predictor)
            for sound in sounds
            for predictor in (LINEAR, "random_forest", "xgboost")
        ),
        (
            alone(materials, video, extractor, predictor)
            for video in videos
            for extractor in materials.extractors("video")
            for predictor in (
                (LINEAR, "xgboost") if extractor == "motion" else (LINEAR,)
            )
        ),
        (alone(materials, unit, units[unit]) for unit in others),
        (
            alone(materials, text, "tfidf", "logistic_balanced")
            for text in texts
            if materials.imbalanced
        ),
        native.methods(materials, chosen),
        (fused(materials, chosen, fusion) for fusion in _FUSIONS if len(chosen) > 1),
        fused(materials, chosen, "early", "xgboost") if len(chosen) > 1 else {},
    )
