"""Answers to questions about pictures: each side alone, and every way to join them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion

from mmbench.feature_extraction import ColorHistogramExtractor, HOGExtractor
from mmbench.fusion import append_step, branch, early_fusion, interaction_fusion
from mmbench.suites.materials import Materials
from mmbench.suites.parts import (
    UNWEIGHTED,
    Methods,
    alone,
    floors,
    fused,
    fusions,
    merged,
)

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["methods", "scoring"]

_TEXT = (
    ("tfidf", "linear"),
    ("words+chars", "linear"),
    ("bow", "naive_bayes"),
)
# A search over weights of blocks costs many fits where answers are many; what is
# multiplied here is chosen for questions.
_NO_FUSIONS = ("early", "similarity", "interaction")
# A round of boosting grows a tree for each answer; a few say what many would.
_ROUNDS = 20
# Each word of a question gets so many weights.
_MOST_COLUMNS = 40


def methods(materials: Materials) -> Methods:
    """Return the methods of the suite for the given columns.

    Parameters
    ----------
    materials : Materials
        The columns, and the networks to build methods from.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name. The first text column is the question; what it is
        about are all other columns.
    """
    units = materials.units()
    questions = [unit for unit, kind in units.items() if kind == "text"][:1]
    others = [unit for unit in units if unit not in questions]
    both = [*questions, *others]
    pairs = [(question, other) for question in questions for other in others]
    return merged(
        floors(materials),
        *(_of_question(materials, question) for question in questions),
        (
            alone(materials, other, extractor)
            for other in others
            for extractor in materials.extractors(units[other])[:2]
        ),
        (
            fused(materials, both, fusion)
            for fusion in (UNWEIGHTED, *fusions(materials))
            if len(both) > 1 and fusion not in _NO_FUSIONS
        ),
        fused(materials, both, UNWEIGHTED, "knn") if len(both) > 1 else {},
        _boosted(materials, both) if len(both) > 1 else {},
        *(_of_pair(materials, *pair) for pair in pairs),
    )


def scoring(_materials: Materials) -> tuple[str, ...] | None:
    """Return the metrics, those of WordNet among them where it is installed.

    Parameters
    ----------
    _materials : Materials
        Not needed.

    Returns
    -------
    tuple of str or None
        None for those of the task.
    """
    from mmbench.tasks import get_task
    from mmbench.tasks.answering.wups import has_wordnet

    if not has_wordnet():
        return None
    return (*get_task("answering").default_scoring, "wups_09", "wups_00")


def _boosted(materials: Materials, units: Sequence[str]) -> Methods:
    """Return boosted trees on all features, of few rounds."""
    found = fused(materials, units, UNWEIGHTED, "xgboost")
    for method in found.values():
        method.set_params(classifier__n_estimators=_ROUNDS)
    return found


def _of_question(materials: Materials, question: str) -> Methods:
    """Return methods that don't look at what is asked about."""
    from mmbench.tasks.answering.estimators import QuestionPrior

    prior: Methods = {f"{question}/prior": branch(question, QuestionPrior())}
    given = [(name, "linear") for name in materials.pretrained_texts()]
    parts = (alone(materials, question, *each) for each in (*_TEXT, *given))
    return merged(prior, parts)


def _of_pair(materials: Materials, question: str, other: str) -> Iterator[Methods]:
    """Yield what lets a question decide what is looked at, and a plain rival of it.

    Of the words, as in iBOWIMG [1]_, and a network's features, one linear model sees
    all, side by side. Experts are products: of the beginning of a question, or of its
    words, and of the other column's features.

    References
    ----------
    .. [1] B. Zhou, Y. Tian, S. Sukhbaatar, A. Szlam, R. Fergus (2015). Simple baseline
       for visual question answering. arXiv:1512.02167.
    """
    from mmbench.tasks.answering.estimators import QuestionBeginnings

    words = branch(question, CountVectorizer(binary=True))
    kinds = branch(question, QuestionBeginnings())
    main = materials.main_extractor(other)
    seen = materials.features(other, main)
    name, model = f"{question}+{other}", materials.kind.make("linear")
    yield {
        f"{name}/bow+{main}/ibowimg": early_fusion(
            [(question, words), (other, seen)], model
        )
    }
    looks = {main: append_step(seen, PCA(_MOST_COLUMNS, random_state=0))}
    if materials.units()[other] == "image":
        looks["directions+color"] = _directions(other)
    asked = [(look, "experts", kinds) for look in looks]
    for look, by, asks in [(main, "words", words), *asked]:
        blocks = [(question, asks), (other, looks[look])]
        yield {f"{name}/{look}/interaction/{by}": interaction_fusion(blocks, model)}


def _directions(image: str) -> Pipeline:
    """Return what is the same wherever a thing lies: directions of edges, colours."""
    edges = HOGExtractor(
        size=64, orientations=12, pixels_per_cell=64, cells_per_block=1
    )
    parts = [("directions", edges), ("color", ColorHistogramExtractor())]
    return branch(image, FeatureUnion(parts), SimpleImputer(keep_empty_features=True))
