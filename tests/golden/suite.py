"""The suite whose results folder lies beside it, as mmbench of commit 7e3651e left it.

The folder pins what must not move: the keys of trials, the answers, and the report that
is made of both. `python -m tests.golden.suite OUT` runs the suite again.
"""

import sys
from pathlib import Path

from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from mmbench import Suite, read_table
from mmbench.fusion import (
    HybridFusionClassifier,
    LateFusionClassifier,
    branch,
    early_fusion,
    stacked_fusion,
)

HERE = Path(__file__).parent


def golden_suite() -> Suite:
    """Return the suite: one dataset of one label per row, one of several labels."""
    inner = StratifiedKFold(3, shuffle=True, random_state=0)
    numbers = [SimpleImputer(), StandardScaler()]
    text, size = branch("text", CountVectorizer()), branch(["size"], *numbers)
    blocks = [("text", text), ("size", size)]
    bayes = branch("text", CountVectorizer(), MultinomialNB())
    linear = branch(["size"], *numbers, LogisticRegression())
    voters = [("text", bayes), ("size", linear)]
    return Suite(
        name="golden",
        datasets=[
            read_table(
                HERE / "animals.csv", target="kind", text=["text"], numeric=["size"]
            ),
            read_table(
                HERE / "films.csv",
                target="genres",
                text=["text"],
                numeric=["size"],
                label_separator="|",
            ),
        ],
        methods={
            "dummy": DummyClassifier(strategy="prior"),
            "text/bayes": bayes,
            "text/svm": branch("text", CountVectorizer(), LinearSVC(random_state=0)),
            "size/logistic": linear,
            "size/fails": branch(["size"], LogisticRegression()),
            "text+size/early": early_fusion(blocks, LogisticRegression()),
            "text+size/late": LateFusionClassifier(voters),
            "text+size/weighted": LateFusionClassifier(
                voters, rule="weighted", cv=inner
            ),
            "text+size/hybrid": HybridFusionClassifier(blocks, LogisticRegression()),
            "text+size/stacked": stacked_fusion(voters, LogisticRegression(), cv=inner),
        },
        cv=3,
    )


if __name__ == "__main__":
    from mmbench import make_report, run

    list(run(golden_suite(), sys.argv[1], debug=True))
    make_report(sys.argv[1])
