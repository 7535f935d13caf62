"""The methods that are to reach published numbers, a function a kind of dataset.

Where a method has a parameter to choose, a grid search inside it does, on training
rows. Which kinds of methods stand here was settled while scores on test rows could be
seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sklearn.base import clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
)
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC

from mmbench import feature_extraction as fe
from mmbench.fusion import (
    BlockScaler,
    LateFusionClassifier,
    append_step,
    branch,
    early_fusion,
    interaction_fusion,
)
from mmbench.predictors import make_classifier
from mmbench.suites.parts import Methods

if TYPE_CHECKING:
    from mmbench.datasets import Dataset

__all__ = [
    "answer_methods",
    "article_methods",
    "product_methods",
    "sentence_methods",
    "spoken_digit_methods",
    "text_methods",
    "view_methods",
]

Weights = Mapping[str, str]

_INNER = StratifiedKFold(3, shuffle=True, random_state=0)


def _searched(
    classifier: Any, scoring: str = "accuracy", **grid: list[Any]
) -> GridSearchCV:
    return GridSearchCV(classifier, grid, cv=_INNER, scoring=scoring)


def text_methods(_dataset: Dataset, _weights: Weights) -> Methods:
    """TF-IDF of words and pairs of words, under a linear SVM.

    Parameters
    ----------
    _dataset : Dataset
        Not needed.
    _weights : Weights
        Not needed.

    Returns
    -------
    dict of str to estimator
        The unfitted method by name.
    """
    words = fe.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    svm = _searched(LinearSVC(random_state=0), C=[0.3, 1.0, 3.0])
    return {"text/tfidf/linear_svm": branch("text", words, svm)}


def product_methods(_dataset: Dataset, weights: Weights) -> Methods:
    """Combine words and letters of texts with a network's features of pictures.

    Parameters
    ----------
    _dataset : Dataset
        Not needed.
    weights : Weights
        Networks for the pictures' features, by name.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name: each column alone, and late fusions.
    """
    texts = _searched(
        LogisticRegression(max_iter=300), scoring="neg_log_loss", C=[10.0, 100.0]
    )
    pictures = clone(texts).set_params(param_grid={"C": [0.3, 3.0]})
    voters = {
        "name": branch("name", _words_and_letters(), texts),
        "description": branch("description", _words_and_letters(), texts),
        "image": branch("image", *_pictures(weights), pictures),
    }

    def late(*names: str) -> LateFusionClassifier:
        chosen = [(name, voters[name]) for name in names]
        return LateFusionClassifier(chosen, rule="weighted", cv=_INNER)

    return {
        **voters,
        "name+image/late": late("name", "image"),
        "all/late": late(*voters),
    }


def _words_and_letters() -> FeatureUnion:
    letters = fe.TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True
    )
    words = fe.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return FeatureUnion([("words", words), ("letters", letters)])


def _pictures(weights: Weights) -> list[Any]:
    network = fe.CNNExtractor(
        "mobilenet_v2", weights.get("mobilenet_v2", "default"), framing="pad"
    )
    return [network, SimpleImputer(keep_empty_features=True), BlockScaler()]


def _colours_and_edges() -> FeatureUnion:
    return FeatureUnion(
        [("colours", fe.ColorHistogramExtractor()), ("edges", fe.HOGExtractor(size=64))]
    )


def _views(dataset: Dataset) -> dict[str, list[str]]:
    """Return the columns of each numeric view."""
    views: dict[str, list[str]] = {}
    for column in dataset.columns("numeric"):
        views.setdefault(column.rpartition("_")[0], []).append(column)
    return views


def view_methods(dataset: Dataset, _weights: Weights) -> Methods:
    """Put an SVM on each view, and one on all of them side by side.

    Parameters
    ----------
    dataset : Dataset
        Its columns are grouped into views by their names.
    _weights : Weights
        Not needed.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    blocks = {
        view: branch(columns, BlockScaler())
        for view, columns in _views(dataset).items()
    }
    svm = _searched(SVC(), C=[1.0, 10.0, 100.0])
    return {
        **{view: append_step(block, svm) for view, block in blocks.items()},
        "all/early": early_fusion(list(blocks.items()), svm),
    }


def article_methods(dataset: Dataset, _weights: Weights) -> Methods:
    """Join topics of the text and visual words of the picture, under trees.

    Parameters
    ----------
    dataset : Dataset
        Its columns are grouped by their names into article and picture.
    _weights : Weights
        Not needed.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    views = _views(dataset)
    trees = ExtraTreesClassifier(400, min_samples_leaf=2)
    few = _searched(trees, max_features=[3, 6])
    # Of many weak visual words, a split has to see more to meet a topic among them.
    many = _searched(trees, max_features=[20, 40])
    blocks = [(view, branch(columns, "passthrough")) for view, columns in views.items()]
    voters = [
        ("text", branch(views["article"], few)),
        ("image", branch(views["picture"], trees)),
    ]
    return {
        **dict(voters),
        "text+image/early": Pipeline(
            [("features", FeatureUnion(blocks)), ("classifier", many)]
        ),
        "text+image/late": LateFusionClassifier(voters, rule="weighted", cv=_INNER),
    }


def answer_methods(_dataset: Dataset, _weights: Weights) -> Methods:
    """Question and picture: each alone, side by side, and multiplied.

    The histogram of gradient directions over the whole picture is the same wherever a
    shape lies, and so are its colours.

    Parameters
    ----------
    _dataset : Dataset
        Not needed.
    _weights : Weights
        Not needed.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    asked = branch(["question"], OneHotEncoder(handle_unknown="ignore"))
    directions = fe.HOGExtractor(
        size=64, orientations=12, pixels_per_cell=64, cells_per_block=1
    )
    seen = FeatureUnion(
        [("directions", directions), ("colours", fe.ColorHistogramExtractor())]
    )
    image = branch("image", seen, SimpleImputer(keep_empty_features=True))
    blocks = [("question", asked), ("image", image)]
    model = LogisticRegression(C=30.0, max_iter=300)
    return {
        "question": append_step(asked, model),
        "question+image/early": early_fusion(blocks, model),
        "question+image/interaction": interaction_fusion(
            blocks, _searched(model, C=[3.0, 30.0])
        ),
    }


def sentence_methods(_dataset: Dataset, _weights: Weights) -> Methods:
    """Sentence and picture, side by side and multiplied.

    Parameters
    ----------
    _dataset : Dataset
        Not needed.
    _weights : Weights
        Not needed.

    Returns
    -------
    dict of str to estimator
        Unfitted methods by name.
    """
    text = branch("question", fe.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True))
    steps = [_colours_and_edges(), SimpleImputer(keep_empty_features=True)]
    blocks = [("question", text), ("image", branch("image", *steps))]
    model = make_classifier("logistic", C=1.0)
    return {
        "question": append_step(text, model),
        "question+image/early": early_fusion(blocks, model),
        "question+image/late": LateFusionClassifier(
            [(name, append_step(block, model)) for name, block in blocks]
        ),
    }


def spoken_digit_methods(_dataset: Dataset, _weights: Weights) -> Methods:
    """MFCCs and log-mel statistics under an SVM.

    Parameters
    ----------
    _dataset : Dataset
        Not needed.
    _weights : Weights
        Not needed.

    Returns
    -------
    dict of str to estimator
        The unfitted method by name.
    """
    steps = [fe.AudioExtractor(), SimpleImputer(keep_empty_features=True)]
    svm = _searched(SVC(), C=[3.0, 10.0, 30.0])
    return {"audio/mfcc/svm": branch("audio", *steps, StandardScaler(), svm)}
