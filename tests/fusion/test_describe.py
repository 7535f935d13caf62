"""A method is described in the words of the table."""

import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.fusion import (
    BlockScaler,
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    describe,
    early_fusion,
    stacked_fusion,
)

MODALITIES = {"name": "text", "body": "text", "photo": "image", "width": "numeric"}
TEXT = branch("name", TfidfVectorizer())
IMAGE = branch("photo", PCA(), SimpleImputer(), BlockScaler())
SIZE = branch(["width"], SimpleImputer(), BlockScaler())
BRANCHES = [("text", TEXT), ("image", IMAGE)]
LR, NB = LogisticRegression(), GaussianNB()
TEXT_LR = branch("name", TfidfVectorizer(), LR)
VOTERS = [("text", TEXT_LR), ("image", branch("photo", PCA(), SimpleImputer(), NB))]
EARLY = early_fusion(BRANCHES, LR)

CASES = {
    "one modality": (
        TEXT_LR,
        ("text", "TfidfVectorizer", "none", "LogisticRegression"),
    ),
    "early": (
        EARLY,
        ("text+image", "TfidfVectorizer+PCA", "early", "LogisticRegression"),
    ),
    "late": (
        LateFusionClassifier(VOTERS),
        ("text+image", "TfidfVectorizer+PCA", "late", "LogisticRegression+GaussianNB"),
    ),
    "late with equal classifiers": (
        LateFusionClassifier([("text", TEXT_LR), ("size", branch(["width"], LR))]),
        ("text+numeric", "TfidfVectorizer", "late", "LogisticRegression"),
    ),
    "scikit-learn's voting": (
        VotingClassifier(VOTERS, voting="soft"),
        ("text+image", "TfidfVectorizer+PCA", "late", "LogisticRegression+GaussianNB"),
    ),
    "hybrid": (
        HybridFusionClassifier(BRANCHES, LR),
        ("text+image", "TfidfVectorizer+PCA", "hybrid", "LogisticRegression"),
    ),
    "stacked": (
        stacked_fusion(VOTERS, RandomForestClassifier()),
        (
            "text+image",
            "TfidfVectorizer+PCA",
            "stacked",
            "LogisticRegression+GaussianNB+RandomForestClassifier",
        ),
    ),
    "two columns of one kind": (
        early_fusion(
            [("a", TEXT), ("b", branch("body", TfidfVectorizer())), ("c", SIZE)], NB
        ),
        ("text+numeric", "TfidfVectorizer", "early", "GaussianNB"),
    ),
    "numbers as they are": (
        branch(["width"], SimpleImputer(), StandardScaler(), NB),
        ("numeric", "none", "none", "GaussianNB"),
    ),
    "two extractors on one column": (
        branch("name", make_union(TfidfVectorizer(), CountVectorizer()), LR),
        ("text", "TfidfVectorizer+CountVectorizer", "none", "LogisticRegression"),
    ),
    "a cleaner before and a reducer behind the extractor": (
        branch("name", FunctionTransformer(), CountVectorizer(), TruncatedSVD(), NB),
        ("text", "CountVectorizer", "none", "GaussianNB"),
    ),
    "a nested pipeline": (
        branch("name", make_pipeline(CountVectorizer(), TruncatedSVD()), NB),
        ("text", "CountVectorizer", "none", "GaussianNB"),
    ),
    "a classifier with a step before it": (
        branch("name", TfidfVectorizer(), make_pipeline(StandardScaler(), NB)),
        ("text", "TfidfVectorizer", "none", "GaussianNB"),
    ),
    "a column transformer": (
        make_pipeline(
            ColumnTransformer(
                [("n", TfidfVectorizer(), "name"), ("w", OneHotEncoder(), ["width"])]
            ),
            LR,
        ),
        (
            "text+numeric",
            "TfidfVectorizer+OneHotEncoder",
            "early",
            "LogisticRegression",
        ),
    ),
    "bagging of a named model": (
        branch("name", TfidfVectorizer(), BaggingClassifier(LR)),
        ("text", "TfidfVectorizer", "none", "BaggingClassifier(LogisticRegression)"),
    ),
    "bagging of the default": (
        branch("name", TfidfVectorizer(), BaggingClassifier()),
        ("text", "TfidfVectorizer", "none", "BaggingClassifier"),
    ),
    "boosting": (
        branch("name", TfidfVectorizer(), AdaBoostClassifier(DecisionTreeClassifier())),
        (
            "text",
            "TfidfVectorizer",
            "none",
            "AdaBoostClassifier(DecisionTreeClassifier)",
        ),
    ),
    "stacking of classifiers on one column": (
        branch(
            "name",
            TfidfVectorizer(),
            StackingClassifier([("a", LR), ("b", MultinomialNB())], final_estimator=LR),
        ),
        (
            "text",
            "TfidfVectorizer",
            "none",
            "StackingClassifier(LogisticRegression, MultinomialNB)",
        ),
    ),
    "voting of methods on one column": (
        VotingClassifier(
            [("a", TEXT_LR), ("b", branch("name", CountVectorizer(), NB))]
        ),
        (
            "text",
            "TfidfVectorizer+CountVectorizer",
            "none",
            "VotingClassifier(LogisticRegression, GaussianNB)",
        ),
    ),
    "voting of early fusions": (
        VotingClassifier([("a", EARLY), ("b", early_fusion(BRANCHES, NB))]),
        (
            "text+image",
            "TfidfVectorizer+PCA",
            "early",
            "VotingClassifier(LogisticRegression, GaussianNB)",
        ),
    ),
    "calibration around a method": (
        CalibratedClassifierCV(branch("name", TfidfVectorizer(), LinearSVC())),
        ("text", "TfidfVectorizer", "none", "CalibratedClassifierCV(LinearSVC)"),
    ),
    "a search around a fusion": (
        GridSearchCV(EARLY, {"classifier__C": [1, 2]}),
        (
            "text+image",
            "TfidfVectorizer+PCA",
            "early",
            "GridSearchCV(LogisticRegression)",
        ),
    ),
    "a method that looks at nothing": (
        DummyClassifier(),
        ("none", "none", "none", "DummyClassifier"),
    ),
}


@pytest.mark.parametrize(("method", "expected"), CASES.values(), ids=CASES)
def test_a_method_is_described(method, expected):
    assert tuple(describe(method, MODALITIES)) == expected


def test_the_parts_have_names():
    described = describe(EARLY, MODALITIES)
    assert described.modalities == "text+image"
    assert described.extractors == "TfidfVectorizer+PCA"
    assert described.fusion == "early"
    assert described.classifier == "LogisticRegression"


def test_an_unknown_way_of_joining_columns_is_left_empty():
    class Joint(GaussianNB):
        def __init__(self, branches):
            self.branches = branches

    assert describe(Joint(BRANCHES), MODALITIES).fusion == ""


def test_columns_without_a_known_modality_are_passed_over():
    assert describe(EARLY, {"photo": "image"}).modalities == "image"


def test_branches_inside_a_union_of_selections_are_early_without_our_function():
    union = FeatureUnion([("a", TEXT), ("b", SIZE)])
    assert describe(make_pipeline(union, LR), MODALITIES).fusion == "early"
