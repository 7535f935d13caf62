"""What wins on texts, and every extractor under linear models and boosted trees."""

from __future__ import annotations

from mmbench.suites.kinds import LINEAR
from mmbench.suites.materials import Materials
from mmbench.suites.parts import Methods, alone, floors, merged

CONTENDERS = (
    ("words+chars", "linear_svm"),
    ("words+chars", LINEAR),
    ("words+chars", "ridge"),
    ("tokens", "linear_svm"),
    ("bigrams", "naive_bayes"),
    ("bigrams", "complement_nb"),
    ("bigrams", "nb_svm"),
    ("tfidf", "svd_linear"),
    ("tfidf", "hist_gradient_boosting"),
)
"""Extractors and predictors of texts that win often."""

FOR_IMBALANCE = (
    ("words+chars", "logistic_balanced"),
    ("words+chars", "linear_svm_tuned"),
    ("tfidf", "naive_bayes_corrected"),
)
"""What aims at rare classes, where there are any."""

OF_EMBEDDINGS = (LINEAR, "knn", "extra_trees")
"""What learns from the vectors of pretrained models."""

_WIDE = ("words+chars", "chars", "tokens")


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
    texts = [unit for unit, kind in materials.units().items() if kind == "text"]
    return merged(
        floors(materials),
        (contenders(materials, text) for text in texts),
        every_extractor(materials, "text"),
    )


def contenders(materials: Materials, text: str) -> Methods:
    """Return what an expert would try first on a column of texts.

    Parameters
    ----------
    materials : Materials
        What there is to build methods from.
    text : str
        A unit of text.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    models = materials.pretrained_texts()
    beside = [(f"words+chars+{model}", LINEAR) for model in models]
    alone_ = [(model, each) for model in models for each in OF_EMBEDDINGS]
    extra = FOR_IMBALANCE if materials.imbalanced else ()
    pairs = (*CONTENDERS, *extra, *alone_, *beside)
    return merged(alone(materials, text, *pair) for pair in pairs)


def every_extractor(materials: Materials, modality: str) -> Methods:
    """Return each extractor of a modality under a linear and a boosted predictor.

    Boosted trees are left out where a text has 100,000 features.

    Parameters
    ----------
    materials : Materials
        What there is to build methods from.
    modality : str
        The modality, such as ``"text"``.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name; empty without columns of the modality.
    """
    return merged(
        alone(materials, unit, extractor, predictor)
        for unit, kind in materials.units().items()
        if kind == modality
        for extractor in materials.extractors(kind)
        for predictor in (LINEAR, "xgboost")
        if predictor == LINEAR or extractor not in _WIDE
    )
