"""The estimators keep scikit-learn's contract."""

from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.fusion import (
    BlockScaler,
    FoldBaggingClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    SelectColumns,
)
from mmbench.fusion.embedding import ChiSquaredRidge

VOTERS = [
    ("linear", LogisticRegression()),
    ("tree", DecisionTreeClassifier(max_depth=3, random_state=0)),
]


@parametrize_with_checks(
    [
        SelectColumns([0]),
        BlockScaler(),
        ChiSquaredRidge(),
        FoldBaggingClassifier(LogisticRegression(), cv=2),
        LateFusionClassifier(VOTERS, rule="mean"),
        LateFusionClassifier(VOTERS, rule="weighted", cv=3),
        HybridFusionClassifier([("all", StandardScaler())], GaussianNB()),
    ],
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)
